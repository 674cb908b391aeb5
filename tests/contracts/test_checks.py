"""script/checks finds what it is there to find: a sound little integration passes, each broken one is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from script.checks import descriptions, manifest, quality_scale, source_keys, translations
from script.checks.component import Component, dig

SENSOR = """
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.exceptions import HomeAssistantError

ROWS = (SensorEntityDescription(key="price", translation_key="price"),)
ACTIONS = ("get_plan", "started", "is_planned")

def broken() -> None:
    raise HomeAssistantError(translation_domain="merit_order", translation_key="no_plan")
"""
CONFIG_FLOW = """
class Flow:
    async def async_step_user(self) -> None:
        self.async_show_form(step_id="user", errors={"base": "cannot_connect"})
        self.async_abort(reason="already_configured")
"""
MANIFEST = {
    "domain": "merit_order",
    "name": "Merit Order",
    "codeowners": ["@someone"],
    "config_flow": True,
    "documentation": "https://example.com",
    "integration_type": "hub",
    "iot_class": "local_polling",
    "issue_tracker": "https://example.com",
    "requirements": ["highspy>=1.15,<2", "pymodbus>=3.13.1,<4"],
    "version": "0.1.0",
}
FIELD = {"name": "Hours", "description": "How far to look ahead."}
STRINGS = {
    "config": {
        "step": {
            "user": {"data": {"host": "Host"}, "data_description": {"host": "Its address, like {example}."}}
        },
        "error": {"cannot_connect": "Nothing answers at {host}."},
        "abort": {"already_configured": "This is set up already."},
    },
    "entity": {"sensor": {"price": {"name": "Price"}}},
    "exceptions": {"no_plan": {"message": "There is no plan yet."}},
    "services": {
        "get_plan": {"name": "Get plan", "description": "Gives the plan.", "fields": {"hours": FIELD}}
    },
    "triggers": {"started": {"name": "Started", "description": "When a planned run starts."}},
    "conditions": {"is_planned": {"name": "Is planned", "description": "If a run is planned now."}},
}
ICONS = {
    "entity": {"sensor": {"price": {"default": "mdi:cash"}}},
    "services": {"get_plan": {"service": "mdi:calendar"}},
    "triggers": {"started": {"trigger": "mdi:play"}},
    "conditions": {"is_planned": {"condition": "mdi:calendar"}},
}
SERVICES = {"get_plan": {"fields": {"hours": {"selector": {"number": {"min": 1, "max": 48}}}}}}
TARGET = {"target": {"entity": {"domain": "binary_sensor"}}}


class Sample:
    """The files of a sound integration, for a test to break before they are checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.json: dict[str, dict[str, Any]] = json.loads(
            json.dumps(
                {
                    "manifest.json": MANIFEST,
                    "strings.json": STRINGS,
                    "translations/en.json": STRINGS,
                    "translations/nl.json": STRINGS,
                    "icons.json": ICONS,
                    "../hacs.json": {"name": "Merit Order", "homeassistant": "2026.10.0"},
                    "services.yaml": SERVICES,
                    "triggers.yaml": {"started": TARGET},
                    "conditions.yaml": {"is_planned": TARGET},
                    "quality_scale.yaml": {"rules": dict.fromkeys(quality_scale.rule_names(), "done")},
                }
            )
        )
        self.python = {"sensor.py": SENSOR, "config_flow.py": CONFIG_FLOW}

    def strings(self, *path: str) -> dict[str, Any]:
        """A part of the English texts, the same object in both files that carry them."""
        self.json["translations/en.json"] = self.json["strings.json"]
        return dig(self.json["strings.json"], *path)

    def problems(self) -> list[str]:
        for folder in ("translations", "brand"):
            (self.folder / folder).mkdir(parents=True)
        (self.folder / "brand" / "icon.png").touch()
        for name, content in self.json.items():
            text = json.dumps(content) if name.endswith(".json") else yaml.safe_dump(content)
            (self.folder / name).write_text(text, encoding="utf-8")
        for name, source in self.python.items():
            (self.folder / name).write_text(source, encoding="utf-8")
        component = Component(self.folder, self.folder.parent)
        checks = (manifest, translations, descriptions, source_keys, quality_scale)
        return [problem for check in checks for problem in check.problems(component)]


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path / "merit_order")


def test_a_sound_integration_passes(sample: Sample) -> None:
    assert sample.problems() == []


type Break = Callable[[Sample], object]

