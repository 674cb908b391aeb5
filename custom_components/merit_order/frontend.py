"""The cards: served by Home Assistant itself, loaded on every page."""

from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .const import DOMAIN

URL = f"/{DOMAIN}"
FOLDER = Path(__file__).parent / "www"
MODULE = "merit-order.js"


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the built cards and have the frontend load them; a checkout that was never built has none."""
    module = FOLDER / MODULE
    if not await hass.async_add_executor_job(module.is_file):
        return
    await hass.http.async_register_static_paths([StaticPathConfig(URL, str(FOLDER), cache_headers=False)])
    version = (await async_get_integration(hass, DOMAIN)).version
    # A changed build of the same version must not be taken from a browser's cache.
    stamp = int((await hass.async_add_executor_job(module.stat)).st_mtime)
    add_extra_js_url(hass, f"{URL}/{MODULE}?v={version}-{stamp}")
