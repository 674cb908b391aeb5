"""The P1 line against the virtual home: dialled, kept, taken up again."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custom_components.merit_order.engine.devices import _line, dsmr
from custom_components.merit_order.engine.model.errors import (
    CannotConnect,
    InputError,
    InvalidAuth,
    MeritOrderError,
    SilentPeer,
    WriteRefused,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role
from demo.clock import ScaledClock
from demo.faults import Fault
from demo.home import VirtualHome

from .conftest import TestClock
from .telegrams import encrypted, recorded

# The line, against the virtual home. Twenty seconds of the house pass in one.


@pytest.fixture
async def home(loopback: None) -> AsyncIterator[VirtualHome]:
    home = VirtualHome(ScaledClock(speed=20))
    await home.dsmr.start()
    try:
        yield home
    finally:
        await home.stop()


def options(home: VirtualHome, **changed: Any) -> dict[str, Any]:
    given = {"connection": "tcp", "host": "127.0.0.1", "port": home.dsmr.port, "version": "5b", **changed}
    return settle(dsmr.KIND.options, given)


@pytest.fixture
async def device(home: VirtualHome, ports: Ports) -> AsyncIterator[Any]:
    device = await dsmr.KIND.connect(options(home), ports)
    yield device
    await device.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_line, "PATIENCE_S", 0.5)


async def until(device: Any, counter: str, above: int = 0) -> None:
    """Wait until a counter is above `above`."""
    for _ in range(500):
        if {**device.stream.counters, **device.line.counters}[counter] > above:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{counter} never rose above {above}")


async def test_the_virtual_meter(device: Any, home: VirtualHome) -> None:
    assert device.identity.unique_id == "dsmr_1SAG3101021605"
    assert device.identity.roles == (Role.GRID,)
    said = await device.read()
    truth = home.truth()
    meter = home.house.meter
    assert said.grid.power_kw == pytest.approx(truth["grid_w"] / 1000, abs=0.5)
    assert said.grid.import_kwh == pytest.approx(sum(meter.import_wh) / 1000, abs=0.02)
    assert said.grid.month_peak_kw == pytest.approx(meter.month_peak.watts / 1000, abs=0.001)
    assert len(said.grid.peak_history_kw) == len(meter.history)
    assert said.counters["telegrams"] >= 1
    assert said.counters["wrong_crc"] == 0


async def test_the_quarter_hour_counts_up_from_zero(device: Any, home: VirtualHome) -> None:
    said = await device.read()
    assert said.grid.quarter_demand_kw == pytest.approx(home.truth()["demand_w"] / 1000, abs=0.05)


async def test_an_old_telegram_is_no_reading(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.SILENT)
    await device.read()
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(SilentPeer):
        await device.read()
    await home.mend()
    clock.fixed = None
    await asyncio.sleep(0.2)
    assert (await device.read()).grid.power_kw is not None


async def test_a_half_open_line_is_dialled_again(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.SILENT)
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(MeritOrderError):
        await device.read()
    clock.fixed = None
    await home.mend()
    await until(device, "reconnects", 1)
    assert device.line.counters["silent"] == 1


@pytest.mark.parametrize(
    ("fault", "counter"),
    [(Fault.WRONG_CRC, "wrong_crc"), (Fault.TRUNCATED, "corrupt"), (Fault.GARBAGE, "overflow")],
)
async def test_faults_are_counted_and_the_last_good_one_serves(
    device: Any, home: VirtualHome, fault: Fault, counter: str
) -> None:
    before = (await device.read()).grid
    await home.break_("dsmr", fault)
    if fault is Fault.TRUNCATED:
        await asyncio.sleep(0.3)
        await home.mend()
    await until(device, counter)
    assert (await device.read()).grid.import_kwh >= before.import_kwh
    await home.mend()
    await until(device, "telegrams", device.stream.counters["telegrams"])


async def test_an_impossible_date_does_not_matter(device: Any, home: VirtualHome) -> None:
    await home.break_("dsmr", Fault.INVALID)
    await asyncio.sleep(0.2)
    assert (await device.read()).counters["corrupt"] == 0


async def test_the_line_is_taken_up_again(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.CLOSED)
    await asyncio.sleep(0.1)
    assert (await device.read()).grid.power_kw is not None, "a telegram of a moment ago still serves"
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(CannotConnect):
        await device.read()
    clock.fixed = None
    await home.mend()
    await until(device, "reconnects", 1)


async def test_nothing_listens(home: VirtualHome, ports: Ports) -> None:
    await home.break_("dsmr", Fault.CLOSED)
    with pytest.raises(CannotConnect):
        await dsmr.KIND.probe(options(home), ports)


async def test_a_silent_port(home: VirtualHome, ports: Ports) -> None:
    await home.break_("dsmr", Fault.SILENT)
    with pytest.raises(SilentPeer):
        await dsmr.KIND.probe(options(home), ports)


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.WRONG_CRC])
async def test_nothing_valid_comes(home: VirtualHome, ports: Ports, fault: Fault) -> None:
    await home.break_("dsmr", fault)
    with pytest.raises(_line.NoTelegram) as raised:
        await dsmr.KIND.probe(options(home), ports)
    assert dsmr.KIND.field_of_error[raised.value.key] == "version"


async def test_a_key_that_does_not_fit(ports: Ports, loopback: None) -> None:
    frame = encrypted(recorded("luxmetering_smarty/telegram.txt"))

    async def meter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame)
        writer.close()

    server = await asyncio.start_server(meter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    given = {"connection": "tcp", "host": "127.0.0.1", "port": port, "version": "5l"}
    with pytest.raises(InvalidAuth):
        await dsmr.KIND.probe({**given, "encryption_key": "ff" * 16}, ports)
    identity = await dsmr.KIND.probe({**given, "encryption_key": "0123456789abcdef" * 2}, ports)
    assert identity.manufacturer == "Luxmetering"
    server.close()
    server.abort_clients()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"connection": "tcp", "port": 1}, "host"),
        ({"connection": "tcp", "host": "x"}, "port"),
        ({"connection": "serial"}, "serial_port"),
        ({"connection": "tcp", "host": "x", "port": 1, "encryption_key": "0123"}, "encryption_key"),
        ({"connection": "tcp", "host": "x", "port": 1, "encryption_key": "xyz"}, "encryption_key"),
    ],
)
async def test_what_the_connection_needs_is_named(ports: Ports, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as raised:
        await dsmr.KIND.probe(settle(dsmr.KIND.options, given), ports)
    assert raised.value.field == field


async def test_a_serial_port_that_is_not_there(ports: Ports) -> None:
    given = {"connection": "serial", "serial_port": "/dev/nothing", "version": "5b"}
    with pytest.raises(CannotConnect) as raised:
        await dsmr.KIND.probe(given, ports)
    assert raised.value.placeholders["field"] == "serial_port"


@pytest.mark.parametrize("version", ["5b", "4", "2_2"])
async def test_a_serial_cable(ports: Ports, version: str, tmp_path: Path) -> None:
    """A pseudo-terminal stands in for the USB cable; it carries eight bits whatever is asked for."""
    name = {
        "5b": "fluvius_v171/telegram.txt",
        "4": "kaifa_meter/telegram.txt",
        "2_2": "iskra_mt382/telegram_v2_2.txt",
    }
    ours, theirs = pty.openpty()
    given = {"connection": "serial", "serial_port": os.ttyname(theirs), "version": version}
    connecting = asyncio.ensure_future(dsmr.KIND.connect(given, ports))
    for _ in range(20):
        await asyncio.sleep(0.05)
        os.write(ours, recorded(name[version]))
        if connecting.done():
            break
    device = await connecting
    said = (await device.read()).grid
    assert said is not None
    assert said.import_kwh is not None
    await device.close()
    os.close(ours)
    os.close(theirs)


async def test_a_meter_takes_no_commands(device: Any) -> None:
    with pytest.raises(WriteRefused):
        await device.write(Command(role=Role.GRID, action=Action.ON, expires=datetime.now(UTC)))
