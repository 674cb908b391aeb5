"""What goes wrong in a month: kinds of trouble, how each is begun and ended, and a seeded calendar of them."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE

from demo.faults import Fault
from demo.physics.charger import Charger
from demo.physics.inverter import Forced
from demo.physics.room import HeatedRoom
from demo.physics.socket import Socket

from .homes import ROOM_C
from .lived import Life

type Step = Callable[[Life, "Trouble"], Awaitable[None]]

LATE_S = 1.3
# Trouble begins and ends at full pace: the traffic is thinned neither shortly before nor after it.
BEFORE, AFTER = timedelta(minutes=2), timedelta(minutes=11)
SHORTEST, LONGEST = timedelta(minutes=2), timedelta(minutes=25)
DAY = timedelta(days=1)
# Another client asks the inverter that often, as the other integrations do.
RIVAL_S = 15.0
UNAVAILABLE_HTTP = 503


@dataclass(slots=True)
class Trouble:
    """One kind of trouble at one face (or at none), from `start` on for `span`. `value` is what its kind needs."""

    kind: str
    face: str
    start: datetime
    span: timedelta
    value: float = 0.0
    running: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + self.span


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of trouble begins and ends; `always` is how long it takes when that is not left to chance."""

    begin: Step
    end: Step
    faces: tuple[str, ...] = ("",)
    always: timedelta | None = None


def _of_face(fault: Fault, value: float = 0.0) -> tuple[Step, Step]:
    async def begin(life: Life, trouble: Trouble) -> None:
        await life.home.break_(trouble.face, fault, value)

    async def end(life: Life, trouble: Trouble) -> None:
        await life.home.mend(trouble.face, fault)

    return begin, end


async def _nothing(life: Life, trouble: Trouble) -> None:
    """It ends by itself."""


async def _reboot(life: Life, trouble: Trouble) -> None:
    await life.home.faces[trouble.face].reboot(trouble.span.total_seconds())


async def _rival(life: Life, trouble: Trouble) -> None:
    """Another client that reads a register now and then, and comes back when it was sent away."""
    port = life.home.huawei.port

    async def ask() -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                with contextlib.closing(writer):
                    while True:
                        writer.write(bytes.fromhex("0001 0000 0006 01 03 9088 0002"))
                        await reader.readexactly(13)
                        await asyncio.sleep(RIVAL_S)
            await asyncio.sleep(RIVAL_S)

    trouble.running = asyncio.create_task(ask(), name="another client")


async def _rival_leaves(life: Life, trouble: Trouble) -> None:
    assert trouble.running is not None
    trouble.running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await trouble.running


async def _clock_wrong(life: Life, trouble: Trouble) -> None:
    life.time.skew_s = trouble.value


async def _clock_right(life: Life, trouble: Trouble) -> None:
    life.time.skew_s = 0.0


async def _killed(life: Life, trouble: Trouble) -> None:
    await life.kill()


async def _started_again(life: Life, trouble: Trouble) -> None:
    await life.boot()


async def _stopped(life: Life, trouble: Trouble) -> None:
    await life.shut()


async def _reloaded(life: Life, trouble: Trouble) -> None:
    assert life.hass is not None
    assert life.entry is not None
    await life.hass.config_entries.async_reload(life.entry.entry_id)
    await life.until_loaded()


async def _disk_full(life: Life, trouble: Trouble) -> None:
    """Every write to `.storage` fails: a file stands where the folder was."""
    store = life.folder / ".storage"
    store.mkdir(exist_ok=True)
    store.rename(life.folder / "storage-away")
    store.write_text("")


async def _disk_freed(life: Life, trouble: Trouble) -> None:
    store = life.folder / ".storage"
    store.unlink()
    (life.folder / "storage-away").rename(store)


async def _recorder_gone(life: Life, trouble: Trouble) -> None:
    assert life.hass is not None
    life.lost_recorder = life.hass.data.pop(DATA_INSTANCE, None)


async def _recorder_back(life: Life, trouble: Trouble) -> None:
    if life.hass is not None and life.lost_recorder is not None:
        life.hass.data[DATA_INSTANCE] = life.lost_recorder
        life.lost_recorder = None


async def _hand(life: Life, trouble: Trouble) -> None:
    """A person switches a thing over, or the heating up, and leaves it so: so it is found from now on."""
    life.home.catch_up()
    load = life.home.loads[LOADS.get(trouble.face, trouble.face)]
    if isinstance(load, Socket):
        load.switch(not load.relay)
    elif isinstance(load, Charger):
        load.enabled = not load.enabled
    elif isinstance(load, HeatedRoom):
        load.target_c = ROOM_C + 0.5
    life.by_hand(trouble.face)


async def _hand_on_inverter(life: Life, trouble: Trouble) -> None:
    """A person ends whatever forced charge or discharge runs, with the maker's app."""
    life.home.catch_up().inverter.command(Forced.STOP, life.now.timestamp())


async def _entity_lost(life: Life, trouble: Trouble) -> None:
    assert life.backend is not None
    life.backend.lost.add(trouble.face)


async def _entity_back(life: Life, trouble: Trouble) -> None:
    assert life.backend is not None
    life.backend.lost.discard(trouble.face)


def _rename(life: Life, old: str, new: str) -> None:
    if life.hass is None:
        return
    registry = er.async_get(life.hass)
    entity_id = next((e for e in registry.entities if e.partition(".")[2] == old), None)
    if entity_id is not None:
        registry.async_update_entity(entity_id, new_entity_id=f"{entity_id.partition('.')[0]}.{new}")


async def _entity_renamed(life: Life, trouble: Trouble) -> None:
    _rename(life, trouble.face, f"{trouble.face}_of_the_house")
    life.renamed.add(trouble.face)


