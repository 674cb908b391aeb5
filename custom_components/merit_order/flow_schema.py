"""Options of plug-ins as forms: one field per option, and answers and errors put back where they belong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .engine.model.errors import InputError, MeritOrderError, SilentPeer
from .engine.model.options import Option, OptionType

_LOGGER = logging.getLogger(__name__)

ADVANCED = "advanced"
ADVANCED_SUFFIX = "_advanced"
"""Of the section of an asset that is folded away."""
CONFIG_ENTRY = "config_entry"
"""A text option of this name is the config entry of the integration that its plug-in is named after."""
CHECK_TIMEOUT_S = 30.0
"""Longer than any driver's own; a person waits in front of it. Old dongles need 1.3 s for each of some ten reads."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = tuple(str(month) for month in range(1, 13))
SMALLEST_STEP = 1e-3
"""Home Assistant's number selector takes no finer step; finer ones become "any"."""

OFFER_TIMEOUT_S = 8.0
"""A list to choose from is a convenience: a service slower than this gets a text field instead."""

type Fields = dict[probatio.Marker, Any]
type MakeSelector = Callable[[Option, str, str], Any]


def fields(
    options: Iterable[Option],
    owner: str,
    currency: str,
    given: Mapping[str, Any] | None = None,
    *,
    may_stay_empty: bool = False,
) -> Fields:
    """A schema's fields for `options` of the plug-in `owner`, filled with `given`, else with their defaults.

    `may_stay_empty`: nothing is required, because all of it may be left out together.
    """
    given = given or {}
    made: Fields = {}
    for option in options:
        value = given.get(option.key, option.default)
        made[_marker(option, value, may_stay_empty)] = SELECTORS[option.type](option, owner, currency)
    return made


def _marker(option: Option, value: Any, may_stay_empty: bool) -> probatio.Marker:
    if option.type is OptionType.BOOLEAN:
        return probatio.Required(option.key, default=bool(value))
    # A list may stay empty: no period is a plain price.
    required = option.required and option.type is not OptionType.PERIODS and not may_stay_empty
    description = None if value is None else {"suggested_value": value}
    return (probatio.Required if required else probatio.Optional)(option.key, description=description)


def form(
    options: Iterable[Option],
    owner: str,
    currency: str,
    given: Mapping[str, Any] | None = None,
    in_sight: Iterable[str] = (),
    offers: Mapping[str, Mapping[str, str]] | None = None,
) -> probatio.Schema:
    """A form in which advanced options are folded away, except those named `in_sight` (an error may point at them).

    `offers` are choices a service gives for a free text: {option key: {value: name for people}}.
    """
    options = tuple(options)
    shown = seen(options, in_sight)
    folded = [option for option in options if option not in shown]
    made = fields(shown, owner, currency, given)
    for marker in made:
        if offered := (offers or {}).get(marker.schema):
            made[marker] = _offered(offered)
    if folded:
        inside = probatio.Schema(fields(folded, owner, currency, given))
        made[probatio.Optional(ADVANCED)] = section(inside, {"collapsed": True})
    return probatio.Schema(made)


def seen(options: Iterable[Option], in_sight: Iterable[str] = ()) -> list[Option]:
    """The options that are not folded away."""
    keys = set(in_sight)
    return [option for option in options if not option.advanced or option.key in keys]