BROKEN: dict[str, tuple[Break, str]] = {
    "manifest key unknown": (lambda s: s.json["manifest.json"].update(zzz=1), "zzz is unknown"),
    "manifest key missing": (
        lambda s: s.json["manifest.json"].pop("issue_tracker"),
        "issue_tracker is missing",
    ),
    "manifest out of order": (
        lambda s: s.json["manifest.json"].update(domain=s.json["manifest.json"].pop("domain")),
        "order is domain, name",
    ),
    "manifest version": (lambda s: s.json["manifest.json"].update(version="soon"), "no semantic version"),
    "requirement excludes core's pin": (
        lambda s: s.json["manifest.json"].update(requirements=["pymodbus>=3.5,<3.13"]),
        "excludes 3.13.1, which Home Assistant",
    ),
    "requirement pinned as core pins it": (
        lambda s: s.json["manifest.json"].update(requirements=["pymodbus==3.13.1"]),
        "ask for a range",
    ),
    "requirement without a range": (
        lambda s: s.json["manifest.json"].update(requirements=["highspy"]),
        "has no version range",
    ),
    "dependency not named": (
        lambda s: s.python.update({"core.py": "from homeassistant.components import recorder"}),
        "core.py: uses recorder",
    ),
    "dependency that does not exist": (
        lambda s: s.json["manifest.json"].update(dependencies=["nothing"]),
        "dependency nothing does not exist",
    ),
    "hacs of a coming release": (
        lambda s: s.json["../hacs.json"].update(homeassistant="2099.1.0"),
        "is no release up to",
    ),
    "English differs": (
        lambda s: s.json["translations/en.json"].update(title="x"),
        "en.json differs from strings.json",
    ),
    "translation incomplete": (
        lambda s: s.json["translations/nl.json"].pop("exceptions"),
        "nl.json: exceptions.no_plan.message is missing",
    ),
    "translation with other placeholders": (
        lambda s: s.json["translations/nl.json"]["config"]["error"].update(
            cannot_connect="Niets op {adres}."
        ),
        "nl.json: config.error.cannot_connect has placeholders ['adres']",
    ),
    "strings of unknown shape": (
        lambda s: s.strings().update(texts={}),
        "strings.json: texts: not a valid option",
    ),
    "reference of core's own build": (
        lambda s: s.strings("config", "error").update(cannot_connect="[%key:common::no%]"),
        "resolved for core integrations only",
    ),
    "HTML": (
        lambda s: s.strings("config", "error").update(cannot_connect="<b>No</b>"),
        "should not contain HTML",
    ),
    "field without a description": (
        lambda s: s.strings("config", "step", "user", "data_description").clear(),
        "host needs both data and data_description",
    ),
    "entity without text": (lambda s: s.strings("entity", "sensor").clear(), "no entity.sensor price"),
    "exception without text": (lambda s: s.strings("exceptions").clear(), "no exceptions no_plan"),
    "exception that nothing raises": (
        lambda s: s.strings("exceptions").update(lost={"message": "Lost."}),
        "exceptions.lost is used nowhere",
    ),
    "step without text": (lambda s: s.strings("config", "step").clear(), "no step user"),
    "abort without text": (lambda s: s.strings("config", "abort").clear(), "no abort already_configured"),
    "error that nothing shows": (
        lambda s: s.strings("config", "error").update(lost="Lost."),
        "error lost is used nowhere",
    ),
    "icon that does not exist": (
        lambda s: s.json["icons.json"]["services"]["get_plan"].update(service="mdi:no-such-icon"),
        "there is no icon mdi:no-such-icon",
    ),
    "icon of no entity": (
        lambda s: s.json["icons.json"]["entity"]["sensor"].update(lost={"default": "mdi:cash"}),
        "entity.sensor.lost has no text",
    ),
    "action without an icon": (
        lambda s: s.json["icons.json"]["services"].clear(),
        "services.get_plan is missing",
    ),
    "action without text": (
        lambda s: s.strings("services").clear(),
        "strings.json: services.get_plan is missing",
    ),
    "action with a wrong selector": (
        lambda s: s.json["services.yaml"]["get_plan"]["fields"]["hours"].update(selector={"nonsense": {}}),
        "services.yaml: get_plan",
    ),
    "action with a field more": (
        lambda s: s.json["services.yaml"]["get_plan"]["fields"].update(days={"selector": {"text": {}}}),
        "services.get_plan.fields.days must stand both",
    ),
    "action that no code has": (
        lambda s: s.python.update({"sensor.py": SENSOR.replace("get_plan", "other")}),
        "services.yaml: get_plan stands nowhere",
    ),
    "trigger with a wrong target": (
        lambda s: s.json["triggers.yaml"]["started"].update(target={"nonsense": {}}),
        "triggers.yaml: started",
    ),
    "trigger without text": (
        lambda s: s.strings("triggers").clear(),
        "strings.json: triggers.started is missing",
    ),
    "condition without an icon": (
        lambda s: s.json["icons.json"]["conditions"].clear(),
        "icons.json: conditions.is_planned is missing",
    ),
    "quality rule missing": (
        lambda s: s.json["quality_scale.yaml"]["rules"].pop("brands"),
        "quality_scale.yaml: brands is missing",
    ),
    "quality rule unknown": (
        lambda s: s.json["quality_scale.yaml"]["rules"].update(speed="done"),
        "quality_scale.yaml: speed is no rule",
    ),
    "quality exemption without a reason": (
        lambda s: s.json["quality_scale.yaml"]["rules"].update(brands={"status": "exempt"}),
        "quality_scale.yaml: brands",
    ),
}


@pytest.mark.parametrize(("broken", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_integration_is_named(sample: Sample, broken: Break, message: str) -> None:
    broken(sample)
    assert [problem for problem in sample.problems() if message in problem]
