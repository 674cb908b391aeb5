"""Sensors of what was saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.util import dt as dt_util

from .engine.ledger import METHOD, Sum, Sums
from .entity import HomeSavingsEntity
from .savings import SavingsCoordinator


@dataclass(frozen=True, kw_only=True)
class SavingsSensor(SensorEntityDescription):
    """What was saved in a period, and the local moment at which the period began (None: it never begins anew)."""

    value_fn: Callable[[Sums], Sum]
    reset_fn: Callable[[Sums, datetime], datetime | None]


def _day(result: Sums, now: datetime) -> datetime:
    return max(dt_util.start_of_local_day(dt_util.as_local(now)), result.since)


def _month(result: Sums, now: datetime) -> datetime:
    return max(dt_util.start_of_local_day(dt_util.as_local(now).replace(day=1)), result.since)


def _year(result: Sums, now: datetime) -> datetime:
    return max(dt_util.start_of_local_day(dt_util.as_local(now).replace(month=1, day=1)), result.since)


def _row(
    key: str, value_fn: Callable[[Sums], Sum], reset_fn: Callable[[Sums, datetime], datetime | None]
) -> SavingsSensor:
    return SavingsSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=value_fn,
        reset_fn=reset_fn,
    )


SAVINGS_SENSORS: tuple[SavingsSensor, ...] = (
    _row("savings_today", lambda result: result.today, _day),
    _row("savings_month", lambda result: result.month, _month),
    _row("savings_year", lambda result: result.year, _year),
    _row("savings_total", lambda result: result.total, lambda result, now: None),
)


class SavingsHomeSensor(HomeSavingsEntity, SensorEntity):
    """What was saved in a period; unknown until something was measured."""

    entity_description: SavingsSensor
    _unrecorded_attributes = frozenset({"method", "uncertainty", "left_out", "counted", "since"})

    def __init__(self, coordinator: SavingsCoordinator, description: SavingsSensor) -> None:
        super().__init__(coordinator, description)
        self._attr_native_unit_of_measurement = coordinator.home.currency

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> float | None:
        result = self.coordinator.data
        return round(self.entity_description.value_fn(result).saved, 4) if result is not None else None

    @property
    @override
    def last_reset(self) -> datetime | None:
        result = self.coordinator.data
        if result is None:
            return None
        # The book turns the page at the first slot after midnight: reset and value change together.
        return self.entity_description.reset_fn(result, result.at)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        result = self.coordinator.data
        if result is None:
            return {"method": METHOD}
        period = self.entity_description.value_fn(result)
        return {
            "method": METHOD,
            "uncertainty": round(period.uncertainty, 4),
            "counted": period.counted,
            "left_out": period.left_out,
            "since": result.since,
        }
