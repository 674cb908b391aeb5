"""Grid meters and solar inverters that Home Assistant already knows: read only."""

from ...model.options import Option, OptionType
from ...model.roles import GridReading, Role, SolarReading
from ._bound import Bound, difference, signed
from ._device import Binding, sensor


def _grid(bound: Bound) -> GridReading:
    if bound.has("power"):
        power = signed(bound.power("power"), bound.options.get("power_sign"), "export_positive")
    else:
        power = difference(
            bound.power("import_power"), bound.power("export_power"), both=bound.has("export_power")
        )
    return GridReading(
        power_kw=power,
        import_kwh=_total(bound, "import_energy"),
        export_kwh=_total(bound, "export_energy"),
        quarter_demand_kw=bound.power("quarter_demand"),
        month_peak_kw=bound.power("month_peak"),
        phase_current_a=_phases(bound, "current", -200.0, 200.0),
        phase_voltage_v=_phases(bound, "voltage", 80.0, 480.0),
    )


def _total(bound: Bound, option: str) -> float | None:
    """One counter, or the sum of the two that a meter with day and night tariff has; half a sum is none."""
    first, second = bound.energy(option), bound.energy(f"{option}_2")
    if not bound.has(f"{option}_2"):
        return first
    return None if first is None or second is None else first + second


def _phases(bound: Bound, what: str, low: float, high: float) -> tuple[float, ...]:
    values = [bound.plain(f"{what}_l{n}", low, high) for n in (1, 2, 3) if bound.has(f"{what}_l{n}")]
    told = tuple(value for value in values if value is not None)
    # A list with a hole would put phase 3 in the place of phase 2.
    return told if len(told) == len(values) else ()


def _solar(bound: Bound) -> SolarReading:
    power = signed(bound.power("power"), bound.options.get("power_sign"), "negative")
    # Inverters draw a few watts at night and say so; production is never below zero.
    return SolarReading(
        power_kw=None if power is None else max(power, 0.0), energy_kwh=bound.energy("energy")
    )


GRID = Binding(
    role=Role.GRID,
    asset="grid",
    name="Grid meter",
    options=(
        sensor("power", "power"),
        Option(
            key="power_sign",
            type=OptionType.CHOICE,
            default="import_positive",
            choices=("import_positive", "export_positive"),
        ),
        sensor("import_power", "power", advanced=True),
        sensor("export_power", "power", advanced=True),
        sensor("import_energy", "energy"),
        sensor("export_energy", "energy"),
        sensor("import_energy_2", "energy", advanced=True),
        sensor("export_energy_2", "energy", advanced=True),
        sensor("quarter_demand", "power", advanced=True),
        sensor("month_peak", "power", advanced=True),
        *(sensor(f"current_l{n}", "current", advanced=True) for n in (1, 2, 3)),
        *(sensor(f"voltage_l{n}", "voltage", advanced=True) for n in (1, 2, 3)),
    ),
    main=("power", "import_power", "import_energy"),
    read=_grid,
)

SOLAR = Binding(
    role=Role.SOLAR,
    asset="solar",
    name="Solar",
    options=(
        sensor("power", "power"),
        Option(
            key="power_sign",
            type=OptionType.CHOICE,
            default="positive",
            choices=("positive", "negative"),
            advanced=True,
        ),
        sensor("energy", "energy"),
    ),
    main=("power", "energy"),
    read=_solar,
)
