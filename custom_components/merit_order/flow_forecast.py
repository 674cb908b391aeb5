"""Adding a forecast: what the sun will give, how warm it will be, what will be paid."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import probatio
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers import selector

from .engine.forecasts import FORECASTS, forecast_kind
from .engine.forecasts._base import ForecastKind, Subject
from .engine.model.codec import from_json, to_json
from .engine.model.errors import MeritOrderError
from .engine.model.options import settle
from .engine.model.roles import Role
from .flow_schema import (
    CHECK_TIMEOUT_S,
    answers,
    blame,
    form,
    label,
    offered_by,
    seen,
    with_defaults,
    within,
)
from .ports import build_ports
from .stored import ForecastConfig, PlugIn, asset_id, devices

ASSET = "asset"


class ForecastFlow(ConfigSubentryFlow):
    """Steps: `user` (which source) → its own."""

    _before: ForecastConfig | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which source."""
        return self.async_show_menu(step_id="user", menu_options=[kind.key for kind in FORECASTS])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The source's own form with what was answered before."""
        self._before = from_json(ForecastConfig, dict(self._get_reconfigure_subentry().data))
        return await self._source(forecast_kind(self._before.source.kind), None)

    async def _source(self, kind: ForecastKind, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """One source, asked once before it is kept."""
        given: dict[str, Any] = dict(self._before.source.options) if self._before else {}
        asset = self._before.asset if self._before else None
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        in_sight = set((kind.field_of_error or {}).values())
        if user_input is not None:
            given = answers(user_input)
            asset = given.pop(ASSET, None)
            try:
                options = settle(kind.options, given)
                ports = build_ports(self.hass)
                if kind.check is not None:
                    options |= await within(CHECK_TIMEOUT_S, kind.check(options, ports))
                kind.build(options, ports)
            except Exception as err:  # noqa: BLE001 - a service's surprise must not end the person's flow
                errors = blame(err, seen(kind.options, in_sight), kind.field_of_error)
                words = err.placeholders if isinstance(err, MeritOrderError) else {}
            else:
                return await self._save(kind, options, asset)
        asked = with_defaults(kind.options, given)
        offers = await offered_by(kind.offer and kind.offer(asked, build_ports(self.hass)))
        schema = form(kind.options, kind.key, self.hass.config.currency, given, in_sight, offers)
        return self.async_show_form(
            step_id=kind.key,
            data_schema=probatio.Schema(self._roof(kind, asset) | schema.schema),
            errors=errors,
            description_placeholders=dict(words),
            last_step=True,
        )

    def _roof(self, kind: ForecastKind, asset: str | None) -> dict[probatio.Marker, Any]:
        """Which panels a solar forecast is for; not asked where there is nothing to choose."""
        panels = solar_assets(self._get_entry())
        if kind.subject is not Subject.SOLAR or len(panels) < 2:
            return {}
        chosen = asset if asset in panels else next(iter(panels))
        choice = selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=[selector.SelectOptionDict(value=key, label=name) for key, name in panels.items()]
            )
        )
        return {probatio.Required(ASSET, default=chosen): choice}

    async def _save(
        self, kind: ForecastKind, options: Mapping[str, Any], asset: str | None
    ) -> SubentryFlowResult:
        data = to_json(ForecastConfig(source=PlugIn(kind=kind.key, options=options), asset=asset))
        title = await label(self.hass, "forecast_kind", kind.key)
        if asset is not None:
            title = f"{title} ({solar_assets(self._get_entry())[asset]})"
        unique_id = forecast_unique_id(kind, asset, options)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
                unique_id=unique_id,
            )
        return self.async_create_entry(title=title, data=data, unique_id=unique_id)


def forecast_unique_id(kind: ForecastKind, asset: str | None, options: Mapping[str, Any]) -> str:
    """One source of a kind per thing it is about; of what other integrations forecast, one for each of them."""
    provider = options.get("provider")
    return f"{kind.subject}:{kind.key}:{asset or ''}" + (f":{provider}" if provider else "")


def solar_assets(entry: ConfigEntry) -> dict[str, str]:
    """Panels by asset id, with the names a person gave them."""
    return {
        asset_id(subentry.subentry_id, asset.key): asset.name
        for subentry, device in devices(entry)
        for asset in device.assets
        if asset.role is Role.SOLAR
    }


type Step = Callable[[ForecastFlow, dict[str, Any] | None], Awaitable[SubentryFlowResult]]


def _step(kind: ForecastKind) -> Step:
    async def step(self: ForecastFlow, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        return await self._source(kind, user_input)

    return step


# One step per kind, so that each has its own words in the translations.
for _kind in FORECASTS:
    setattr(ForecastFlow, f"async_step_{_kind.key}", _step(_kind))
