"""Every field of every form has a name and a description in every language, every choice and error its words.

Walks the registries: a plug-in without its words fails here.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector

import custom_components.merit_order as integration
from custom_components.merit_order import engine
from custom_components.merit_order.config_flow import PANELS, MeritOrderConfigFlow
from custom_components.merit_order.energy_prefs import Dashboard
from custom_components.merit_order.engine.assets import ASSETS
from custom_components.merit_order.engine.devices import DEVICES, device_kind
from custom_components.merit_order.engine.forecasts import FORECASTS, forecast_kind
from custom_components.merit_order.engine.model.errors import MeritOrderError, WriteRefused
from custom_components.merit_order.engine.model.options import Option
from custom_components.merit_order.engine.tariffs import TARIFFS
from custom_components.merit_order.flow_device import NAME, USE, DeviceFlow
from custom_components.merit_order.flow_forecast import ASSET, ForecastFlow
from custom_components.merit_order.flow_home import GROUPS, GUIDED
from custom_components.merit_order.flow_prices import BY_ENTITY, price_options
from custom_components.merit_order.flow_schema import ADVANCED_SUFFIX, fields, form, seen
from custom_components.merit_order.flow_settings import SETTINGS
from custom_components.merit_order.flow_tariff import CAPACITY, TariffFlow

FOLDER = Path(integration.__file__).parent
LANGUAGES = ("en", "nl", "fr", "de")
EUR = "EUR"

type Tree = Mapping[str, Any]


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Tree:
    """All texts of one language."""
    found: Tree = json.loads((FOLDER / "translations" / f"{request.param}.json").read_text(encoding="utf-8"))
    return found


def missing(form_fields: Mapping[Any, Any], step: Tree, words: Tree, path: str) -> Iterator[str]:
    """What a form shows without words."""
    for marker, field in form_fields.items():
        key = marker.schema
        if isinstance(field, section):
            inside = step.get("sections", {}).get(key, {})
            if not inside.get("name"):
                yield f"{path}.sections.{key}.name"
            yield from missing(field.schema.schema, inside, words, f"{path}.sections.{key}")
            continue
        for part in ("data", "data_description"):
            if not step.get(part, {}).get(key):
                yield f"{path}.{part}.{key}"
        yield from missing_choices(field, words)


def missing_choices(field: selector.Selector[Any], words: Tree) -> Iterator[str]:
    config = field.config
    if (key := config.get("translation_key")) is None:
        return
    texts = words["selector"].get(key, {})
    for option in config.get("options", ()):
        if not texts.get("options", {}).get(option):
            yield f"selector.{key}.options.{option}"
    for name, inner in config.get("fields", {}).items():
        if not texts.get("fields", {}).get(name):
            yield f"selector.{key}.fields.{name}"
        yield from missing_choices(inner["selector"], words)


def in_sight(kind: Any) -> set[str]:
    return set((kind.field_of_error or {}).values())


def plain(options: Iterable[Option]) -> list[Option]:
    return [option for option in options if not option.advanced]


def test_devices(words: Tree) -> None:
    steps = words["config_subentries"]["device"]["step"]
    for kind in DEVICES:
        for part in ("menu_options", "menu_option_descriptions"):
            assert steps["user"][part][kind.key], f"{part} {kind.key}"
        made = form(kind.options, kind.key, EUR, None, in_sight(kind)).schema
        assert steps[kind.key]["title"]
        assert list(missing(made, steps[kind.key], words, kind.key)) == []
        assert hasattr(DeviceFlow, f"async_step_{kind.key}")


def test_assets(words: Tree) -> None:
    step = words["config_subentries"]["device"]["step"]["assets"]
    assert step["data"][NAME]
    for kind in ASSETS:
        assert words["selector"]["asset_kind"]["options"][kind.key]
        part = step["sections"][kind.key]
        assert part["name"]
        for key in (USE, NAME):
            assert part["data"][key]
            assert part["data_description"][key]
        assert list(missing(fields(plain(kind.options), kind.key, EUR), part, words, kind.key)) == []
        folded = [option for option in kind.options if option.advanced]
        folded_part = step["sections"].get(kind.key + ADVANCED_SUFFIX, {})
        assert bool(folded_part.get("name")) == bool(folded)
        assert list(missing(fields(folded, kind.key, EUR), folded_part, words, kind.key)) == []
        details = words["config"]["step"][f"details_{kind.key}"]
        assert list(missing(fields(seen(kind.options), kind.key, EUR), details, words, kind.key)) == []
        assert hasattr(MeritOrderConfigFlow, f"async_step_details_{kind.key}")


def test_tariffs(words: Tree) -> None:
    steps = words["config_subentries"]["tariff"]["step"]
    for kind in TARIFFS:
        assert words["selector"]["tariff_kind"]["options"][kind.key]
        for direction, menu in (("import", "supply"), ("export", "export")):
            if direction not in kind.directions:
                continue
            step = f"{direction}_{kind.key}"
            assert steps[menu]["menu_options"][step]
            assert steps[menu]["menu_option_descriptions"][step]
            assert steps["reconfigure"]["menu_options"][step]
            made = form(kind.options, kind.key, EUR, None, in_sight(kind)).schema
            assert list(missing(made, steps[step], words, step)) == []
            assert hasattr(TariffFlow, f"async_step_{step}")
    for step in ("supply", "export", "capacity"):
        assert steps["reconfigure"]["menu_options"][step]
    assert steps["export"]["menu_options"]["export_none"]
    made = form(CAPACITY, "capacity", EUR).schema
    assert list(missing(made, steps["capacity"], words, "capacity")) == []


def test_forecasts(words: Tree) -> None:
    steps = words["config_subentries"]["forecast"]["step"]
    for kind in FORECASTS:
        assert words["selector"]["forecast_kind"]["options"][kind.key]
        assert steps["user"]["menu_options"][kind.key]
        assert steps["user"]["menu_option_descriptions"][kind.key]
        made = form(kind.options, kind.key, EUR, None, in_sight(kind)).schema
        assert list(missing(made, steps[kind.key], words, kind.key)) == []
        if kind.subject == "solar":
            assert steps[kind.key]["data"][ASSET]
        assert hasattr(ForecastFlow, f"async_step_{kind.key}")


def test_home(words: Tree) -> None:
    steps = words["config"]["step"]
    for group in GROUPS:
        assert steps["dashboard"]["data"][group]
        assert steps["dashboard"]["data_description"][group]
    with_prices = price_options(Dashboard(import_entity="sensor.a", export_entity="sensor.b"))
    assert set(BY_ENTITY) < set(with_prices)
    assert list(missing(fields(with_prices, "home", EUR), steps["dashboard"], words, "dashboard")) == []
    fixed = fields(price_options(Dashboard()), "home", EUR)
    assert list(missing(fixed, steps["guided"], words, "guided")) == []
    for key in GUIDED:
        part = steps["guided"]["sections"][key]
        assert part["name"]
        assert list(missing(fields(plain(device_kind(key).options), key, EUR), part, words, key)) == []
    soc = [option for option in device_kind(GROUPS["battery"]).options if option.key == "soc"]
    assert list(missing(fields(soc, GROUPS["battery"], EUR), steps["soc"], words, "soc")) == []
    panels = fields(plain(forecast_kind(PANELS).options), PANELS, EUR)
    assert list(missing(panels, steps["panels"], words, "panels")) == []


def test_settings(words: Tree) -> None:
    step = words["options"]["step"]["init"]
    assert list(missing(fields(SETTINGS, "settings", EUR), step, words, "init")) == []


def raised_by(*racks: str) -> set[str]:
    """Keys of the errors that a flow may meet: those of the foundation and of the racks' own modules."""
    for module in pkgutil.walk_packages(engine.__path__, f"{engine.__name__}."):
        if module.name.removeprefix(f"{engine.__name__}.").partition(".")[0] in (*racks, "model"):
            importlib.import_module(module.name)
    return {
        kind.key
        for kind in subclasses(MeritOrderError)
        if kind.__module__.removeprefix(f"{engine.__name__}.").partition(".")[0] in (*racks, "model")
        # Nothing is written while a flow is open.
        and not issubclass(kind, WriteRefused)
    }


def subclasses(kind: type[MeritOrderError]) -> Iterator[type[MeritOrderError]]:
    yield kind
    for sub in kind.__subclasses__():
        yield from subclasses(sub)


@pytest.mark.parametrize(
    ("flow", "racks"),
    [
        (("config",), ("devices", "forecasts", "tariffs")),
        (("config_subentries", "device"), ("devices",)),
        (("config_subentries", "tariff"), ("tariffs",)),
        (("config_subentries", "forecast"), ("forecasts",)),
    ],
    ids=lambda value: value[-1],
)
def test_errors(words: Tree, flow: tuple[str, ...], racks: tuple[str, ...]) -> None:
    texts: Tree = words
    for key in flow:
        texts = texts[key]
    assert sorted(raised_by(*racks) - texts["error"].keys()) == []
    if flow[0] == "config_subentries":
        assert texts["abort"]["already_configured"]
        assert texts["initiate_flow"].keys() >= {"user", "reconfigure"}
