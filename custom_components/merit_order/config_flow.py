"""Setting up the home: what the Energy dashboard knows is offered, a person accepts, and only gaps are asked."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, override

import probatio
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryDataWithId,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_DEVICE, SUBENTRY_FORECAST, SUBENTRY_TARIFF
from .energy_prefs import Dashboard, Thing, read_dashboard
from .engine.assets import ASSETS
from .engine.assets._base import AssetKind
from .engine.devices import device_kind
from .engine.forecasts import forecast_kind
from .engine.model.codec import to_json
from .engine.model.errors import MeritOrderError
from .engine.model.options import settle
from .flow_device import DeviceFlow
from .flow_forecast import ForecastFlow
from .flow_home import GROUPS, GUIDED, entered, guided_form, lacks_soc, offer_form, picked, ticked
from .flow_prices import PriceRefused, first_tariff
from .flow_schema import CHECK_TIMEOUT_S, blame, fields, seen, within
from .flow_seed import Seed, forecast_subentry, known_forecast, plant, tariff_subentry
from .flow_settings import SettingsFlow
from .flow_tariff import TariffFlow
from .found import look_around
from .ports import build_ports
from .stored import SettingsConfig, TariffConfig

PANELS = "open_meteo"
KNOWN_FORECAST = "energy_platform"


class MeritOrderConfigFlow(ConfigFlow, domain=DOMAIN):
    """Steps: `dashboard` (or `guided` without one) → `details_…` per gap → `panels` per roof that is not known yet."""

    VERSION = 1

    def __init__(self) -> None:
        self._dashboard = Dashboard()
        self._answers: Mapping[str, Any] = {}
        self._picked: list[tuple[str, Thing]] = []
        self._seeds: list[Seed] = []
        self._tariff: TariffConfig | None = None
        self._forecasts: list[ConfigSubentryDataWithId] = []
        self._gaps: list[tuple[Seed, AssetKind]] = []
        self._roofs: list[Seed] = []

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """The options of the home."""
        return SettingsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """What can be added to the home."""
        return {SUBENTRY_DEVICE: DeviceFlow, SUBENTRY_TARIFF: TariffFlow, SUBENTRY_FORECAST: ForecastFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look first, then ask."""
        self._dashboard = look_around(self.hass, await read_dashboard(self.hass))
        knows_home = any(thing.kind in GUIDED for thing in self._dashboard.things)
        return await (self.async_step_dashboard() if knows_home else self.async_step_guided())

    async def async_step_dashboard(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What Home Assistant knows, ticked."""
        if user_input is None:
            return self._offer(ticked(self._dashboard))
        self._answers = user_input
        self._picked = picked(self._dashboard, user_input)
        return await self._meet()

    def _offer(
        self,
        given: Mapping[str, Any],
        errors: dict[str, str] | None = None,
        words: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="dashboard",
            data_schema=offer_form(self._dashboard, given, self.hass.config.currency),
            errors=errors,
            description_placeholders=words,
            last_step=False,
        )

    async def async_step_soc(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The charge of a battery, which the dashboard does not ask for and no plan can do without."""
        lacking = [index for index, (_, thing) in enumerate(self._picked) if lacks_soc(thing)]
        group, thing = self._picked[lacking[0]]
        if user_input is not None:
            known = replace(thing, options={**thing.options, "soc": user_input["soc"]})
            self._picked[lacking[0]] = (group, known)
            return await self._meet()
        asked = [option for option in device_kind(thing.kind).options if option.key == "soc"]
        return self.async_show_form(
            step_id="soc",
            data_schema=probatio.Schema(fields(asked, thing.kind, self.hass.config.currency)),
            description_placeholders={"name": thing.name},
            last_step=False,
        )

    async def _meet(self) -> ConfigFlowResult:
        """Meet everything that was picked, or show what is wrong with it."""
        if any(lacks_soc(thing) for _, thing in self._picked):
            return await self.async_step_soc()
        errors, words = await self._plant(self._picked)
        if errors:
            return self._offer(self._answers, errors, words)
        return await self._ask()

    async def async_step_guided(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Without an Energy dashboard: the entities of meter, panels and battery, all of them optional."""
        errors: dict[str, str] = {}
        words: dict[str, str] = {}
        if user_input is not None:
            self._answers = user_input
            errors, words = await self._plant([("base", thing) for thing in entered(self.hass, user_input)])
            if not errors:
                return await self._ask()
        return self.async_show_form(
            step_id="guided",
            data_schema=guided_form(self._dashboard, user_input or {}, self.hass.config.currency),
            errors=errors,
            description_placeholders=words,
            last_step=False,
        )

    async def async_step_panels(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Size and direction of the panels of one roof; without a size there is no forecast for it yet."""
        kind = forecast_kind(PANELS)
        asked = [option for option in kind.options if not option.advanced]
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        roof = self._roofs[0]
        if user_input is not None:
            try:
                if user_input.get("kwp"):
                    options = settle(kind.options, user_input)
                    if kind.check is not None:
                        await within(CHECK_TIMEOUT_S, kind.check(options, build_ports(self.hass)))
                    await self._add_forecast(roof, PANELS, options)
            except Exception as err:  # noqa: BLE001 - a service's surprise must not end the person's flow
                errors = blame(err, asked, kind.field_of_error)
                words = err.placeholders if isinstance(err, MeritOrderError) else {}
            else:
                self._roofs.pop(0)
                return await self._next()
        schema = fields(asked, PANELS, self.hass.config.currency, user_input, may_stay_empty=True)
        return self.async_show_form(
            step_id="panels",
            data_schema=probatio.Schema(schema),
            errors=errors,
            description_placeholders={"name": roof.title, **words},
            last_step=len(self._roofs) == 1,
        )

    async def _details(self, kind: AssetKind, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """What nothing in Home Assistant tells of one asset."""
        seed, _ = self._gaps[0]
        asked = seen(kind.options)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                settle(kind.options, seed.given | user_input)
            except MeritOrderError as err:
                errors = blame(err, asked, None)
            else:
                seed.given |= user_input
                self._gaps.pop(0)
                return await self._next()
        schema = fields(asked, kind.key, self.hass.config.currency, seed.given | (user_input or {}))
        return self.async_show_form(
            step_id=f"details_{kind.key}",
            data_schema=probatio.Schema(schema),
            errors=errors,
            description_placeholders={"name": seed.title},
            last_step=len(self._gaps) == 1 and not self._roofs,
        )

    async def _plant(self, picked: list[tuple[str, Thing]]) -> tuple[dict[str, str], dict[str, str]]:
        """Try out what was picked; the errors by field, and words for them."""
        self._seeds = []
        for field, thing in picked:
            try:
                self._seeds.append(await plant(self.hass, thing))
            except Exception as err:  # noqa: BLE001 - one odd entity must not end the person's flow
                found = blame(err, (), None)
                words = {"entity": thing.name} | (
                    err.placeholders if isinstance(err, MeritOrderError) else {}
                )
                return {field: next(iter(found.values()))}, words
        grids = [seed for seed in self._seeds if seed.thing.kind == GROUPS["grid"]]
        for seed in grids[1:]:
            seed.measured_only = True
        try:
            self._tariff = await first_tariff(self.hass, self._answers)
        except PriceRefused as err:
            return err.errors, err.words
        return {}, {}

    async def _ask(self) -> ConfigFlowResult:
        """Find out what has to be asked of what was picked."""
        self._forecasts, self._roofs = [], []
        self._gaps = [(seed, kind) for seed in self._seeds for kind in seed.gaps()]
        for seed in self._seeds:
            if seed.solar_asset is None:
                continue
            if (provider := await known_forecast(self.hass, seed.thing)) is not None:
                await self._add_forecast(seed, KNOWN_FORECAST, {"provider": provider})
            else:
                self._roofs.append(seed)
        return await self._next()

    async def _next(self) -> ConfigFlowResult:
        if self._gaps:
            return await self._details(self._gaps[0][1], None)
        if self._roofs:
            return await self.async_step_panels()
        subentries = [seed.subentry() for seed in self._seeds] + self._forecasts
        if self._tariff is not None:
            subentries.append(await tariff_subentry(self.hass, self._tariff))
        return self.async_create_entry(
            title=self.hass.config.location_name,
            data={},
            options=to_json(SettingsConfig()),
            subentries=subentries,
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with what a plan cannot do without: a device where none was found, a tariff where no price is known."""
        entry = result["result"]
        missing = next(
            (kind for kind in (SUBENTRY_DEVICE, SUBENTRY_TARIFF) if not entry.get_subentries_of_type(kind)),
            None,
        )
        if missing is not None:
            following = await self.hass.config_entries.subentries.async_init(
                (entry.entry_id, missing), context=SubentryFlowContext(source=SOURCE_USER)
            )
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, following["flow_id"])
        return result

    async def _add_forecast(self, seed: Seed, kind: str, options: Mapping[str, Any]) -> None:
        several = sum(other.solar_asset is not None for other in self._seeds) > 1
        asset = seed.solar_asset if several else None
        self._forecasts.append(await forecast_subentry(self.hass, kind, options, asset))


type Step = Callable[[MeritOrderConfigFlow, dict[str, Any] | None], Awaitable[ConfigFlowResult]]


def _step(kind: AssetKind) -> Step:
    async def step(self: MeritOrderConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return await self._details(kind, user_input)

    return step


# One step per asset kind, so that each has its own words in the translations.
for _kind in ASSETS:
    setattr(MeritOrderConfigFlow, f"async_step_details_{_kind.key}", _step(_kind))
