"""HomeWizard batteries by API v2, over TLS, with recorded answers made to obey."""

import ipaddress
import json
import random
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homewizard_energy import HomeWizardEnergyV2

from custom_components.merit_order.engine.devices import homewizard_battery as driver
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    InvalidAuth,
    MeritOrderError,
    WriteRefused,
    WrongDevice,
)
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role

from .conftest import FIXTURES, NOON, MemoryStore, TestClock

TOKEN = "0123456789ABCDEF"


def recorded(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((FIXTURES / name).read_text())
    return answer


class Product:
    """One device with API v2: the recorded answers, a button, and modes that can be chosen."""

    def __init__(self, device: str, measurement: str, batteries: str | None) -> None:
        self.device, self.measurement = recorded(device), recorded(measurement)
        self.batteries = recorded(batteries) if batteries else None
        self.pressed = False
        self.deaf = False
        self.status: int | None = None
        self.host = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/user", self._user)
        app.router.add_get("/api", self._guarded(lambda: self.device))
        app.router.add_get("/api/measurement", self._guarded(lambda: self.measurement))
        app.router.add_get("/api/batteries", self._guarded(lambda: self.batteries))
        app.router.add_put("/api/batteries", self._put)
        return app

    async def _user(self, request: web.Request) -> web.Response:
        if not self.pressed:
            return web.json_response({"error": "user:creation-not-enabled"}, status=403)
        assert (await request.json())["name"] == "local/merit_order"
        return web.json_response({"token": TOKEN, "name": "local/merit_order"})

    def _guarded(self, answer: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            if self.status is not None:
                return web.json_response({"error": "?"}, status=self.status)
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.json_response({"error": "user:unauthorized"}, status=401)
            body = answer()
            return web.json_response(body) if body is not None else web.Response(status=404)

        return handle

    async def _put(self, request: web.Request) -> web.Response:
        assert self.batteries is not None
        if not self.deaf:
            self.batteries.update(await request.json())
        return web.json_response(self.batteries)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, in place of HomeWizard's own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "appliance/test/1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
async def home(
    loopback: None, certificate: Path, monkeypatch: pytest.MonkeyPatch, clock: TestClock
) -> AsyncIterator[dict[str, Product]]:
    clock.fixed = NOON
    monkeypatch.setattr(random, "uniform", lambda low, high: low)
    trusting = ssl.create_default_context(cafile=str(certificate))

    async def context(self: HomeWizardEnergyV2) -> ssl.SSLContext:
        return trusting

    monkeypatch.setattr(HomeWizardEnergyV2, "_get_ssl_context", context)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    products = {
        "meter": Product(
            "homewizard_p1/v2_device.json",
            "homewizard_p1/v2_measurement_3_phase_with_gas_with_watermeter.json",
            "homewizard_p1/v2_batteries_2_2_0.json",
        ),
        "battery": Product(
            "homewizard_battery/v2_device.json", "homewizard_battery/v2_measurement.json", None
        ),
    }
    servers = []
    for product in products.values():
        server = TestServer(product.app(), scheme="https")
        await server.start_server(ssl=serving)
        product.host = f"127.0.0.1:{server.port}"
        servers.append(server)
    yield products
    for server in servers:
        await server.close()


def options(home: dict[str, Product], **changed: Any) -> dict[str, Any]:
    given = {
        "host": home["meter"].host,
        "battery_host": home["battery"].host,
        "token": TOKEN,
        "battery_token": TOKEN,
    }
    return {**given, **changed}


async def opened(home: dict[str, Product], ports: Ports) -> Any:
    return await driver.KIND.connect(options(home), ports)


def order(power_kw: float | None, action: Action = Action.POWER) -> Command:
    return Command(role=Role.BATTERY, action=action, expires=NOON + timedelta(minutes=5), power_kw=power_kw)


async def test_pairing_waits_for_the_buttons(home: dict[str, Product], ports: Ports) -> None:
    assert driver.KIND.pair is not None
    bare = options(home, token="", battery_token="")
    with pytest.raises(driver.ButtonNotPressed) as raised:
        await driver.KIND.pair(bare, ports)
    assert raised.value.placeholders["field"] == "host"
    home["meter"].pressed = True
    with pytest.raises(driver.ButtonNotPressed) as raised:
        await driver.KIND.pair(bare, ports)
    assert raised.value.placeholders["field"] == "battery_host"
    home["battery"].pressed = True
    got = await driver.KIND.pair(bare, ports)
    assert got == {"token": TOKEN, "battery_token": TOKEN}
    assert (await driver.KIND.probe({**bare, **got}, ports)).unique_id == "homewizard_battery_" + home[
        "meter"
    ].device["serial"]
    assert await driver.KIND.pair(options(home), ports) == {}, "what is there already is not asked for again"


async def test_what_they_say(home: dict[str, Product], ports: Ports) -> None:
    device = await opened(home, ports)
    said = (await device.read()).battery
    assert (said.power_kw, said.soc_percent) == (-0.404, 50.123)
    assert (said.charge_kwh, said.discharge_kwh) == pytest.approx((2 * 123.456, 2 * 321.654))
    assert (said.capacity_kwh, said.max_charge_kw, said.max_discharge_kw) == (5.4, 1.6, 0.8)
    assert said.mode == "zero"


@pytest.mark.parametrize(
    ("power", "mode", "permissions"),
    [
        (1.5, "to_full", None),
        (0.4, "zero", ["charge_allowed"]),
        (0.0, "standby", []),
        (-0.5, "zero", ["discharge_allowed"]),
    ],
)
async def test_a_power_becomes_the_nearest_mode(
    home: dict[str, Product], ports: Ports, power: float, mode: str, permissions: list[str] | None
) -> None:
    device = await opened(home, ports)
    await device.write(order(power))
    group = home["meter"].batteries
    assert group is not None
    assert group["mode"] == mode
    if permissions is not None:
        assert group["permissions"] == permissions


async def test_the_mode_that_was_there_comes_back(
    home: dict[str, Product], ports: Ports, store: MemoryStore
) -> None:
    group = home["meter"].batteries
    assert group is not None
    group["permissions"] = ["charge_allowed"]
    device = await opened(home, ports)
    for power in (1.5, 0.0, -0.5):
        await device.write(order(power))
    again = await opened(home, ports)
    await again.write(order(None, Action.RELEASE))
    assert (group["mode"], group["permissions"]) == ("zero", ["charge_allowed"])
    assert not any(store.values.values())
    group["mode"] = "standby"
    await again.write(order(None, Action.RELEASE))
    assert group["mode"] == "standby", "nothing is held, nothing is touched"


async def test_batteries_that_ignore_it(home: dict[str, Product], ports: Ports) -> None:
    home["meter"].deaf = True
    with pytest.raises(WriteRefused, match="in mode"):
        await (await opened(home, ports)).write(order(0.0))


async def test_what_they_cannot_do(home: dict[str, Product], ports: Ports) -> None:
    device = await opened(home, ports)
    for command in (
        order(None),
        order(None, Action.ON),
        Command(role=Role.GRID, action=Action.ON, expires=NOON),
    ):
        with pytest.raises(WriteRefused):
            await device.write(command)


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"token": "wrong"}, InvalidAuth, "token"),
        ({"battery_token": "wrong"}, InvalidAuth, "battery_token"),
        ({"host": "127.0.0.1:1"}, CannotConnect, "host"),
        ({"battery_host": "127.0.0.1:1"}, CannotConnect, "battery_host"),
    ],
)
async def test_errors_name_the_field(
    home: dict[str, Product], ports: Ports, changed: dict[str, Any], error: type[MeritOrderError], field: str
) -> None:
    with pytest.raises(error) as raised:
        await driver.KIND.probe(options(home, **changed), ports)
    assert raised.value.placeholders["field"] == field


