"""The Huawei face through pymodbus' own client: values, control, refusals, and every fault."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from demo.clock import ManualClock
from demo.faces._registers import Kind
from demo.faces.huawei_registers import REGISTERS
from demo.faults import Fault
from demo.home import VirtualHome

Client = AsyncModbusTcpClient


def connection(home: VirtualHome) -> Client:
    # Without a delay it does not reconnect by itself: two clients that do kick each other for ever.
    return AsyncModbusTcpClient(
        "127.0.0.1", port=home.ports["huawei"], timeout=0.3, retries=0, reconnect_delay=0
    )


@pytest.fixture
async def client(home: VirtualHome) -> AsyncIterator[Client]:
    client = connection(home)
    assert await client.connect()
    yield client
    client.close()


async def number(client: Client, address: int, words: int = 1, signed: bool = False) -> int:
    answer = await client.read_holding_registers(address, count=words, device_id=1)
    assert not answer.isError(), answer
    return int.from_bytes(b"".join(word.to_bytes(2) for word in answer.registers), signed=signed)


async def write(client: Client, address: int, value: int, words: int = 1) -> bool:
    registers = [value >> 16 * n & 0xFFFF for n in reversed(range(words))]
    return not (await client.write_registers(address, registers, device_id=1)).isError()


async def force(client: Client, command: int, watts: int, minutes: int) -> None:
    assert await write(client, 47247 if command == 1 else 47249, watts, 2)
    assert await write(client, 47083, minutes)
    assert await write(client, 47246, 0)
    assert await write(client, 47100, command)


async def test_time_of_use_blocks_rule_the_battery(
    home: VirtualHome, client: Client, clock: ManualClock
) -> None:
    # 2026-06-12 is a Friday, bit 5; local time is UTC + 2 h. Charge 14:00 to 15:00, discharge 20:00 to 22:00.
    rows = [14 * 60, 15 * 60, 0x0020, 20 * 60, 22 * 60, 0x0120]
    table = [2, *rows, *[0] * (43 - 1 - len(rows))]
    assert not (await client.write_registers(47255, table, device_id=1)).isError()
    assert (await client.read_holding_registers(47255, count=43, device_id=1)).registers == table
    assert await write(client, 47242, 2_500, 2)
    assert await write(client, 47086, 5)
    assert await write(client, 47087, 1)

    async def battery_w(hour: int) -> int:
        clock.set(datetime(2026, 6, 12, hour, 30, tzinfo=UTC))
        return await number(client, 37765, 2, signed=True)

    assert await battery_w(12) >= 2_500
    assert await battery_w(16) >= 0
    assert await battery_w(19) < 0
    assert await battery_w(21) == 0


async def test_identity(client: Client) -> None:
    answer = await client.read_holding_registers(30000, count=15, device_id=1)
    text = b"".join(word.to_bytes(2) for word in answer.registers).rstrip(b"\0").decode()
    assert text == "SUN2000-6KTL-M1"
    assert await number(client, 30073, 2) == 6_000


async def test_measurements_are_the_truth(home: VirtualHome, client: Client) -> None:
    truth = home.truth()
    assert await number(client, 37765, 2, signed=True) == round(truth["battery_w"])
    assert await number(client, 37113, 2, signed=True) == round(-truth["grid_w"])
    assert await number(client, 32064, 2, signed=True) == round(truth["solar_w"])
    assert await number(client, 37760) == round(truth["soc"] * 1000)
    assert await number(client, 37758, 2) == 10_000
    assert truth["solar_w"] > 1_000


async def test_writing_moves_the_meter_within_a_step_and_the_timer_reverts(
    home: VirtualHome, client: Client, clock: ManualClock
) -> None:
    await force(client, 1, 4_500, 5)
    clock.advance(1)
    assert await number(client, 37765, 2, signed=True) == 4_500
    assert home.truth()["grid_w"] == pytest.approx(
        home.truth()["load_w"] + 4_500 - home.truth()["solar_w"], abs=1e-6
    )
    assert await number(client, 47100) == 1
    assert await number(client, 37006) == 1
    clock.advance(5 * 60)
    assert await number(client, 47100) == 0
    assert await number(client, 37006) == 4
    assert home.truth()["forced"] == "stop"
    assert home.truth()["grid_w"] == pytest.approx(0, abs=1)


async def test_rearming_extends_the_lease(client: Client, clock: ManualClock) -> None:
    await force(client, 2, 2_000, 2)
    clock.advance(100)
    await force(client, 2, 2_000, 2)
    clock.advance(100)
    assert await number(client, 37765, 2, signed=True) == -2_000
    assert await write(client, 47100, 0)
    assert await number(client, 47100) == 0


async def test_limits_hold_and_do_not_revert(home: VirtualHome, client: Client, clock: ManualClock) -> None:
    assert await write(client, 47075, 500, 2)
    await force(client, 1, 4_000, 2)
    clock.advance(3_600)
    assert await number(client, 37765, 2, signed=True) <= 500
    assert await number(client, 47075, 2) == 500
    assert home.huawei.writes == {47075: 1, 47247: 1, 47083: 1, 47246: 1, 47100: 1}


async def test_feed_in_limit_curtails(home: VirtualHome, client: Client, clock: ManualClock) -> None:
    assert await write(client, 47075, 0, 2)
    assert await write(client, 47415, 5)
    clock.advance(60)
    home.catch_up()
    assert home.truth()["grid_w"] >= -1e-6
    assert home.truth()["curtailed_w"] > 500


@pytest.mark.parametrize(
    ("address", "value", "words"),
    [(47247, 6_000, 2), (47083, 1_441, 1), (47100, 3, 1), (47101, 1_001, 1), (47086, 9, 1)],
)
async def test_nonsense_is_refused(
    home: VirtualHome, client: Client, address: int, value: int, words: int
) -> None:
    assert not await write(client, address, value, words)
    assert not home.huawei.writes


@pytest.mark.parametrize(("address", "count"), [(30900, 1), (37765, 1), (37759, 1), (32064, 9), (30000, 65)])
async def test_unknown_halved_and_long_reads_are_refused(client: Client, address: int, count: int) -> None:
    assert (await client.read_holding_registers(address, count=count, device_id=1)).isError()


async def test_half_a_value_and_a_reading_cannot_be_written(client: Client) -> None:
    assert not await write(client, 47247, 100, 1)
    assert not await write(client, 37760, 500)


async def test_other_functions_are_refused(client: Client) -> None:
    assert (await client.read_input_registers(37760, count=1, device_id=1)).isError()
    assert (await client.write_coil(1, True, device_id=1)).isError()


async def test_a_wrong_unit_is_not_answered(client: Client) -> None:
    with pytest.raises(ModbusException, match="No response"):
        await client.read_holding_registers(37760, count=1, device_id=2)
    assert await number(client, 37760) == 500


async def test_the_second_client_kicks_the_first(home: VirtualHome, client: Client) -> None:
    assert await number(client, 37760) > 0
    second = connection(home)
    assert await second.connect()
    assert await number(second, 37760) > 0
    await asyncio.sleep(0.05)
    assert not client.connected
    assert home.huawei.kicked == 1
    second.close()


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE, Fault.MIXED_UP])
async def test_answers_that_are_none(home: VirtualHome, client: Client, fault: Fault) -> None:
    await home.break_("huawei", fault)
    with pytest.raises(ModbusException):
        await client.read_holding_registers(37760, count=1, device_id=1)
    await home.mend("huawei", fault)
    client.close()
    assert await client.connect()
    assert await number(client, 37760) == 500


async def test_latency_is_real_time(home: VirtualHome, client: Client) -> None:
    await home.break_("huawei", Fault.LATENCY, 0.1)
    loop = asyncio.get_running_loop()
    before = loop.time()
    await number(client, 37760)
    assert loop.time() - before >= 0.1


async def test_spoilt_measurements(home: VirtualHome, client: Client) -> None:
    await home.break_("huawei", Fault.INVALID)
    assert await number(client, 37760) == 0xFFFF
    assert await number(client, 37765, 2, signed=True) == 0x7FFF_FFFF
    assert await number(client, 30073, 2) == 6_000
    await home.mend("huawei")
    await home.break_("huawei", Fault.OUT_OF_RANGE)
    assert await number(client, 37760) > 1_000
    assert abs(await number(client, 37765, 2, signed=True)) > 1_000_000


async def test_closed_and_open_again_on_the_same_port(home: VirtualHome, client: Client) -> None:
    port = home.ports["huawei"]
    await home.break_("huawei", Fault.CLOSED)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await home.mend("huawei")
    assert home.ports["huawei"] == port
    client.close()
    assert await client.connect()
    assert await number(client, 37760) == 500


async def test_a_reboot_takes_its_time_and_loses_the_command(
    home: VirtualHome, client: Client, clock: ManualClock
) -> None:
    await force(client, 1, 3_000, 60)
    await home.huawei.reboot(90)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", home.ports["huawei"])
    clock.advance(89)
    await asyncio.sleep(0.01)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", home.ports["huawei"])
    clock.advance(1)
    await asyncio.sleep(0.01)
    client.close()
    assert await client.connect()
    assert await number(client, 47100) == 0


async def test_a_fault_a_face_cannot_have_is_refused(home: VirtualHome) -> None:
    with pytest.raises(ValueError, match="wrong_crc"):
        await home.break_("huawei", Fault.WRONG_CRC)


def test_the_table_has_no_overlap() -> None:
    taken: set[int] = set()
    for row in REGISTERS:
        own = set(range(row.address, row.address + row.length))
        assert not own & taken, row.address
        taken |= own


def test_negative_numbers_survive_the_wire() -> None:
    for row in REGISTERS:
        if row.kind in (Kind.I16, Kind.I32):
            assert row.decode(row.encode(-1234)) == -1234


async def test_every_register_can_be_read(client: Client) -> None:
    for row in REGISTERS:
        answer = await client.read_holding_registers(row.address, count=row.length, device_id=1)
        assert not answer.isError(), row.address
