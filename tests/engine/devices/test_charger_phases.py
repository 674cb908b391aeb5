"""A charger bound to entities that can change between one phase and three."""

from datetime import timedelta

import pytest

from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.engine.model.errors import WriteRefused
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role

from .conftest import NOON, House, TestClock


def order(action: Action, amperes: float | None = None, phases: int | None = None) -> Command:
    expires = NOON + timedelta(minutes=5)
    return Command(role=Role.CHARGER, action=action, expires=expires, current_a=amperes, phases=phases)


async def test_phases_are_set_by_name_and_given_back(ports: Ports, house: House, clock: TestClock) -> None:
    clock.fixed = NOON
    house.put("number.amps", "8", "A", min=6, max=16)
    house.put("select.phases", "3-phase", options=["auto", "1-phase", "3-phase"])
    kind = device_kind("entities_charger")
    given = {"current": "number.amps", "phases": "select.phases"}
    device = await kind.connect(settle(kind.options, given), ports)
    await device.write(order(Action.CURRENT, 10, 1))
    assert (house.now("select.phases").state, float(house.now("number.amps").state or 0)) == ("1-phase", 10.0)
    await device.write(order(Action.RELEASE))
    assert house.now("select.phases").state == "3-phase"
    with pytest.raises(WriteRefused, match="no 2 phases"):
        await device.write(order(Action.CURRENT, 10, 2))


async def test_phases_are_set_as_a_number(ports: Ports, house: House, clock: TestClock) -> None:
    clock.fixed = NOON
    house.put("number.amps", "8", "A", min=6, max=16)
    house.put("number.phases", "3", min=1, max=3)
    kind = device_kind("entities_charger")
    given = {"current": "number.amps", "phases": "number.phases"}
    device = await kind.connect(settle(kind.options, given), ports)
    await device.write(order(Action.CURRENT, 10, 1))
    assert float(house.now("number.phases").state or 0) == 1.0
