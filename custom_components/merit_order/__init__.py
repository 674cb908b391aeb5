"""Merit Order: plans and drives a home's energy, cheapest source first."""

import asyncio
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from .audit import Trail, remove_audit
from .clock_watch import ClockWatch
from .const import DOMAIN
from .controls import Controls
from .coordinator import PlanCoordinator
from .demand_holidays import demand_holidays
from .demand_meter import DemandCoordinator
from .devices_hub import DeviceCoordinator
from .driver import Driver
from .engine.model.errors import InputError
from .engine.model.ports import Ports
from .engine.tariffs import tariff_kind
from .entity import is_its_device
from .frontend import async_setup_frontend
from .gather import Home, demand_book
from .history import HistoryBook
from .learned import Learned
from .leases import Leases, remove_leases
from .live import LiveCoordinator
from .loads import LoadBook
from .material import changed_materially
from .planned import planned_assets
from .ports import Shelf, build_ports
from .repairs import Repairs
from .runtime import MeritOrderConfigEntry, Runtime
from .savings import SavingsCoordinator
from .schedules import async_forget_schedules, async_setup_schedules
from .scorecard import ScorecardCoordinator
from .services import async_setup_services
from .services_assets import async_setup_asset_services
from .sources import Sources
from .steering import Steering
from .stored import TariffConfig, devices, tariffs
from .supplier_history import SupplierHistory
from .websocket_api import SIGNAL_LOADED, async_setup_websocket
from .writes import Writes, remove_writes

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
]
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

# How long set-up waits for devices before it goes on without the slow ones: a silent inverter takes its full timeout.
FIRST_READ_S = 8.0


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what does not depend on a home: actions, the websocket commands, the cards."""
    async_setup_services(hass)
    async_setup_asset_services(hass)
    async_setup_websocket(hass)
    await async_setup_frontend(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> bool:
    """Set up a home."""
    shelf = await Shelf.open(hass, entry.entry_id)
    ports = build_ports(hass, shelf)
    writes = Writes(hass, entry.entry_id, ports.clock, ports.timezone)
    await writes.load()
    trail = Trail(hass, entry)
    await trail.load()
    try:
        runtime = _build(hass, entry, ports, shelf, writes, trail)
    except InputError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="invalid_configuration",
            translation_placeholders=err.placeholders,
        ) from err
    entry.runtime_data = runtime
    await runtime.savings.load()
    await _first_read(hass, entry, runtime)
    await runtime.home.sources.start()
    runtime.live.start()
    runtime.savings.start()
    runtime.demand.start()
    runtime.history.start()
    runtime.scorecard.start()
    runtime.supplier_history.start()
    runtime.home.learned.start()
    runtime.planner.start()
    ClockWatch(hass, entry, runtime.home.ports.clock, runtime.planner.begin_again).start()
    await runtime.leases.load()
    await runtime.trail.begin(runtime.planner.now)
    _watch(entry, runtime)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await async_setup_schedules(hass, entry)
    _forget_removed(hass, entry, runtime)
    runtime.driver.start()
    runtime.steering.start()

    @callback
    def keep(_: Event) -> None:
        runtime.loads.keep()
        runtime.savings.keep()
        runtime.demand.keep()
        runtime.history.keep()

    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, keep))
    entry.async_on_unload(entry.add_update_listener(_updated))
    runtime.planner.request()
    # Still "setting up" within this function: who waits for the home is told as soon as it is loaded.
    entry.async_on_unload(entry.async_on_state_change(partial(_tell_loaded, hass, entry)))
    return True


@callback
def _tell_loaded(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> None:
    if entry.state is ConfigEntryState.LOADED:
        async_dispatcher_send(hass, SIGNAL_LOADED)


async def async_unload_entry(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> bool:
    """Stop everything that runs for a home and write down what must be kept."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        runtime = entry.runtime_data
        await runtime.driver.stop()
        runtime.home.sources.stop()
        runtime.repairs.clear()
        runtime.loads.keep()
        runtime.savings.keep()
        runtime.demand.keep()
        runtime.history.keep()
        await runtime.shelf.flush()
        await runtime.writes.flush()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> None:
    """Forget a home."""
    async_forget_schedules(hass, set())
    await (await Shelf.open(hass, entry.entry_id)).remove()
    await remove_leases(hass, entry.entry_id)
    await remove_writes(hass, entry.entry_id)
    await remove_audit(hass, entry.entry_id)


