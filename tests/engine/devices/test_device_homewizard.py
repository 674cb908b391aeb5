"""HomeWizard's v1 API: recorded answers give the right numbers; the virtual home's devices obey and fail."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from custom_components.merit_order.engine.devices import homewizard
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    MeritOrderError,
    SilentPeer,
    WriteRefused,
    WrongDevice,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, GridReading, Role
from demo.faults import Fault

from .conftest import FIXTURES, NOON, Home, MemoryStore


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library retry at once."""
    monkeypatch.setattr(random, "uniform", lambda low, high: low)


@pytest.fixture
async def recorded(loopback: None) -> AsyncIterator[Any]:
    """A server that answers with recorded files."""
    servers = []

    async def serve(folder: str, data: str = "v1_data.json") -> str:
        def answer(name: str) -> Any:
            async def handle(_: web.Request) -> web.Response:
                return web.json_response(json.loads((FIXTURES / folder / name).read_text()))

            return handle

        app = web.Application()
        app.router.add_get("/api", answer("v1_device.json"))
        app.router.add_get("/api/v1/data", answer(data))
        app.router.add_get("/api/v1/state", answer("v1_state_all.json"))
        app.router.add_put("/api/v1/state", answer("v1_state_power_on.json"))
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return f"127.0.0.1:{server.port}"

    yield serve
    for server in servers:
        await server.close()


async def opened(ports: Ports, host: str, **given: Any) -> Any:
    return await homewizard.KIND.connect(settle(homewizard.KIND.options, {"host": host, **given}), ports)


async def test_a_recorded_p1_meter(recorded: Any, ports: Ports) -> None:
    device = await opened(ports, await recorded("homewizard_p1"))
    assert (device.identity.model, device.identity.roles) == ("HWE-P1", (Role.GRID,))
    assert device.identity.writable == ()
    assert (await device.read()).grid == GridReading(
        power_kw=-0.543,
        import_kwh=13779.338,
        export_kwh=0,
        quarter_demand_kw=0.123,
        month_peak_kw=1.111,
        month_peak_at=datetime(2023, 1, 1, 7, 0, 10, tzinfo=UTC),
        phase_current_a=(-4, 2, 0),
    )


async def test_a_recorded_p1_meter_without_a_total_sums_its_tariffs(recorded: Any, ports: Ports) -> None:
    device = await opened(ports, await recorded("homewizard_p1", "v1_data_single_phase.json"))
    raw = json.loads((FIXTURES / "homewizard_p1/v1_data_single_phase.json").read_text())
    assert "total_power_import_kwh" not in raw
    said = (await device.read()).grid
    assert said.import_kwh == pytest.approx(
        raw["total_power_import_t1_kwh"] + raw["total_power_import_t2_kwh"]
    )
    assert said.month_peak_kw is None


async def test_a_recorded_socket(recorded: Any, ports: Ports) -> None:
    device = await opened(ports, await recorded("homewizard_socket"))
    assert device.identity.unique_id == "homewizard_3c39e7aabbcc"
    assert device.identity.writable == (Role.SWITCH,)
    said = (await device.read()).switch
    assert (said.on, said.power_kw, said.energy_kwh) == (False, 0.123, 10830.511)


async def test_a_recorded_three_phase_meter_behind_panels(recorded: Any, ports: Ports) -> None:
    host = await recorded("homewizard_kwh3")
    raw = json.loads((FIXTURES / "homewizard_kwh3/v1_data.json").read_text())
    grid = (await (await opened(ports, host)).read()).grid
    assert grid.power_kw == pytest.approx(raw["active_power_w"] / 1000)
    assert len(grid.phase_current_a) == 3
    solar = (await (await opened(ports, host, measures="solar")).read()).solar
    assert solar.power_kw == pytest.approx(max(-raw["active_power_w"] / 1000, 0))
    assert solar.energy_kwh == raw["total_power_export_kwh"]


async def test_a_water_meter_is_the_wrong_device(recorded: Any, ports: Ports) -> None:
    with pytest.raises(WrongDevice):
        await opened(ports, await recorded("homewizard_watermeter"))


async def test_a_meter_has_no_switch(recorded: Any, ports: Ports) -> None:
    with pytest.raises(WrongDevice):
        await opened(ports, await recorded("homewizard_p1"), measures="load")


def host_of(home: Home, face: str) -> str:
    return f"127.0.0.1:{home.virtual.ports[face]}"


def order(action: Action) -> Command:
    return Command(role=Role.SWITCH, action=action, expires=NOON + timedelta(minutes=5))


@pytest.fixture
async def socket(home: Home, ports: Ports) -> Any:
    await home.virtual.faces["boiler"].start()
    return await opened(ports, host_of(home, "boiler"))