def answers(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, without the fold."""
    flat = {key: value for key, value in user_input.items() if key != ADVANCED}
    return flat | dict(user_input.get(ADVANCED) or {})


def blame(
    err: Exception, shown: Iterable[Option], field_of_error: Mapping[str, str] | None
) -> dict[str, str]:
    """The form's errors for `err`: on the field that is wrong where that is known and `shown`, else above the form.

    An error nobody foresaw is logged with its trace and shown as "unknown".
    """
    if not isinstance(err, MeritOrderError):
        _LOGGER.error("Unexpected error while testing a connection", exc_info=err)
        return {"base": "unknown"}
    _LOGGER.debug("Refused in the config flow: %s", err)
    if isinstance(err, InputError):
        field = err.field.partition(".")[0].partition("[")[0]
    else:
        field = err.placeholders.get("field") or (field_of_error or {}).get(err.key, "base")
    return {field if any(option.key == field for option in shown) else "base": err.key}


async def within[T](seconds: float, answer: Awaitable[T]) -> T:
    """`answer`, or SilentPeer when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as err:
        raise SilentPeer(f"No answer within {seconds:.0f} s") from err


async def offered_by(
    source: Awaitable[Mapping[str, Mapping[str, str]]] | None,
) -> Mapping[str, Mapping[str, str]]:
    """What a service has to choose from; nothing when it does not say so in time: the field then stays a text."""
    if source is None:
        return {}
    try:
        return await within(OFFER_TIMEOUT_S, source)
    except Exception:
        _LOGGER.debug("Nothing to choose from", exc_info=True)
        return {}


def with_defaults(options: Iterable[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over the defaults, unchecked: for asking a service while the form is still being filled in."""
    return {option.key: option.default for option in options if option.default is not None} | dict(given)


async def label(hass: HomeAssistant, selector_key: str, option: str) -> str:
    """The words of a selector's option in the language of the home; the bare key where there are none."""
    key = f"component.{DOMAIN}.selector.{selector_key}.options.{option}"
    return (await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])).get(key, option)


def choice_key(owner: str, option_key: str) -> str:
    """The translation key of the choices of an option."""
    return f"{owner}_{option_key}"


def _number(option: Option, owner: str, currency: str) -> selector.NumberSelector:
    config = selector.NumberSelectorConfig(mode=selector.NumberSelectorMode.BOX)
    config["step"] = option.step if option.step and option.step >= SMALLEST_STEP else "any"
    if option.minimum is not None:
        config["min"] = option.minimum
    if option.maximum is not None:
        config["max"] = option.maximum
    if option.unit is not None:
        config["unit_of_measurement"] = option.unit.replace("currency", currency)
    return selector.NumberSelector(config)


def _choice(option: Option, owner: str, currency: str) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=list(option.choices),
            translation_key=choice_key(owner, option.key),
            mode=selector.SelectSelectorMode.DROPDOWN,
        )
    )


def _entity(option: Option, owner: str, currency: str) -> selector.EntitySelector:
    narrow = selector.EntityWithDeviceFilterSelectorConfig()
    if option.domains:
        narrow["domain"] = list(option.domains)
    if option.device_class is not None:
        narrow["device_class"] = option.device_class
    return selector.EntitySelector(selector.EntitySelectorConfig(filter=[narrow] if narrow else []))


def _offered(choices: Mapping[str, str]) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=[selector.SelectOptionDict(value=key, label=name) for key, name in choices.items()],
            custom_value=True,
            mode=selector.SelectSelectorMode.DROPDOWN,
        )
    )


def _several(options: tuple[str, ...], translation_key: str) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(options=list(options), multiple=True, translation_key=translation_key)
    )


def _periods(option: Option, owner: str, currency: str) -> selector.ObjectSelector:
    price = selector.NumberSelector(
        selector.NumberSelectorConfig(
            mode=selector.NumberSelectorMode.BOX, step="any", unit_of_measurement=f"{currency}/kWh"
        )
    )
    return selector.ObjectSelector(
        selector.ObjectSelectorConfig(
            multiple=True,
            translation_key="periods",
            label_field="price",
            description_field="start",
            fields={
                "price": selector.ObjectSelectorField(selector=price, required=True),
                "start": selector.ObjectSelectorField(selector=selector.TimeSelector()),
                "end": selector.ObjectSelectorField(selector=selector.TimeSelector()),
                "weekdays": selector.ObjectSelectorField(selector=_several(WEEKDAYS, "weekdays")),
                "months": selector.ObjectSelectorField(selector=_several(MONTHS, "months")),
            },
        )
    )


def _text(option: Option, owner: str, currency: str) -> selector.TextSelector | selector.ConfigEntrySelector:
    if option.key == CONFIG_ENTRY:
        return selector.ConfigEntrySelector(selector.ConfigEntrySelectorConfig(integration=owner))
    return selector.TextSelector()


def _secret(option: Option, owner: str, currency: str) -> selector.TextSelector:
    return selector.TextSelector(selector.TextSelectorConfig(type=selector.TextSelectorType.PASSWORD))


SELECTORS: Mapping[OptionType, MakeSelector] = {
    OptionType.NUMBER: _number,
    OptionType.BOOLEAN: lambda option, owner, currency: selector.BooleanSelector(),
    OptionType.TEXT: _text,
    OptionType.SECRET: _secret,
    OptionType.CHOICE: _choice,
    OptionType.TIME: lambda option, owner, currency: selector.TimeSelector(),
    OptionType.WEEKDAYS: lambda option, owner, currency: _several(WEEKDAYS, "weekdays"),
    OptionType.ENTITY: _entity,
    OptionType.STATISTIC: lambda option, owner, currency: selector.StatisticSelector(),
    OptionType.PERIODS: _periods,
}
