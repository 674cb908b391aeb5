"""The HomeWizard faces through python-homewizard-energy."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from dsmr_parser import telegram_specifications
from dsmr_parser.parsers import TelegramParser
from homewizard_energy import HomeWizardEnergyV1
from homewizard_energy.errors import NotFoundError, UnsupportedError

from demo.clock import ManualClock
from demo.faces.homewizard import SocketFace
from demo.faults import Fault
from demo.home import VirtualHome


class Devices:
    """Clients of the home's HomeWizard devices, over one session."""

    def __init__(self, home: VirtualHome, session: aiohttp.ClientSession) -> None:
        self.session = session
        addresses = home.addresses()
        self.p1, self.boiler, self.pump = (
            HomeWizardEnergyV1(addresses[key]["host"], clientsession=session, timeout=1)
            for key in ("p1", "boiler", "pump")
        )


@pytest.fixture
async def devices(home: VirtualHome) -> AsyncIterator[Devices]:
    async with aiohttp.ClientSession() as session:
        yield Devices(home, session)


async def test_the_library_knows_the_devices(devices: Devices) -> None:
    p1, socket = await devices.p1.device(), await devices.boiler.device()
    assert (p1.product_type, socket.product_type) == ("HWE-P1", "HWE-SKT")
    assert socket.serial != p1.serial
    assert socket.supports_state()


async def test_the_p1_meter_says_what_is_true(home: VirtualHome, devices: Devices) -> None:
    home.house.inverter.settings.max_charge_w = 0
    home.advance(60)
    data, truth = await devices.p1.measurement(), home.truth()
    assert truth["grid_w"] < -500
    assert data.power_w == round(truth["grid_w"])
    assert data.energy_export_kwh == pytest.approx(truth["export_kwh"], abs=0.001)
    assert data.average_power_15m_w == round(truth["demand_w"])
    assert data.monthly_power_peak_w == round(truth["month_peak_w"])
    assert data.tariff in (1, 2)
    assert data.power_l1_w is not None


async def test_the_p1_meter_passes_the_telegram_on(devices: Devices) -> None:
    text = await devices.p1.telegram()
    assert TelegramParser(telegram_specifications.BELGIUM_FLUVIUS).parse(text).P1_MESSAGE_TIMESTAMP.value


async def test_the_relay_switches_the_pump(home: VirtualHome, devices: Devices, clock: ManualClock) -> None:
    assert (await devices.pump.state()).power_on is False
    assert (await devices.pump.state(power_on=True)).power_on is True
    clock.advance(3_600)
    data = await devices.pump.measurement()
    assert data.power_w == 800
    assert data.energy_import_kwh == pytest.approx(0.8, abs=0.001)
    assert home.truth()["loads"]["pump"]["relay"] is True


async def test_switching_off_the_boiler_lets_it_cool(
    home: VirtualHome, devices: Devices, clock: ManualClock
) -> None:
    await devices.boiler.state(power_on=False)
    clock.advance(36 * 3_600)
    assert (await devices.boiler.measurement()).power_w == 0
    assert home.truth()["loads"]["boiler"]["temperature_c"] < 45


async def test_the_switch_lock_holds_the_relay(home: VirtualHome, devices: Devices) -> None:
    state = await devices.pump.state(switch_lock=True)
    assert state.switch_lock is True
    assert home.sockets["pump"].relay is True
    url = f"http://{devices.pump.host}/api/v1/state"
    async with devices.session.put(url, json={"power_on": False}) as answer:
        assert answer.status == 400
    assert home.sockets["pump"].relay is True
    await devices.pump.state(switch_lock=False)
    await devices.pump.state(power_on=False)
    assert home.sockets["pump"].relay is False


async def test_brightness_identify_and_system(home: VirtualHome, devices: Devices) -> None:
    assert (await devices.pump.state(brightness=100)).brightness == 100
    assert (await devices.pump.state()).brightness == 100
    assert await devices.pump.identify()
    face = home.faces["pump"]
    assert isinstance(face, SocketFace)
    assert face.identified == 1
    assert (await devices.p1.system(cloud_enabled=False)).cloud_enabled is False
    assert (await devices.p1.system()).cloud_enabled is False


async def test_a_p1_meter_has_no_relay(devices: Devices) -> None:
    with pytest.raises((UnsupportedError, NotFoundError)):
        await devices.p1.state()
    async with devices.session.get(f"http://{devices.p1.host}/api/v1/state") as answer:
        assert answer.status == 404


async def test_a_body_that_says_nothing_is_refused(home: VirtualHome, devices: Devices) -> None:
    for body in ("", "{", "[]", '{"power": true}'):
        async with devices.session.put(f"http://{devices.pump.host}/api/v1/state", data=body) as answer:
            assert answer.status == 400
    assert home.sockets["pump"].switched == 0


async def read(devices: Devices) -> str:
    """One plain request, without the library's retries."""
    url = f"http://{devices.pump.host}/api/v1/data"
    async with devices.session.get(url, timeout=aiohttp.ClientTimeout(total=0.2)) as answer:
        answer.raise_for_status()
        return str(await answer.json())


@pytest.mark.parametrize(
    ("fault", "value", "error"),
    [
        (Fault.CLOSED, 0, aiohttp.ClientConnectionError),
        (Fault.SILENT, 0, TimeoutError),
        (Fault.LATENCY, 0.5, TimeoutError),
        (Fault.GARBAGE, 0, aiohttp.ClientError),
        (Fault.HTTP_STATUS, 503, aiohttp.ClientResponseError),
        (Fault.HTML, 0, aiohttp.ContentTypeError),
        (Fault.TRUNCATED, 0, ValueError),
    ],
)
async def test_a_fault_breaks_one_device_and_is_mended(
    home: VirtualHome, devices: Devices, fault: Fault, value: float, error: type[Exception]
) -> None:
    await home.break_("pump", fault, value)
    with pytest.raises(error):
        await read(devices)
    assert (await devices.boiler.measurement()).power_w is not None
    await home.mend("pump")
    assert "active_power_w" in await read(devices)


async def test_spoilt_measurements(home: VirtualHome, devices: Devices) -> None:
    await home.break_("p1", Fault.INVALID)
    assert (await devices.p1.measurement()).power_w is None
    await home.mend("p1")
    await home.break_("p1", Fault.OUT_OF_RANGE)
    assert (await devices.p1.measurement()).power_w == 9_999_999
    await home.mend("p1")
    await home.break_("p1", Fault.EMPTY)
    assert (await devices.p1.measurement()).power_w is None
