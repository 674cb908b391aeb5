"""The KEBA face through pymodbus' own client."""

from collections.abc import AsyncIterator

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from demo.clock import ManualClock
from demo.faces.keba import KebaFace
from demo.home import VirtualHome
from demo.physics.charger import Charger


@pytest.fixture
async def home(clock: ManualClock, loopback: None) -> AsyncIterator[VirtualHome]:
    async with VirtualHome(clock, appliances=("charger",)) as home:
        home.chargers["charger"].car.trips = ()
        clock.advance(1)
        home.catch_up()
        yield home


@pytest.fixture
async def client(home: VirtualHome) -> AsyncIterator[AsyncModbusTcpClient]:
    address = home.addresses()["charger"]
    client = AsyncModbusTcpClient(
        address["host"], port=address["port"], timeout=0.3, retries=0, reconnect_delay=0
    )
    assert await client.connect()
    yield client
    client.close()


async def number(client: AsyncModbusTcpClient, address: int) -> int:
    answer = await client.read_holding_registers(address, count=2, device_id=255)
    assert not answer.isError(), answer
    high, low = answer.registers
    return high << 16 | low


async def write(client: AsyncModbusTcpClient, address: int, value: int) -> bool:
    return not (await client.write_register(address, value, device_id=255)).isError()


def charger_of(home: VirtualHome) -> Charger:
    return home.chargers["charger"]


async def test_it_charges_and_says_so(
    home: VirtualHome, client: AsyncModbusTcpClient, clock: ManualClock
) -> None:
    clock.advance(600)
    assert await number(client, 1000) == 3
    assert await number(client, 1004) == 7
    assert await number(client, 1020) == 16 * 230 * 3 * 1_000
    assert await number(client, 1008) == 16_000
    assert await number(client, 1036) == pytest.approx(charger_of(home).energy_wh * 10, abs=1)
    assert await number(client, 1100) == 16_000


async def test_the_current_follows_and_the_meter_with_it(
    home: VirtualHome, client: AsyncModbusTcpClient, clock: ManualClock
) -> None:
    clock.advance(5)
    assert await write(client, 5004, 6_000)
    clock.advance(5)
    assert await number(client, 1020) == 6 * 230 * 3 * 1_000
    assert home.truth()["load_w"] == pytest.approx(home.truth()["base_w"] + 4_140)
    assert await write(client, 5004, 0)
    clock.advance(5)
    assert await number(client, 1020) == 0
    assert await number(client, 1000) == 5


async def test_enable_limit_phases_and_failsafe(
    home: VirtualHome, client: AsyncModbusTcpClient, clock: ManualClock
) -> None:
    assert await write(client, 5014, 0)
    clock.advance(5)
    assert await number(client, 1020) == 0
    assert await write(client, 5014, 1)
    assert await write(client, 5052, 0)
    clock.advance(5)
    assert await number(client, 1020) == 16 * 230 * 1_000
    assert await write(client, 5016, 6_000)
    assert await write(client, 5018, 30)
    clock.advance(40)
    home.catch_up()
    assert charger_of(home).power_w == 6 * 230
    # Being asked counts as being heard.
    assert await number(client, 1602) == 30
    clock.advance(1)
    assert await number(client, 1020) == 16 * 230 * 1_000
    assert await write(client, 5010, 1)
    clock.advance(60)
    assert await number(client, 1020) == 0


async def test_what_it_refuses(client: AsyncModbusTcpClient) -> None:
    assert (await client.read_holding_registers(1000, count=4, device_id=255)).isError()
    assert (await client.read_holding_registers(5004, count=1, device_id=255)).isError()
    assert (await client.write_registers(5004, [6_000], device_id=255)).isError()
    assert not await write(client, 1020, 1)
    assert not await write(client, 5014, 2)
    with pytest.raises(ModbusException):
        await client.read_holding_registers(1000, count=2, device_id=1)


async def test_haste_is_counted(home: VirtualHome, client: AsyncModbusTcpClient, clock: ManualClock) -> None:
    face = home.faces["charger"]
    assert isinstance(face, KebaFace)
    assert await write(client, 5004, 6_000)
    clock.advance(5)
    assert await write(client, 5004, 8_000)
    assert face.hasty == 0
    assert await write(client, 5004, 7_000)
    assert face.hasty == 1
    assert face.writes == {5004: 3}


async def test_two_clients_are_welcome(home: VirtualHome, client: AsyncModbusTcpClient) -> None:
    second = AsyncModbusTcpClient(
        "127.0.0.1", port=home.ports["charger"], timeout=0.3, retries=0, reconnect_delay=0
    )
    assert await second.connect()
    assert await number(second, 1004) == 7
    assert await number(client, 1004) == 7
    second.close()


async def test_a_reboot_offers_the_most_again(
    home: VirtualHome, client: AsyncModbusTcpClient, clock: ManualClock
) -> None:
    assert await write(client, 5004, 0)
    await home.faces["charger"].reboot(30)
    assert charger_of(home).set_ma == 16_000
