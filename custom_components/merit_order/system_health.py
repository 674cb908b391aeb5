"""What the system health page says of us."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .runtime import MeritOrderConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register the info callback."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """The plan, the devices and the sources in a line each."""
    entries: list[MeritOrderConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        return {"plan_status": "not_loaded"}
    runtime = entries[0].runtime_data
    devices = runtime.home.devices.values()
    sources = runtime.home.sources.items
    plan = runtime.planner.plan
    return {
        "plan_status": plan.status.value if plan is not None else "none",
        "mode": runtime.planner.mode,
        "solve_ms": round(plan.solve_ms, 1) if plan is not None else None,
        "devices_reached": f"{sum(device.last_update_success for device in devices)}/{len(devices)}",
        "sources_good": f"{sum(source.error is None for source in sources)}/{len(sources)}",
    }
