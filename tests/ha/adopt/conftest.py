"""A device kind opened on the entities of a running Home Assistant, through the integration's own ports."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.engine.devices._base import Device
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.roles import Action, Command, Role
from custom_components.merit_order.ports import build_ports

type Open = Callable[[str, Mapping[str, Any]], Awaitable[Device]]
type Order = Callable[..., Command]


@pytest.fixture
async def open_device(hass: HomeAssistant) -> Open:
    """Try a kind out, then open it, as the config flow and the hub do."""
    ports = build_ports(hass)

    async def opened(key: str, given: Mapping[str, Any]) -> Device:
        kind = device_kind(key)
        options = settle(kind.options, given)
        await kind.probe(options, ports)
        return await kind.connect(options, ports)

    return opened


@pytest.fixture
async def order(hass: HomeAssistant) -> Order:
    """A lease of five minutes from now."""
    clock = build_ports(hass).clock

    def make(role: Role, action: Action, **values: Any) -> Command:
        return Command(role=role, action=action, expires=clock.now() + timedelta(minutes=5), **values)

    return make
