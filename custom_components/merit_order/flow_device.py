"""Adding a device: choose what it is, reach it, say what it brings. One flow per thing a person owns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector

from .const import SUBENTRY_DEVICE
from .engine.assets._base import AssetKind
from .engine.devices import DEVICES, device_kind
from .engine.devices._base import DeviceKind
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError, MeritOrderError
from .engine.model.options import OptionType, settle
from .engine.model.roles import Identity, Readings, Role
from .flow_assets import asset_kinds, make_asset, named, read_once, told
from .flow_schema import ADVANCED_SUFFIX, CHECK_TIMEOUT_S, answers, blame, fields, form, label, seen, within
from .ports import build_ports
from .stored import AssetConfig, DeviceConfig

NAME = "name"
USE = "use"


class DeviceFlow(ConfigSubentryFlow):
    """Steps: `user` (which kind) → one step per kind (how to reach it; tried out before it goes on) → `assets`."""

    _kind: DeviceKind
    _options: Mapping[str, Any]
    _identity: Identity
    _reading: Readings | None = None
    _before: DeviceConfig | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which kind of thing."""
        return self.async_show_menu(step_id="user", menu_options=[kind.key for kind in DEVICES])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The same way again, with what was answered before."""
        self._before = from_json(DeviceConfig, dict(self._get_reconfigure_subentry().data))
        return await self._reach(device_kind(self._before.kind), None)

    async def _reach(self, kind: DeviceKind, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """How to reach a device of this kind; nothing is saved that did not answer."""
        if (other := self._rival(kind)) is not None:
            return self.async_abort(reason="conflict", description_placeholders={"integration": other})
        given = dict(self._before.options) if self._before else {}
        in_sight = set(kind.field_of_error.values())
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None:
            given = answers(user_input)
            try:
                ports = build_ports(self.hass)
                if kind.pair is not None:
                    given |= await within(CHECK_TIMEOUT_S, kind.pair(settle(kind.options, given), ports))
                options = settle(kind.options, given)
                identity = await within(CHECK_TIMEOUT_S, kind.probe(options, ports))
            except Exception as err:  # noqa: BLE001 - a driver's surprise must not end the person's flow
                errors = blame(err, seen(kind.options, in_sight), kind.field_of_error)
                words = err.placeholders if isinstance(err, MeritOrderError) else {}
            else:
                if self._is_other_device(kind, identity):
                    errors = {"base": "other_device"}
                    words = {"device": identity.name}
                else:
                    return await self._met(kind, options, identity)
        return self.async_show_form(
            step_id=kind.key,
            data_schema=form(kind.options, kind.key, self.hass.config.currency, given, in_sight),
            errors=errors,
            description_placeholders=dict(words),
            last_step=False,
        )

    async def _met(
        self, kind: DeviceKind, options: Mapping[str, Any], identity: Identity
    ) -> SubentryFlowResult:
        own = self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None
        for subentry in self._get_entry().subentries.values():
            if subentry is not own and subentry.unique_id == identity.unique_id:
                return self.async_abort(reason="already_configured")
        self._kind, self._options, self._identity = kind, options, identity
        self._reading = await read_once(self.hass, kind, options)
        return await self.async_step_assets()

    async def async_step_assets(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Name it, and say what of it is used and how."""
        kinds = asset_kinds(self._identity)
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        if user_input is not None:
            try:
                assets = tuple(self._chosen(kinds, user_input))
            except InputError as err:
                errors, words = (
                    {"base": "invalid_option"},
                    {"option": await named(self.hass, kinds, err.field)},
                )
            else:
                return self._save(user_input[NAME], assets)
        return self.async_show_form(
            step_id="assets",
            data_schema=await self._assets_schema(kinds, user_input),
            errors=errors,
            description_placeholders={
                "device": self._identity.name,
                "model": f"{self._identity.manufacturer} {self._identity.model}",
                **words,
            },
            last_step=True,
        )

    def _chosen(self, kinds: list[AssetKind], user_input: Mapping[str, Any]) -> list[AssetConfig]:
        """The assets a person left ticked. Raises InputError."""
        chosen = []
        for kind in kinds:
            filled = user_input.get(kind.key) or {}
            if len(kinds) > 1 and not filled.get(USE):
                continue
            given = {**filled, **(user_input.get(kind.key + ADVANCED_SUFFIX) or {})}
            chosen.append(make_asset(kind, filled.get(NAME) or user_input[NAME], given))
        return chosen

    async def _assets_schema(
        self, kinds: list[AssetKind], user_input: Mapping[str, Any] | None
    ) -> probatio.Schema:
        """One section per asset; advanced options of each in a section of their own, folded away."""
        title = self._get_reconfigure_subentry().title if self._before else self._identity.name
        made: dict[probatio.Marker, Any] = {
            probatio.Required(NAME, description={"suggested_value": title}): selector.TextSelector()
        }
        for kind in kinds:
            given = self._suggested(kind)
            filled = (user_input or {}).get(kind.key) or {}
            given |= filled | ((user_input or {}).get(kind.key + ADVANCED_SUFFIX) or {})
            head: dict[probatio.Marker, Any] = {}
            used = True
            if len(kinds) > 1:
                used = filled.get(USE, self._is_used(kind))
                name = given.get(NAME) or await label(self.hass, "asset_kind", kind.key)
                head[probatio.Required(USE, default=used)] = selector.BooleanSelector()
                head[probatio.Optional(NAME, description={"suggested_value": name})] = selector.TextSelector()
            plain = [option for option in kind.options if not option.advanced]
            folded = [option for option in kind.options if option.advanced]
            currency = self.hass.config.currency
            unanswered = any(
                option.required and given.get(option.key, option.default) is None for option in plain
            )
            if inside := head | fields(plain, kind.key, currency, given, may_stay_empty=len(kinds) > 1):
                made[probatio.Optional(kind.key)] = section(
                    probatio.Schema(inside),
                    {"collapsed": len(kinds) > 1 and not (used and unanswered)},
                )
            if folded:
                made[probatio.Optional(kind.key + ADVANCED_SUFFIX)] = section(
                    probatio.Schema(fields(folded, kind.key, currency, given)), {"collapsed": True}
                )
        return probatio.Schema(made)

    def _suggested(self, kind: AssetKind) -> dict[str, Any]:
        """What stood there before, else what the device itself says."""
        if (asset := self._asset_before(kind)) is not None:
            return {NAME: asset.name, **(asset.options or asset.params)}
        return told(kind, self._reading)

    def _asset_before(self, kind: AssetKind) -> AssetConfig | None:
        assets = self._before.assets if self._before else ()
        return next((asset for asset in assets if asset.kind == kind.key), None)

    def _is_used(self, kind: AssetKind) -> bool:
        """Whether an asset is ticked at first: as before; else the driver's choice, but a home has one grid."""
        if self._before is not None:
            return self._asset_before(kind) is not None
        if kind.role is None or self._kind.assets.get(kind.role) != kind.key:
            return False
        return kind.role is not Role.GRID or not self._has_grid()

    def _has_grid(self) -> bool:
        return any(
            asset.get("role") == Role.GRID
            for subentry in self._get_entry().get_subentries_of_type(SUBENTRY_DEVICE)
            for asset in subentry.data["assets"]
        )

    def _save(self, name: str, assets: tuple[AssetConfig, ...]) -> SubentryFlowResult:
        data = to_json(
            DeviceConfig(kind=self._kind.key, options=self._options, identity=self._identity, assets=assets)
        )
        unique_id = self._identity.unique_id
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=name,
                data=data,
                unique_id=unique_id,
            )
        return self.async_create_entry(title=name, data=data, unique_id=unique_id)

    def _rival(self, kind: DeviceKind) -> str | None:
        """The name of a loaded integration that must not share this device with us."""
        for domain in kind.conflicts:
            for entry in self.hass.config_entries.async_entries(
                domain, include_disabled=False, include_ignore=False
            ):
                return entry.title or domain
        return None

    def _is_other_device(self, kind: DeviceKind, identity: Identity) -> bool:
        """Whether another device answers than the one being reconfigured. Bound entities may be swapped freely."""
        bound = any(option.type is OptionType.ENTITY for option in kind.options)
        return (
            self._before is not None and not bound and identity.unique_id != self._before.identity.unique_id
        )


type Step = Callable[[DeviceFlow, dict[str, Any] | None], Awaitable[SubentryFlowResult]]


def _step(kind: DeviceKind) -> Step:
    async def step(self: DeviceFlow, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        return await self._reach(kind, user_input)

    return step


# Home Assistant finds a step by a method's name: each kind gets one, and with it its own words in the translations.
for _kind in DEVICES:
    setattr(DeviceFlow, f"async_step_{_kind.key}", _step(_kind))