async def test_the_virtual_meter(home: Home, ports: Ports) -> None:
    await home.virtual.faces["p1"].start()
    device = await opened(ports, host_of(home, "p1"))
    home.wait(120)
    said, truth = (await device.read()).grid, home.truth()
    assert said.power_kw == pytest.approx(truth["grid_w"] / 1000, abs=0.001)
    assert said.month_peak_kw == pytest.approx(truth["month_peak_w"] / 1000, abs=0.001)
    assert said.quarter_demand_kw == pytest.approx(truth["demand_w"] / 1000, abs=0.001)


async def test_switching_and_giving_back(socket: Any, home: Home, store: MemoryStore) -> None:
    before = home.truth()["loads"]["boiler"]["relay"]
    for action, relay in ((Action.ON, True), (Action.OFF, False), (Action.ON, True)):
        await socket.write(order(action))
        assert home.truth()["loads"]["boiler"]["relay"] is relay
        assert (await socket.read()).switch.on is relay
    await socket.write(order(Action.RELEASE))
    assert home.truth()["loads"]["boiler"]["relay"] is before
    assert not any(store.values.values())
    switched = home.truth()["loads"]["boiler"]["switched"]
    await socket.write(order(Action.RELEASE))
    assert home.truth()["loads"]["boiler"]["switched"] == switched


async def test_a_restart_in_the_middle_of_a_lease(socket: Any, home: Home, ports: Ports) -> None:
    before = home.truth()["loads"]["boiler"]["relay"]
    await socket.write(order(Action.OFF if before else Action.ON))
    again = await opened(ports, host_of(home, "boiler"))
    await again.write(order(Action.RELEASE))
    assert home.truth()["loads"]["boiler"]["relay"] is before


async def test_a_command_that_is_over_at_once_leaves_nothing_to_give_back(
    socket: Any, home: Home, store: MemoryStore
) -> None:
    relay = home.truth()["loads"]["boiler"]["relay"]
    action = Action.OFF if relay else Action.ON
    await socket.write(Command(role=Role.SWITCH, action=action, expires=NOON))
    await socket.write(order(Action.RELEASE))
    assert home.truth()["loads"]["boiler"]["relay"] is not relay
    assert not any(store.values.values())


async def test_a_locked_socket_says_so(socket: Any, home: Home) -> None:
    home.virtual.sockets["boiler"].lock(True)
    with pytest.raises(WriteRefused) as raised:
        await socket.write(order(Action.OFF))
    assert raised.value.key == "switch_locked"
    assert home.truth()["loads"]["boiler"]["relay"] is True
    await socket.write(order(Action.ON))


async def test_a_socket_takes_nothing_else(socket: Any) -> None:
    with pytest.raises(WriteRefused):
        await socket.write(Command(role=Role.SWITCH, action=Action.POWER, expires=NOON, power_kw=1))
    with pytest.raises(WriteRefused):
        await socket.write(Command(role=Role.BATTERY, action=Action.ON, expires=NOON))


@pytest.mark.parametrize(
    ("fault", "value", "error"),
    [
        (Fault.CLOSED, 0, CannotConnect),
        (Fault.SILENT, 0, SilentPeer),
        (Fault.HTTP_STATUS, 500, BadData),
        (Fault.HTTP_STATUS, 403, homewizard.ApiDisabled),
        (Fault.HTTP_STATUS, 404, MeritOrderError),
        (Fault.HTML, 0, BadData),
        (Fault.GARBAGE, 0, MeritOrderError),
        (Fault.TRUNCATED, 0, MeritOrderError),
        (Fault.EMPTY, 0, None),
    ],
)
async def test_faults_have_names(
    socket: Any,
    home: Home,
    ports: Ports,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    value: float,
    error: type[MeritOrderError] | None,
) -> None:
    socket._api._request_timeout = 0.1
    monkeypatch.setattr(homewizard, "TIMEOUT_S", 0.1)
    await home.virtual.break_("boiler", fault, value)
    if error is not None:
        with pytest.raises(error):
            await socket.read()
    with pytest.raises(MeritOrderError) as raised:
        await homewizard.KIND.probe({"host": host_of(home, "boiler"), "measures": "auto"}, ports)
    assert raised.value.key in homewizard.KIND.field_of_error
    await home.virtual.mend()
    assert (await socket.read()).switch.on is not None


async def test_missing_and_impossible_numbers_are_none(socket: Any, home: Home) -> None:
    await home.virtual.break_("boiler", Fault.INVALID)
    said = (await socket.read()).switch
    assert (said.power_kw, said.energy_kwh) == (None, None)
    await home.virtual.mend()
    await home.virtual.break_("boiler", Fault.OUT_OF_RANGE)
    readings = await socket.read()
    assert readings.switch.power_kw is None
    assert readings.counters["implausible"] == 1


async def test_an_accepted_write_that_changed_nothing_is_refused(recorded: Any, ports: Ports) -> None:
    device = await opened(ports, await recorded("homewizard_socket"))
    with pytest.raises(WriteRefused, match="did not switch"):
        await device.write(order(Action.ON))