async def test_hosts_mixed_up(home: dict[str, Product], ports: Ports) -> None:
    mixed = options(home, host=home["battery"].host, battery_host=home["meter"].host)
    with pytest.raises(WrongDevice):
        await driver.KIND.probe(mixed, ports)


async def test_a_meter_without_batteries(home: dict[str, Product], ports: Ports) -> None:
    home["meter"].batteries = None
    with pytest.raises(WrongDevice):
        await driver.KIND.probe(options(home), ports)


async def test_nonsense_is_named(home: dict[str, Product], ports: Ports) -> None:
    device = await opened(home, ports)
    home["battery"].measurement = {"state_of_charge_pct": "full"}
    with pytest.raises(BadData):
        await device.read()
    home["battery"].status = 500
    with pytest.raises(BadData):
        await device.read()
    home["meter"].status = 500
    with pytest.raises(BadData):
        await device.read()


async def test_a_plan_of_their_own_is_told_also_while_they_do_ours(
    home: dict[str, Product], ports: Ports
) -> None:
    group = home["meter"].batteries
    assert group is not None
    device = await opened(home, ports)
    assert (await device.read()).battery.own_schedule is False
    group["mode"] = "predictive"
    assert (await device.read()).battery.own_schedule is True
    await device.write(order(1.5))
    said = await device.read()
    assert (said.battery.mode, said.battery.own_schedule) == ("to_full", True)
    assert said.stands == {Role.BATTERY: True}
    group["mode"] = "standby"
    assert (await device.read()).stands == {Role.BATTERY: False}
