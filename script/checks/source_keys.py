"""Translation keys that the code uses: each must have its text, and each text of an error its use."""

import ast
from collections.abc import Iterator

from homeassistant.const import Platform

from custom_components.merit_order.config_flow import MeritOrderConfigFlow
from custom_components.merit_order.engine.assets import ASSETS
from custom_components.merit_order.engine.devices import DEVICES
from custom_components.merit_order.engine.forecasts import FORECASTS
from custom_components.merit_order.engine.tariffs import TARIFFS
from custom_components.merit_order.flow_device import DeviceFlow
from custom_components.merit_order.flow_forecast import ForecastFlow
from custom_components.merit_order.flow_schema import choice_key
from custom_components.merit_order.flow_settings import SETTINGS, SettingsFlow
from custom_components.merit_order.flow_tariff import CAPACITY, TariffFlow
from custom_components.merit_order.repairs import ConsentFlow

from .component import Component, Tree, dig, leaves

PLATFORMS = frozenset(Platform)


def problems(component: Component) -> Iterator[str]:
    """Keys without text, and texts of exceptions, issues and abort reasons that no code names."""
    strings = component.strings
    for name, module in component.modules.items():
        if name.startswith("engine/"):
            continue
        for place, key, line in uses(name, module):
            if not any(key in tree for tree in _trees(strings, place)):
                yield f"{name}:{line}: strings.json has no {place} {key}"
    for place in ("exceptions", "issues", "selector"):
        for key in sorted(
            dig(strings, place).keys() - component.literals - _choices() - _service_choices(component)
        ):
            yield f"strings.json: {place}.{key} is used nowhere"
    for place in ("error", "abort", "step"):
        for tree in _trees(strings, place):
            for key in sorted(tree.keys() - component.literals - _step_methods()):
                yield f"strings.json: {place} {key} is used nowhere"


def _step_methods() -> set[str]:
    """Steps of the flows: methods async_step_X, many of them made from the registries."""
    flows = (MeritOrderConfigFlow, DeviceFlow, TariffFlow, ForecastFlow, SettingsFlow, ConsentFlow)
    return {
        name.removeprefix("async_step_")
        for flow in flows
        for name in dir(flow)
        if name.startswith("async_step_")
    }


def _service_choices(component: Component) -> set[str]:
    """Translation keys of the choices in the fields of actions."""
    keys = (
        path[-1] == "translation_key" and value for path, value in leaves(component.yaml("services.yaml"))
    )
    return {key for key in keys if key}


def _choices() -> set[str]:
    """Translation keys of the choices that plug-ins offer."""
    offered = {choice_key("settings", option.key) for option in SETTINGS if option.choices}
    offered |= {choice_key("capacity", option.key) for option in CAPACITY if option.choices}
    for rack in (DEVICES, TARIFFS, FORECASTS, ASSETS):
        for kind in rack:
            offered |= {choice_key(kind.key, option.key) for option in kind.options if option.choices}
    return offered


def uses(name: str, module: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Each key that a module names literally: (place in strings.json, key, line)."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from _call(name, node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            names |= {target.attr for target in targets if isinstance(target, ast.Attribute)}
            if "_attr_translation_key" in names and isinstance(node.value, ast.Constant):
                yield f"entity.{_platform(name)}", str(node.value.value), node.lineno


def _call(name: str, node: ast.Call) -> Iterator[tuple[str, str, int]]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for keyword in node.keywords:
        if not isinstance(keyword.value, ast.Constant) or not isinstance(keyword.value.value, str):
            continue
        key = keyword.value.value
        if keyword.arg == "translation_key":
            yield _place(name, called), key, node.lineno
        elif keyword.arg == "reason" and called == "async_abort":
            yield "abort", key, node.lineno
        elif keyword.arg == "step_id":
            yield "step", key, node.lineno


def _place(name: str, called: str) -> str:
    """Where the text of a translation key belongs, by what it is given to."""
    if called == "async_create_issue":
        return "issues"
    if called.endswith(("Error", "Failed", "NotReady", "Exception")):
        return "exceptions"
    if "Selector" in called:
        return "selector"
    if called == "DeviceInfo":
        return "device"
    return f"entity.{_platform(name)}"


def _platform(name: str) -> str:
    """The entity platform a file serves; `*` where its name does not say."""
    stem = name.rpartition("/")[2].removesuffix(".py")
    return stem if stem in PLATFORMS else "*"


def _trees(strings: Tree, place: str) -> Iterator[Tree]:
    """The parts of strings.json that may hold a key used at a place."""
    head, _, platform = place.partition(".")
    if head == "entity":
        yield from (keys for domain, keys in dig(strings, "entity").items() if platform in ("*", domain))
    elif head in ("abort", "error", "step"):
        flows = [dig(strings, "config"), dig(strings, "options"), *dig(strings, "config_subentries").values()]
        flows += [dig(issue, "fix_flow") for issue in dig(strings, "issues").values()]
        yield from (dig(flow, head) for flow in flows)
    else:
        yield dig(strings, head)
