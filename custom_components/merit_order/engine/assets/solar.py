"""Panels behind an inverter: forecast power, curtailed only where that can pay."""

from dataclasses import dataclass

import numpy as np

from ..model.horizon import Band
from ..model.options import Option, OptionType
from ..model.plan import Health, InputStatus
from ..model.program import IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, none_if_nan, read
from ._site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarParams:
    """`curtailable`: we may tell the inverter to give less. `peak_kw` is what the panels can give at most.

    `inverter_kw` is what the inverter passes on (AC); a battery behind the same inverter shares it, and takes what the
    panels give beyond (the forecast is then of the panels). What nobody takes is lost.
    """

    peak_kw: float | None = None
    inverter_kw: float | None = None
    curtailable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarState:
    """What the inverter gives now, in kW."""

    power_kw: float | None = None


@dataclass(frozen=True, slots=True)
class SolarPart:
    """Panels in a program. `curtailed` are columns, one for each of `slots`."""

    spec: AssetSpec
    power: FloatArray
    curtailed: IntArray
    slots: IntArray
    most_kw: float

    def outcome(self, values: Values) -> Outcome:
        """Generation after curtailment; active while it is held back."""
        cut = np.zeros(len(self.power))
        cut[self.slots] = values.x[self.curtailed]
        return Outcome(power_kw=np.maximum(self.power - cut, 0.0), active=cut > 1e-3, mode_on="curtail")

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """Curtailing needs no reason beyond the price, which stands beside it."""
        return ()

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """Everything the sun gives and the inverter passes on."""
        return Unplanned(np.minimum(self.power, self.most_kw))


def peak_kw(spec: AssetSpec) -> float | None:
    """What the panels can give at most, in kW, if it is known. Raises InputError naming the field."""
    return none_if_nan(read(SolarParams, spec.params, f"assets.{spec.id}.params").peak_kw)


def build(spec: AssetSpec, site: Site) -> SolarPart | None:
    """Add the panels; without a forecast they are left out and the plan says so."""
    params = read(SolarParams, spec.params, f"assets.{spec.id}.params")
    band: Band | None = site.horizon.series.get(spec.id, {}).get("power")
    if band is None:
        site.note(
            InputStatus(key=f"solar:{spec.id}", health=Health.MISSING, rule="left_out", reason="no_forecast")
        )
        return None
    power = np.maximum(band.mid, 0.0)
    horizon = site.horizon
    site.fixed = site.fixed - power
    pays = (horizon.export_price < 0) | (horizon.import_price < 0) | (-site.fixed > 0)
    may = params.curtailable and spec.controlled
    limit = none_if_nan(params.inverter_kw)
    most_kw = np.inf if limit is None else limit
    beyond = power > most_kw
    slots = np.flatnonzero((power > 1e-9) & ((pays & may) | beyond))
    most_cut = power[slots] if may or limit is None else power[slots] - limit
    curtailed = site.program.columns(len(slots), upper=most_cut, taste=horizon.hours[slots])
    if limit is not None:
        rows = site.program.rows(horizon.n, lower=-limit - power, upper=limit - power)
        site.program.put(rows[slots], curtailed, -1.0)
        site.inverters[spec.id] = rows
    most = np.zeros(horizon.n)
    most[slots] = most_cut
    site.generation = site.generation + power
    site.curtailed.append((curtailed, slots))
    site.use(curtailed, slots, 1.0, most)
    return SolarPart(spec, power, curtailed, slots, most_kw)


SOLAR = AssetKind(
    key="solar",
    options=(
        Option(key="peak_kw", type=OptionType.NUMBER, minimum=0.1, maximum=1000, unit="kW"),
        Option(
            key="inverter_kw", type=OptionType.NUMBER, minimum=0.1, maximum=1000, unit="kW", advanced=True
        ),
        Option(key="curtailable", type=OptionType.BOOLEAN, default=False, advanced=True),
    ),
    params=SolarParams,
    state=SolarState,
    role=Role.SOLAR,
    controllable=False,
    build=build,
)
