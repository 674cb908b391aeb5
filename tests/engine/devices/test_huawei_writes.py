"""What the Huawei driver says of its own writes: whether they stand, and how many there were."""

from dataclasses import replace

from custom_components.merit_order.engine.devices import huawei
from custom_components.merit_order.engine.devices import huawei_registers as reg
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Role

from .conftest import Home, TestClock
from .test_device_huawei import device, options, order

__all__ = ["device"]


async def test_it_tells_whether_the_battery_stands_as_told(
    device: huawei.Huawei, home: Home, ports: Ports, clock: TestClock
) -> None:
    assert (await device.read()).stands == {Role.BATTERY: True}, "told nothing, and nothing is forced"
    await device.write(order(clock, 1.0, minutes=1))
    assert (await device.read()).stands == {Role.BATTERY: True}
    await device.link.write_many(reg.FORCED, [reg.STOP])  # as the maker's app would
    assert (await device.read()).stands == {Role.BATTERY: False}
    await device.write(order(clock, 1.0, minutes=1))
    home.wait(61)
    assert (await device.read()).stands == {Role.BATTERY: True}, "its own timer ended it"
    home.wait(61)
    await device.link.write_many(reg.FORCED, [reg.CHARGE])
    assert (await device.read()).stands == {Role.BATTERY: False}, "someone else forces it"


async def test_a_command_writes_each_register_once_and_each_write_is_counted(
    device: huawei.Huawei, home: Home, ports: Ports, clock: TestClock
) -> None:
    counted: list[str] = []
    other = await huawei.KIND.connect(options(home), replace(ports, tally=counted.append))
    before = dict(home.truth()["huawei_writes"])
    await other.write(order(clock, 1.0))
    after = home.truth()["huawei_writes"]
    assert {address: n - before.get(address, 0) for address, n in after.items()} == dict.fromkeys(
        (47083, 47100, 47246, 47247), 1
    )
    assert sorted(counted) == [f"register {address}" for address in (47083, 47100, 47246, 47247)]
    await other.close()
