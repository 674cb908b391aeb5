"""Repair issues: what is missing, said once it has lasted, gone by itself once it is there again.

One kind asks something: may we alone command a device that another controller can reach?
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, MODE_AUTOMATIC, MODE_OFF
from .coordinator import PlanCoordinator
from .driver import Driver
from .engine.assets import asset_kind
from .engine.model.roles import Role
from .gather import dispatches_failed
from .missed import Wording, missed
from .rivals import OWN_SCHEDULE
from .steering import Steering
from .supplier_history import SupplierHistory

# A router that restarts, an inverter that updates itself: not worth a person's time.
DEVICE_PATIENCE = timedelta(minutes=10)
SOURCE_PATIENCE = timedelta(minutes=30)
# Nothing waits for it; a supplier's service may be down over a weekend.
HISTORY_PATIENCE = timedelta(days=2)
PLAN_PATIENCE = timedelta(minutes=20)
# The next plan may find a way, unless there is no time for it. A tank is cool for a while after every bath.
NEED_PATIENCE, SOON = timedelta(minutes=5), timedelta(hours=1)
COMFORT_PATIENCE = timedelta(minutes=30)
RISK_PATIENCE = timedelta(minutes=2)
# What engine/health.py finds wrong with an input, and the issue that says so; a silent source has its own.
INPUT_FAULTS = {
    "wrong_unit": "input_wrong_unit",
    "wrong_resolution": "input_wrong_resolution",
    "jumping": "input_jumping",
    "gap": "input_gap",
    "short": "input_short",
    "stale": "input_stale",
    "empty": "input_empty",
    "dst_hour": "input_dst_hour",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong now. `key` is the translation key, `id` tells two of the same kind apart."""

    id: str
    key: str
    patience: timedelta
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING
    placeholders: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str | int | float | None] | None = None
    """What the answer needs, where the issue is a question."""


