"""From "Add service" to the first plan in a real Home Assistant and a real browser, as a person walks it."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from demo.ha.seed import Place, write_config
from demo.ha.server import Client, free_port, home_assistant

from .conftest import BATTERY, GRID, SOLAR, STATES

COMPONENT = Path(__file__).parents[3] / "custom_components" / "merit_order"
PAGE = "/config/integrations/integration/merit_order"
MOST_SCREENS = 6
PATIENCE_MS = 30_000
PLAN_WITHIN_S = 30

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def template_sensors() -> list[dict[str, Any]]:
    """The house's sensors, as template entities of Home Assistant's own."""
    sensors = [
        {
            "name": entity_id.removeprefix("sensor."),
            "unique_id": entity_id,
            "state": state,
            "state_class": "total_increasing"
            if attributes["unit_of_measurement"] == "kWh"
            else "measurement",
            **attributes,
        }
        for entity_id, (state, attributes) in STATES.items()
        if entity_id.startswith("sensor.")
    ]
    return [{"sensor": sensors}]


@pytest.fixture
async def running(tmp_path: Path, loopback: None) -> AsyncIterator[tuple[int, Client]]:
    """Home Assistant with an Energy dashboard and without us; its port and a client."""
    port = free_port()
    token = write_config(tmp_path, COMPONENT, port, {}, Place(currency="EUR"))
    storage = tmp_path / ".storage"
    entries = {"version": 1, "minor_version": 5, "key": "core.config_entries", "data": {"entries": []}}
    (storage / "core.config_entries").write_text(json.dumps(entries))
    energy = {"energy_sources": [GRID, SOLAR, BATTERY], "device_consumption": []}
    kept = {"version": 1, "minor_version": 3, "key": "energy", "data": energy}
    (storage / "energy").write_text(json.dumps(kept))
    (tmp_path / "templates.json").write_text(json.dumps(template_sensors()))
    with (tmp_path / "configuration.yaml").open("a") as configuration:
        configuration.write("\ntemplate: !include templates.json\n")
    async with home_assistant(tmp_path, port), Client.connect(port, token) as client:
        await client.until_running()
        yield port, client


async def shoot(page: Page, name: str) -> None:
    """Keep the screen, where the folder FLOW_SHOTS is given."""
    if folder := os.environ.get("FLOW_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_from_add_to_the_first_plan(running: tuple[int, Client], browser: Browser) -> None:
    port, client = running
    page = await browser.new_page(viewport={"width": 1000, "height": 1000}, locale="en-GB")
    await page.goto(f"http://127.0.0.1:{port}{PAGE}")
    await page.get_by_role("button", name="Add service").click(timeout=PATIENCE_MS)

    screens = []
    for title, button in (
        ("Your home", "Next"),
        ("About LUNA", "Next"),
        ("Panels of Roof", "Submit"),
        ("Name and assign", "Skip and finish"),
    ):
        await expect(page.get_by_text(title, exact=True)).to_be_visible(timeout=PATIENCE_MS)
        # What has no words shows as its key.
        assert "_" not in await page.locator("dialog-data-entry-flow").inner_text()
        screens.append(title)
        await shoot(page, f"{len(screens)}_{title.lower().replace(' ', '_')}")
        # Every field is filled in already, or may stay empty: nothing is typed.
        await page.get_by_role("button", name=button).click()
    assert len(screens) <= MOST_SCREENS
    await expect(page.get_by_role("button", name="Add device")).to_be_visible(timeout=PATIENCE_MS)
    await shoot(page, "5_done")

    assert await plan_status(client) in ("optimal", "feasible", "provisional")
    await open_dashboard(page, f"http://127.0.0.1:{port}")
    await shoot(page, "6_dashboard")
    await take_apart(page, client)


async def open_dashboard(page: Page, address: str) -> None:
    """As Home Assistant offers it among the new dashboards; the home is so new that its use is still learned."""
    await page.goto(f"{address}/config/lovelace/dashboards")
    await page.get_by_role("button", name="Add dashboard").click(timeout=PATIENCE_MS)
    await page.locator("dashboard-card", has_text="Merit Order").click(timeout=PATIENCE_MS)
    await page.locator("dialog-lovelace-dashboard-detail input[name=title]").fill("Power")
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.get_by_role("link", name="Power").click(timeout=PATIENCE_MS)
    card = page.locator("merit-order-now")
    await expect(card).to_contain_text("Still learning: use of the home", timeout=PATIENCE_MS)
    await expect(card).to_contain_text("Merit Order only advises")
    await expect(card).to_contain_text(re.compile(r"\d\s*ct/kWh"))


async def take_apart(page: Page, client: Client) -> None:
    """Piece by piece, until nothing is left: each state has its words."""
    now, rows = page.locator("merit-order-now"), page.locator("merit-order-plan-chart text.name")
    await go_without(client, "Roof", "LUNA")
    await page.get_by_role("tab", name="Plan").click()
    stores = rows.filter(has_text=re.compile(r"^\s*(Sun|LUNA|Battery)"))
    await expect(stores).to_have_count(0, timeout=PATIENCE_MS)
    await expect(rows.filter(has_text="Home")).to_be_visible()

    await go_without(client, "device")
    await page.get_by_role("tab", name="Now").click()
    await expect(now).to_contain_text("Nothing to steer yet", timeout=PATIENCE_MS)
    await expect(now).to_contain_text("What flows is not measured")
    await expect(now).to_contain_text(re.compile(r"\d\s*ct/kWh"))

    await go_without(client)
    await expect(now).to_contain_text("There is no price yet", timeout=PATIENCE_MS)

    entry = await only_entry(client)
    await client.call("config_entries/disable", entry_id=entry, disabled_by="user")
    await page.reload()
    await expect(now.locator(".wait")).to_contain_text("Merit Order is not running", timeout=PATIENCE_MS)


async def go_without(client: Client, *those: str) -> None:
    """What a person removes, by title or kind (all, when none is given); the integration is loaded anew just once."""
    entry = await only_entry(client)
    await client.call("config_entries/disable", entry_id=entry, disabled_by="user")
    for subentry in await client.call("config_entries/subentries/list", entry_id=entry):
        if not those or {subentry["title"], subentry["subentry_type"]} & {*those}:
            await client.call(
                "config_entries/subentries/delete", entry_id=entry, subentry_id=subentry["subentry_id"]
            )
    await client.call("config_entries/disable", entry_id=entry, disabled_by=None)


async def only_entry(client: Client) -> str:
    """The id of our config entry."""
    (entry,) = await client.call("config_entries/get", domain="merit_order")
    entry_id: str = entry["entry_id"]
    return entry_id


async def plan_status(client: Client) -> str | None:
    """The state of the plan, once there is one."""
    status = None
    for _ in range(PLAN_WITHIN_S):
        states = {state["entity_id"]: state for state in await client.call("get_states")}
        status = states.get("sensor.demo_home_plan_status", {}).get("state")
        if status not in (None, "unknown", "unavailable", "none"):
            break
        await asyncio.sleep(1)
    return status
