"""Adding the contract of the home: what power costs, what feeding in earns, what the month's peak costs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult

from .const import SUBENTRY_TARIFF
from .engine.model.codec import from_json, to_json
from .engine.model.errors import MeritOrderError
from .engine.model.options import Option, OptionType, settle
from .engine.tariffs import TARIFFS, tariff_kind
from .engine.tariffs._base import TariffKind
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
from .stored import CapacityConfig, PlugIn, TariffConfig

IMPORT = "import"
EXPORT = "export"
CAPACITY = (
    Option(
        key="price_per_kw_year", type=OptionType.NUMBER, minimum=0.0, maximum=10_000_000.0, unit="currency/kW"
    ),
    Option(key="floor_kw", type=OptionType.NUMBER, default=2.5, minimum=0.0, maximum=100.0, unit="kW"),
    Option(
        key="window_minutes",
        type=OptionType.CHOICE,
        choices=("15", "30", "60"),
        default="15",
        advanced=True,
    ),
    Option(
        key="from_hour",
        type=OptionType.NUMBER,
        default=0,
        minimum=0,
        maximum=23,
        step=1,
        unit="h",
        advanced=True,
    ),
    Option(
        key="to_hour",
        type=OptionType.NUMBER,
        default=24,
        minimum=0,
        maximum=24,
        step=1,
        unit="h",
        advanced=True,
    ),
    Option(key="weekdays", type=OptionType.WEEKDAYS, advanced=True),
    Option(
        key="from_month",
        type=OptionType.NUMBER,
        default=1,
        minimum=1,
        maximum=12,
        step=1,
        advanced=True,
    ),
    Option(
        key="to_month",
        type=OptionType.NUMBER,
        default=12,
        minimum=1,
        maximum=12,
        step=1,
        advanced=True,
    ),
    Option(
        key="outside_percent",
        type=OptionType.NUMBER,
        default=0,
        minimum=0,
        maximum=100,
        step=1,
        unit="%",
        advanced=True,
    ),
    Option(
        key="holidays_entity",
        type=OptionType.ENTITY,
        domains=("calendar", "binary_sensor"),
        advanced=True,
    ),
    Option(
        key="days",
        type=OptionType.NUMBER,
        default=1,
        minimum=1,
        maximum=10,
        step=1,
        advanced=True,
    ),
    Option(
        key="months",
        type=OptionType.NUMBER,
        default=12,
        minimum=1,
        maximum=12,
        step=1,
        advanced=True,
    ),
    Option(
        key="max_per_kwh",
        type=OptionType.NUMBER,
        minimum=0.0,
        maximum=100_000.0,
        step=0.0001,
        unit="currency/kWh",
        advanced=True,
    ),
    Option(
        key="grid_fee_per_kwh",
        type=OptionType.NUMBER,
        default=0.0,
        minimum=0.0,
        maximum=100_000.0,
        step=0.0001,
        unit="currency/kWh",
        advanced=True,
    ),
    Option(
        key="yearly_import_kwh",
        type=OptionType.NUMBER,
        minimum=0.0,
        maximum=1e6,
        step=1,
        unit="kWh",
        advanced=True,
    ),
)


WHOLE = ("window_minutes", "from_hour", "to_hour", "from_month", "to_month", "days", "months")


def _capacity(given: Mapping[str, Any]) -> CapacityConfig:
    """The settled answers as they are kept."""
    whole = {key: int(given[key]) for key in WHOLE}
    return CapacityConfig(**{**given, **whole, "weekdays": tuple(given.get("weekdays") or ())})


class TariffFlow(ConfigSubentryFlow):
    """Steps: `user` (which supply) → its own → `export` → its own → `capacity`. Reconfigure goes to one of them."""

    _supply: PlugIn
    _export: PlugIn | None = None
    _capacity: CapacityConfig | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What the supplier charges."""
        if self._get_entry().get_subentries_of_type(SUBENTRY_TARIFF):
            return self.async_abort(reason="single_tariff")
        return await self.async_step_supply()

    async def async_step_supply(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which kind of supply contract."""
        return self.async_show_menu(step_id="supply", menu_options=_steps(IMPORT))

    async def async_step_export(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which kind of contract for feeding in."""
        return self.async_show_menu(step_id="export", menu_options=["export_none", *_steps(EXPORT)])

    async def async_step_export_none(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Feeding in earns nothing."""
        self._export = None
        return await self._next(EXPORT)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which part to change: the contract of now first, then the way to another."""
        config = from_json(TariffConfig, dict(self._get_reconfigure_subentry().data))
        self._supply, self._export, self._capacity = config.supply, config.export, config.capacity
        parts = [f"{IMPORT}_{config.supply.kind}", "supply"]
        parts += [f"{EXPORT}_{config.export.kind}"] if config.export else []
        return self.async_show_menu(step_id="reconfigure", menu_options=[*parts, "export", "capacity"])

    async def async_step_capacity(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """A charge on the month's peak, where the grid operator has one."""
        if user_input is not None:
            given = settle(CAPACITY, answers(user_input))
            self._capacity = _capacity(given) if given.get("price_per_kw_year") else None
            return await self._save()
        known = None
        if self._capacity is not None:
            known = to_json(self._capacity) | {"window_minutes": str(self._capacity.window_minutes)}
        schema = form(CAPACITY, "capacity", self.hass.config.currency, known)
        return self.async_show_form(step_id="capacity", data_schema=schema, last_step=True)

    async def _contract(
        self, kind: TariffKind, direction: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """One contract, tried out with the service before it is kept."""
        given: Mapping[str, Any] = self._known(kind, direction)
        errors: dict[str, str] = {}
        words: Mapping[str, str] = {}
        in_sight = set((kind.field_of_error or {}).values())
        if user_input is not None:
            given = answers(user_input)
            try:
                plug_in = await self._tried(kind, direction, given)
            except Exception as err:  # noqa: BLE001 - a service's surprise must not end the person's flow
                errors = blame(err, seen(kind.options, in_sight), kind.field_of_error)
                words = err.placeholders if isinstance(err, MeritOrderError) else {}
            else:
                if direction == IMPORT:
                    self._supply = plug_in
                else:
                    self._export = plug_in
                return await self._next(direction)
        asked = with_defaults(kind.options, given)
        offers = await offered_by(kind.offer and kind.offer(asked, build_ports(self.hass), direction))
        return self.async_show_form(
            step_id=f"{direction}_{kind.key}",
            data_schema=form(kind.options, kind.key, self.hass.config.currency, given, in_sight, offers),
            errors=errors,
            description_placeholders=dict(words),
            last_step=self.source == SOURCE_RECONFIGURE,
        )

    async def _tried(self, kind: TariffKind, direction: str, given: Mapping[str, Any]) -> PlugIn:
        """The settled contract. Raises InputError, SourceError."""
        options = settle(kind.options, given)
        ports = build_ports(self.hass)
        if kind.check is not None:
            options |= await within(CHECK_TIMEOUT_S, kind.check(options, ports, direction))
        kind.build(options, ports, direction)
        return PlugIn(kind=kind.key, options=options)

    def _known(self, kind: TariffKind, direction: str) -> Mapping[str, Any]:
        """The options of the contract being changed, when it is of this kind."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        plug_in = self._supply if direction == IMPORT else self._export
        return plug_in.options if plug_in is not None and plug_in.kind == kind.key else {}

    async def _next(self, direction: str) -> SubentryFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return await self._save()
        return await (self.async_step_export() if direction == IMPORT else self.async_step_capacity())

    async def _save(self) -> SubentryFlowResult:
        data = to_json(TariffConfig(supply=self._supply, export=self._export, capacity=self._capacity))
        title = await label(self.hass, "tariff_kind", self._supply.kind)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data, unique_id=SUBENTRY_TARIFF)


def _steps(direction: str) -> list[str]:
    return [f"{direction}_{kind.key}" for kind in TARIFFS if direction in kind.directions]


type Step = Callable[[TariffFlow, dict[str, Any] | None], Awaitable[SubentryFlowResult]]


def _step(key: str, direction: str) -> Step:
    async def step(self: TariffFlow, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        return await self._contract(tariff_kind(key), direction, user_input)

    return step


# One step per kind and direction, so that each has its own words in the translations.
for _kind in TARIFFS:
    for _direction in _kind.directions:
        setattr(TariffFlow, f"async_step_{_direction}_{_kind.key}", _step(_kind.key, _direction))
