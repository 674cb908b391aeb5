"""manifest.json and hacs.json: what hassfest and HACS ask, and requirements that live well beside Home Assistant's."""

import ast
import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import homeassistant
from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from homeassistant.const import __version__ as ha_version
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .component import DOMAIN, Component, Tree

REQUIRED = frozenset(
    {
        "codeowners",
        "config_flow",
        "documentation",
        "domain",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "name",
        "version",
    }
)
OPTIONAL = frozenset(
    {
        "after_dependencies", "bluetooth", "dependencies", "dhcp", "homekit", "import_executor", "loggers", "mqtt",
        "preview_features", "quality_scale", "requirements", "single_config_entry", "ssdp", "usb", "zeroconf",
    }
)  # fmt: skip
INTEGRATION_TYPES = frozenset(
    {"device", "entity", "hardware", "helper", "hub", "service", "system", "virtual"}
)
IOT_CLASSES = frozenset(
    {"assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"}
)
# Components that hassfest lets any integration use without naming them.
FREE = frozenset(Platform) | {
    "automation",
    "frontend",
    "homeassistant",
    "persistent_notification",
    "person",
    "script",
    "system_health",
    "system_log",
    "webhook",
    "websocket_api",
    "zone",
}
CORE = Path(homeassistant.__file__).parent


def problems(component: Component) -> Iterator[str]:
    """What is wrong with the manifest, one sentence each."""
    manifest = component.json("manifest.json")
    keys = list(manifest)
    if keys[:2] != ["domain", "name"] or keys[2:] != sorted(keys[2:]):
        yield "manifest.json: the order is domain, name, then alphabetical"
    for key in sorted(REQUIRED - manifest.keys()):
        yield f"manifest.json: {key} is missing"
    for key in sorted(manifest.keys() - REQUIRED - OPTIONAL):
        yield f"manifest.json: {key} is unknown"
    yield from _values(manifest)
    yield from _requirements(manifest)
    yield from _dependencies(component, manifest)
    yield from _hacs(component)


def _values(manifest: Tree) -> Iterator[str]:
    if manifest.get("domain") != DOMAIN:
        yield f"manifest.json: domain is not {DOMAIN}"
    if manifest.get("integration_type") not in INTEGRATION_TYPES:
        yield "manifest.json: integration_type is unknown"
    if manifest.get("iot_class") not in IOT_CLASSES:
        yield "manifest.json: iot_class is unknown"
    if not re.fullmatch(r"\d+\.\d+\.\d+(-?(a|b|rc|alpha\.|beta\.|rc\.)\d+)?", str(manifest.get("version"))):
        yield "manifest.json: version is no semantic version"
    for key in ("documentation", "issue_tracker"):
        if not str(manifest.get(key)).startswith("https://"):
            yield f"manifest.json: {key} is no https address"
    if not all(str(owner).startswith("@") for owner in manifest.get("codeowners", ())):
        yield "manifest.json: codeowners start with @"


def core_pins() -> dict[str, set[str]]:
    """Versions that Home Assistant itself asks for, by canonical package name."""
    lines = (CORE / "package_constraints.txt").read_text(encoding="utf-8").splitlines()
    for path in (CORE / "components").glob("*/manifest.json"):
        lines += json.loads(path.read_text(encoding="utf-8")).get("requirements", ())
    pins: dict[str, set[str]] = {}
    for line in lines:
        if match := re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;#]+)", line.strip()):
            pins.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return pins


def _requirements(manifest: Tree) -> Iterator[str]:
    pins = core_pins()
    lines = manifest.get("requirements", [])
    if lines != sorted(lines):
        yield "manifest.json: requirements are not in alphabetical order"
    for line in lines:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if not requirement.specifier:
            yield f"manifest.json: {line} has no version range"
        for pin in sorted(pins.get(name, ())):
            if pin not in requirement.specifier:
                yield f"manifest.json: {line} excludes {pin}, which Home Assistant {ha_version} pins"
        if name in pins and any(part.operator in ("==", "===") for part in requirement.specifier):
            yield f"manifest.json: {line} would break with Home Assistant's next pin: ask for a range"
        if version(name) not in requirement.specifier:
            yield f"manifest.json: {line} excludes {version(name)}, which requirements/dev.txt locks"


def _dependencies(component: Component, manifest: Tree) -> Iterator[str]:
    named = [*manifest.get("dependencies", ()), *manifest.get("after_dependencies", ())]
    for domain in named:
        if not (CORE / "components" / domain).is_dir():
            yield f"manifest.json: dependency {domain} does not exist"
    for name, module in component.modules.items():
        for domain in sorted(used_components(module) - FREE - set(named)):
            # A file that serves another component's platform (diagnostics.py) may use that component.
            if not (component.folder / f"{domain}.py").exists():
                yield f"{name}: uses {domain}, which manifest.json does not name as a dependency"


def used_components(module: ast.Module) -> set[str]:
    """Domains of the Home Assistant components that a module imports."""
    names: list[str] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    parts = [name.split(".") for name in names]
    return {part[2] for part in parts if part[:2] == ["homeassistant", "components"] and len(part) > 2}


def _hacs(component: Component) -> Iterator[str]:
    hacs = json.loads((component.repository / "hacs.json").read_text(encoding="utf-8"))
    if not hacs.get("name"):
        yield "hacs.json: name is missing"
    if hacs.get("zip_release") and not hacs.get("filename"):
        yield "hacs.json: zip_release needs a filename"
    least = AwesomeVersion(str(hacs.get("homeassistant")))
    if not least.valid or least > AwesomeVersion(ha_version):
        yield f"hacs.json: homeassistant {least} is no release up to the tested {ha_version}"
    if not (component.folder / "brand" / "icon.png").exists():
        yield "brand/icon.png is missing, which HACS shows"