async def _entity_named_back(life: Life, trouble: Trouble) -> None:
    _rename(life, f"{trouble.face}_of_the_house", trouble.face)
    life.renamed.discard(trouble.face)


_FACES = ("huawei", "dsmr", "boiler", "octopus", "open_meteo")

# The home with a Huawei inverter, a meter that talks DSMR and a boiler on a socket.
NATIVE: Mapping[str, Kind] = {
    "port_closed": Kind(*_of_face(Fault.CLOSED), _FACES),
    "silence": Kind(*_of_face(Fault.SILENT), _FACES),
    "latency": Kind(*_of_face(Fault.LATENCY, LATE_S), _FACES),
    "second_client": Kind(_rival, _rival_leaves),
    "transaction_mix_up": Kind(*_of_face(Fault.MIXED_UP), ("huawei",)),
    "wrong_crc": Kind(*_of_face(Fault.WRONG_CRC), ("dsmr",)),
    "garbage": Kind(*_of_face(Fault.GARBAGE), _FACES),
    "nan_registers": Kind(*_of_face(Fault.INVALID), ("huawei", "dsmr")),
    "out_of_range": Kind(*_of_face(Fault.OUT_OF_RANGE), ("huawei",)),
    "reboot": Kind(_reboot, _nothing, ("huawei", "boiler")),
    "clock_jump": Kind(_clock_wrong, _clock_right),
    "price_api_down": Kind(*_of_face(Fault.HTTP_STATUS, UNAVAILABLE_HTTP), ("octopus",), DAY),
    "forecast_zero": Kind(*_of_face(Fault.ZERO), ("open_meteo",), timedelta(hours=3)),
    "sigkill": Kind(_killed, _started_again),
    "restart": Kind(_stopped, _started_again),
    "reload": Kind(_reloaded, _nothing),
    "disk_full": Kind(_disk_full, _disk_freed),
    "recorder_gone": Kind(_recorder_gone, _recorder_back),
    "person_switches": Kind(_hand, _nothing, ("boiler",)),
    "person_stops_battery": Kind(_hand_on_inverter, _nothing),
}
_SERVICES = ("octopus", "open_meteo")


def _bound(entities: tuple[str, ...], hands: tuple[str, ...]) -> Mapping[str, Kind]:
    """What goes wrong in a home of other integrations' entities."""
    shared = ("clock_jump", "price_api_down", "forecast_zero", "sigkill", "restart", "reload", "disk_full")
    return {
        **{name: NATIVE[name] for name in (*shared, "recorder_gone")},
        "port_closed": Kind(*_of_face(Fault.CLOSED), _SERVICES),
        "silence": Kind(*_of_face(Fault.SILENT), _SERVICES),
        "entity_unavailable": Kind(_entity_lost, _entity_back, entities),
        "entity_renamed": Kind(_entity_renamed, _entity_named_back, entities),
        "person_switches": Kind(_hand, _nothing, hands),
    }


_METERS = ("grid_power", "solar_power")
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "native": NATIVE,
    "car": _bound(
        (*_METERS, "battery_mode", "battery_watts", "battery_level", "charger_switch", "charger_current"),
        ("charger",),
    ),
    "heat": _bound((*_METERS, "tank_relay", "tank_temperature", "thermostat"), ("tank", "heating")),
}
# The load behind a part, where they are not called the same.
LOADS = {"tank": "boiler"}
# Two of these at once would be the same trouble twice, or Home Assistant stopped while it is stopped.
LONERS = frozenset({"sigkill", "person_switches", "restart", "reload", "recorder_gone", "disk_full"})
JUMPS_S = (-1200.0, -240.0, 180.0, 900.0)
PAIRED = 0.4


def calendar(
    kinds: Mapping[str, Kind], begin: datetime, days: float, a_day: float, seed: int
) -> list[Trouble]:
    """Troubles between `begin` and `days` later, `a_day` occasions of one or of two at once, by time.

    Every kind comes once before any comes a second time.
    """
    dice = random.Random(seed)
    count = max(round(days * a_day), 1)
    room = timedelta(days=days) / count
    deck: list[str] = []
    found: list[Trouble] = []
    for occasion in range(count):
        earliest = begin + room * occasion + BEFORE
        slack = max(room - BEFORE - LONGEST - AFTER - timedelta(minutes=5), timedelta())
        start = earliest + slack * dice.random()
        first = _draw(deck, kinds, dice)
        found.append(_trouble(first, kinds, start, dice))
        if dice.random() < PAIRED:
            second = _draw(deck, kinds, dice)
            if not _clash(first, second):
                later = start + timedelta(seconds=dice.uniform(0, 120))
                found.append(_trouble(second, kinds, later, dice))
    return sorted(found, key=lambda trouble: trouble.start)


def _draw(deck: list[str], kinds: Mapping[str, Kind], dice: random.Random) -> str:
    if not deck:
        deck += kinds
        dice.shuffle(deck)
    return deck.pop()


def _clash(first: str, second: str) -> bool:
    return first == second or (first in LONERS and second in LONERS)


def _trouble(name: str, kinds: Mapping[str, Kind], start: datetime, dice: random.Random) -> Trouble:
    kind = kinds[name]
    span = kind.always or SHORTEST + (LONGEST - SHORTEST) * dice.random()
    value = dice.choice(JUMPS_S) if name == "clock_jump" else 0.0
    return Trouble(name, dice.choice(kind.faces), start, span, value)


def rough(troubles: Sequence[Trouble], now: datetime) -> bool:
    """Whether the traffic must not be thinned now: around the begin and the end of any trouble."""
    return any(
        trouble.start - BEFORE <= now < min(trouble.end, trouble.start + LONGEST) + AFTER
        or trouble.end - BEFORE <= now < trouble.end + AFTER
        for trouble in troubles
    )