class Repairs:
    """Raises and clears the issues of a home."""

    def __init__(
        self,
        hass: HomeAssistant,
        planner: PlanCoordinator,
        driver: Driver,
        steering: Steering,
        history: SupplierHistory,
    ) -> None:
        self._hass = hass
        self._driver = driver
        self._steering = steering
        self._history = history
        self._planner = planner
        self._since: dict[str, datetime] = {}
        self._raised: dict[str, dict[str, str]] = {}

    @callback
    def look(self) -> None:
        """Compare what is wrong with what was said."""
        now = self._planner.now
        troubles = {trouble.id: trouble for trouble in self._troubles()}
        for gone in [key for key in self._since if key not in troubles]:
            del self._since[gone]
        for trouble in troubles.values():
            since = self._since.setdefault(trouble.id, now)
            if now - since >= trouble.patience and self._raised.get(trouble.id) != trouble.placeholders:
                self._raise(trouble)
        for over in [key for key in self._raised if key not in troubles]:
            ir.async_delete_issue(self._hass, DOMAIN, over)
            del self._raised[over]

    @callback
    def clear(self) -> None:
        """Take back everything: the home is being unloaded."""
        for issue in self._raised:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
        self._raised.clear()

    def _raise(self, trouble: Trouble) -> None:
        self._raised[trouble.id] = trouble.placeholders
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            trouble.id,
            is_fixable=trouble.asks is not None,
            data=trouble.asks,
            severity=trouble.severity,
            translation_key=trouble.key,
            translation_placeholders=trouble.placeholders,
        )

    def _troubles(self) -> Iterator[Trouble]:
        home = self._planner.home
        if self._planner.mode == MODE_OFF:
            return
        yield from self._devices()
        yield from self._refusals()
        yield from self._rivals()
        price = home.sources.find("price")
        if home.tariff is None:
            yield Trouble(id="no_tariff", key="no_tariff", patience=timedelta())
        elif price is not None and price.error is not None:
            names = {"source": price.kind, "error": str(price.error)}
            yield Trouble(id="no_prices", key="no_prices", patience=SOURCE_PATIENCE, placeholders=names)
        if (failed := dispatches_failed(home)) is not None:
            names = {"source": failed[0], "error": str(failed[1])}
            yield Trouble(
                id="dispatches_failed", key="dispatches_failed", patience=SOURCE_PATIENCE, placeholders=names
            )
        yield from self._forecasts()
        yield from self._inputs()
        if home.holidays is not None and home.holidays.error is not None:
            names = {"source": home.holidays.entity, "error": str(home.holidays.error)}
            yield Trouble(
                id="holidays_failed", key="holidays_failed", patience=SOURCE_PATIENCE, placeholders=names
            )
        for meter in self._history.meters:
            if meter.error is not None:
                yield Trouble(
                    id=f"history_failed_{meter.direction}",
                    key="history_failed",
                    patience=HISTORY_PATIENCE,
                    placeholders={"source": meter.kind.key, "error": str(meter.error)},
                )
        if self._planner.plan is None:
            yield Trouble(
                id="plan_lost", key="plan_lost", patience=PLAN_PATIENCE, severity=ir.IssueSeverity.ERROR
            )
        yield from self._missed()

    def _missed(self) -> Iterator[Trouble]:
        """Needs that will be missed, said while something can still be done about them."""
        plan, now = self._planner.plan, self._planner.now
        told: set[str] = set()
        for short in missed(plan, now):
            assert plan is not None
            patience = timedelta() if short.by - now < SOON else NEED_PATIENCE
            told.add(short.asset)
            yield Trouble(
                id=f"need_missed_{short.asset}_{short.need}",
                key="need_missed",
                patience=COMFORT_PATIENCE if short.need == "temperature" else patience,
                placeholders=Wording(self._hass, plan).placeholders(short),
            )
        steered = self._steering.data
        for risk in steered.risks if steered is not None and plan is not None else ():
            # The plan thinks there is time yet; what is held back between two plans it does not foresee.
            if plan is not None and risk.asset not in told:
                yield Trouble(
                    id=f"need_at_risk_{risk.asset}",
                    key="need_at_risk",
                    patience=RISK_PATIENCE,
                    placeholders=Wording(self._hass, plan).at_risk(risk),
                )

    def _devices(self) -> Iterator[Trouble]:
        for subentry_id, device in self._planner.home.devices.items():
            if not device.last_update_success:
                yield Trouble(
                    id=f"device_unreachable_{subentry_id}",
                    key="device_unreachable",
                    patience=DEVICE_PATIENCE,
                    placeholders={"device": device.name, "error": str(device.last_exception)},
                )

    def _refusals(self) -> Iterator[Trouble]:
        """Devices that take no command and are left alone for a while."""
        for asset_name, key, error in self._driver.resting():
            yield Trouble(
                id=f"command_refused_{key.replace('/', '_')}",
                key="writes_spent" if key in self._driver.spent() else "command_refused",
                patience=timedelta(),
                placeholders={"asset": asset_name, "error": error},
            )

    def _rivals(self) -> Iterator[Trouble]:
        """Devices that automatic leaves alone until a person says that nobody else commands them."""
        if self._planner.mode != MODE_AUTOMATIC:
            return
        for subentry_id, names in self._driver.unasked().items():
            others = [name for name in names if name != OWN_SCHEDULE]
            yield Trouble(
                id=f"exclusive_{subentry_id}_{'_'.join(names)}",
                key="other_controller" if others else "own_schedule",
                patience=timedelta(),
                placeholders={
                    "device": self._planner.home.devices[subentry_id].name,
                    "others": ", ".join(others),
                },
                asks={
                    "entry_id": self._planner.config_entry.entry_id,
                    "subentry_id": subentry_id,
                    "names": "\n".join(names),
                },
            )

    def _inputs(self) -> Iterator[Trouble]:
        # What is wrong is told most of all where it left no plan to hold.
        thought = self._planner.data
        for status in thought.decision.plan.inputs if thought is not None else ():
            if (key := INPUT_FAULTS.get(status.reason or "")) is not None:
                names = dict.fromkeys(("unit", "hours", "count", "end", "age_h"), "?") | dict(
                    status.placeholders
                )
                yield Trouble(
                    id=f"{key}_{status.key}",
                    key=key,
                    patience=SOURCE_PATIENCE,
                    placeholders={"source": status.origin or status.key, **names},
                )

    def _forecasts(self) -> Iterator[Trouble]:
        sources = self._planner.home.sources
        has_solar = any(asset_kind(a.config.kind).role is Role.SOLAR for a in self._planner.home.assets)
        if has_solar and not any(item.key.startswith("solar") for item in sources.items):
            yield Trouble(id="no_solar_forecast", key="no_solar_forecast", patience=timedelta())
        for item in sources.items:
            if item.error is not None and item.key not in ("price", "export_price"):
                yield Trouble(
                    id=f"forecast_failed_{item.key}",
                    key="forecast_failed",
                    patience=SOURCE_PATIENCE,
                    placeholders={"source": item.kind, "error": str(item.error)},
                )


class ConsentFlow(ConfirmRepairFlow):
    """Asks whether we alone command a device."""

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Note the consent once it is given."""
        if user_input is not None and self.data is not None:
            entry = self.hass.config_entries.async_get_entry(str(self.data["entry_id"]))
            if entry is not None and entry.state is ConfigEntryState.LOADED:
                driver: Driver = entry.runtime_data.driver
                driver.consent(str(self.data["subentry_id"]), str(self.data["names"]).split("\n"))
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The flow of an issue that is a question."""
    return ConsentFlow()
