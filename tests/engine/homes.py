"""Small homes for tests: hourly values from midnight UTC, solved by the real pipeline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from custom_components.merit_order.engine.model.plan import AssetPlan, Plan
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Settings, Snapshot, TariffView
from custom_components.merit_order.engine.pipeline import think

MIDNIGHT = datetime(2026, 6, 15, tzinfo=UTC)
"""A Monday."""

type Values = Sequence[float] | float


def series(values: Values, hours: int, minutes: int = 60) -> Series:
    """One value per step; a single number holds throughout."""
    count = hours * 60 // minutes
    given = (
        np.broadcast_to(np.asarray(values, dtype=float), (count,))
        if np.ndim(values) == 0
        else np.asarray(values)
    )
    return Series.regular(MIDNIGHT, minutes, np.asarray(given, dtype=float))


def home(
    prices: Sequence[float],
    *assets: AssetSpec,
    export: Values | None = 0.0,
    load: Values = 0.0,
    minutes: int = 60,
    at: datetime = MIDNIGHT,
    **more: Any,
) -> Snapshot:
    """A home over as many hours as there are prices. Nothing is worth anything at the end unless an asset says so."""
    hours = len(prices)
    settings: dict[str, Any] = {
        "slot_minutes": minutes,
        "horizon_hours": float(hours),
        "explain": False,
        "stay_gain": 0.0,
    }
    settings |= more.pop("settings", {})
    capacity = more.pop("capacity", None)
    return Snapshot(
        at=at,
        timezone=more.pop("timezone", "UTC"),
        currency="EUR",
        tariff=TariffView(
            import_price=series(prices, hours),
            export_price=None if export is None else series(export, hours),
            capacity=capacity,
        ),
        load=Forecast(series(load, hours)),
        assets=assets,
        settings=Settings(**settings),
        **more,
    )


def grid(**params: Any) -> AssetSpec:
    return AssetSpec(id="grid", kind="grid", name="Grid", params=params)


def solar(power: Values, hours: int, **params: Any) -> AssetSpec:
    forecast = Forecast(series(power, hours))
    return AssetSpec(id="solar", kind="solar", name="Solar", params=params, series={"power": forecast})


def battery(soc: float | None = 0.0, name: str = "battery", **params: Any) -> AssetSpec:
    """10 kWh, 5 kW, without losses, limits or worth at the end unless told otherwise."""
    given = {
        "capacity_kwh": 10.0,
        "max_charge_kw": 5.0,
        "max_discharge_kw": 5.0,
        "charge_efficiency": 1.0,
        "discharge_efficiency": 1.0,
        "min_soc": 0.0,
        "terminal_value": 0.0,
    }
    state = {} if soc is None else {"soc_percent": soc}
    more = {key: params.pop(key) for key in ("overrides", "controlled") if key in params}
    return AssetSpec(id=name, kind="battery", name=name, params=given | params, state=state, **more)


def asset(kind: str, params: dict[str, Any], state: dict[str, Any] | None = None, **more: Any) -> AssetSpec:
    return AssetSpec(id=more.pop("id", kind), kind=kind, name=kind, params=params, state=state or {}, **more)


def plan(snapshot: Snapshot) -> Plan:
    return think(snapshot).plan


def powers(found: Plan, asset_id: str) -> list[float]:
    """kW per slot."""
    return list(of(found, asset_id).power_kw)


def of(found: Plan, asset_id: str) -> AssetPlan:
    got = found.asset(asset_id)
    assert got is not None
    return got
