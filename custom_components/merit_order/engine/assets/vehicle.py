"""A car on a charger."""

from dataclasses import dataclass

import numpy as np

from ..model.codec import from_json
from ..model.options import Option, OptionType
from ..model.plan import Shortfall
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import AssetKind, Opposite, Outcome, Site, Values
from ._slots import Use, add_use
from ._windows import one_off


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleParams:
    """Powers AC."""

    max_kw: float = 11.0
    min_kw: float = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleState:
    """What charger and car say."""

    connected: bool | None = None
    soc_percent: float | None = None
    power_kw: float | None = None


@dataclass(frozen=True, slots=True)
class VehiclePart:
    spec: AssetSpec
    hours: FloatArray
    uses: tuple[Use, ...]

    def outcome(self, values: Values) -> Outcome:
        power = np.zeros(len(self.hours))
        short = []
        for use in self.uses:
            power += use.power(values, len(power))
            if (missing := use.missing(values, self.hours)) > 0.01:
                short.append(
                    Shortfall(asset=self.spec.id, need="energy", by=use.window.by, amount=missing, unit="kWh")
                )
        return Outcome(power_kw=power, active=power > 1e-3, shortfalls=tuple(short))

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        return ()


def build(spec: AssetSpec, site: Site) -> VehiclePart:
    params = from_json(VehicleParams, dict(spec.params), f"assets.{spec.id}.params")
    free = np.ones(site.horizon.n, dtype=bool)
    uses = [
        add_use(site, window, params.max_kw, free, window.amount, site.wishes.need, switched=False)
        for window in one_off(site.horizon, spec.needs, "kwh")
    ]
    return VehiclePart(spec, site.horizon.hours, tuple(uses))


VEHICLE = AssetKind(
    key="vehicle",
    options=(Option(key="max_kw", type=OptionType.NUMBER, default=11.0, minimum=1, maximum=50, unit="kW"),),
    params=VehicleParams,
    state=VehicleState,
    role=Role.CHARGER,
    controllable=True,
    build=build,
)
