"""What can keep water or rooms from being warm."""

from collections.abc import Sequence

from ..model.codec import from_json
from ..model.horizon import Horizon
from ..model.plan import Shortfall
from ..model.snapshot import AssetSpec
from ._heating import HeatingParams
from ._hot_water import HotWaterParams
from ._relief import STRONGER, Relief, Step, stronger, with_params, without_order, without_rests

HOTTEST_WATER = 95.0


def hot_water_reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """A tank's limits, those first that are easiest to move."""
    params = from_json(HotWaterParams, dict(spec.params))
    hotter = Relief("max_level", "raise_max_level", [Step(with_params(spec, max_c=HOTTEST_WATER))])
    return [*without_order(spec), hotter, *_heater(spec, params)]


def heating_reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """A circuit's limits, those first that are easiest to move."""
    return [*without_order(spec), *_heater(spec, from_json(HeatingParams, dict(spec.params)))]


def _heater(spec: AssetSpec, params: HotWaterParams | HeatingParams) -> list[Relief]:
    powers = [round(params.power_kw * more, 2) for more in STRONGER]
    return [
        *without_rests(spec, params.min_on_minutes, params.min_off_minutes),
        stronger(spec, params.power_kw, powers),
    ]