def _build(
    hass: HomeAssistant,
    entry: MeritOrderConfigEntry,
    ports: Ports,
    shelf: Shelf,
    writes: Writes,
    trail: Trail,
) -> Runtime:
    assets = planned_assets(entry)
    contracts = tariffs(entry)
    hub = {
        sub.subentry_id: DeviceCoordinator(hass, entry, sub, config, ports, writes)
        for sub, config in devices(entry)
    }
    sources = Sources(hass, entry, ports)
    controls = Controls(shelf)
    controls.keep_only({asset.id for asset in assets})
    contract = contracts[0][1] if contracts else None
    book = demand_book(ports, contract)
    home = Home(
        ports=ports,
        currency=_currency(hass, contract),
        tariff=contract,
        assets=assets,
        devices=hub,
        sources=sources,
        controls=controls,
        demand=book,
        holidays=demand_holidays(ports, contract.capacity if contract is not None else None, book),
        learned=Learned(hass, entry, ports, assets, sources, controls),
    )
    loads = LoadBook(home)
    planner = PlanCoordinator(hass, entry, home, loads.states)
    live = LiveCoordinator(hass, entry, home)
    leases = Leases(hass, home, entry.entry_id)
    driver = Driver(hass, entry, planner, leases, trail)
    steering = Steering(hass, entry, planner, live, driver, writes)
    supplier_history = SupplierHistory(hass, entry, home)
    return Runtime(
        home=home,
        shelf=shelf,
        planner=planner,
        loads=loads,
        leases=leases,
        writes=writes,
        trail=trail,
        driver=driver,
        steering=steering,
        repairs=Repairs(hass, planner, driver, steering, supplier_history),
        live=live,
        savings=SavingsCoordinator(hass, entry, home, planner, driver, loads),
        history=HistoryBook(hass, entry, home, planner, live),
        scorecard=ScorecardCoordinator(hass, entry, home),
        supplier_history=supplier_history,
        demand=DemandCoordinator(hass, entry, home),
        loaded_with=_fingerprint(entry),
    )


def _currency(hass: HomeAssistant, contract: TariffConfig | None) -> str:
    """The currency of the contract where its kind has one (a British price is in pounds), else the home's."""
    own = tariff_kind(contract.supply.kind).currency if contract is not None else None
    return own or hass.config.currency


@callback
def _forget_removed(hass: HomeAssistant, entry: MeritOrderConfigEntry, runtime: Runtime) -> None:
    """Remove the devices of assets that a reconfigured device no longer brings, or that became one with it."""
    apart = {
        asset.id
        for asset in runtime.home.assets
        if not is_its_device(asset, entry.subentries[asset.subentry_id])
    }
    known = {entry.entry_id, *entry.subentries, *apart}
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if not any(domain == DOMAIN and key in known for domain, key in device.identifiers):
            registry.async_remove_device(device.id)


async def _first_read(hass: HomeAssistant, entry: MeritOrderConfigEntry, runtime: Runtime) -> None:
    """Read every device once, so that its entities are there at once; the slow ones come when they come."""
    reads = [
        entry.async_create_background_task(
            hass, device.async_refresh(), f"merit_order first read of {device.name}"
        )
        for device in runtime.home.devices.values()
    ]
    if reads:
        await asyncio.wait(reads, timeout=FIRST_READ_S)


@callback
def _watch(entry: MeritOrderConfigEntry, runtime: Runtime) -> None:
    """Think again when an input changed materially since the last thought."""
    seen = {key: device.readings for key, device in runtime.home.devices.items()}

    @callback
    def look() -> None:
        runtime.loads.look()
        for key, device in runtime.home.devices.items():
            if changed_materially(seen[key], device.readings):
                seen[key] = device.readings
                runtime.planner.request()

    for device in runtime.home.devices.values():
        entry.async_on_unload(device.async_add_listener(look))
    entry.async_on_unload(runtime.planner.async_add_listener(runtime.repairs.look))
    entry.async_on_unload(runtime.steering.async_add_listener(runtime.repairs.look))
    entry.async_on_unload(runtime.home.sources.listen(runtime.planner.request))
    entry.async_on_unload(runtime.home.learned.listen(runtime.planner.request))
    entry.async_on_unload(runtime.home.controls.listen(runtime.planner.request))


async def _updated(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> None:
    """The configuration changed: a new mode only needs another thought, anything else a reload."""
    runtime = entry.runtime_data
    if _fingerprint(entry) != runtime.loaded_with:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    # A person who says hands off does not wait for a plan.
    runtime.driver.act()
    runtime.live.look()
    await runtime.planner.async_refresh()


def _fingerprint(entry: MeritOrderConfigEntry) -> dict[str, Any]:
    """All that set-up was done with; the settings of the home are read anew each time."""
    return {
        "title": entry.title,
        "data": dict(entry.data),
        **{sub.subentry_id: (sub.title, dict(sub.data)) for sub in entry.subentries.values()},
    }
