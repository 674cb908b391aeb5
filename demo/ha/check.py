"""Looks at the running demo from outside and says what it found, as one JSON object."""

import asyncio
import time
from datetime import datetime
from typing import Any

from custom_components.merit_order.stored import asset_id
from demo.ha.entry import APPLIANCES, BOILER, INVERTER, METER
from demo.ha.fill import entity_ids
from demo.ha.server import Client, DemoError

FIRST_PLAN_S = 60.0
LEARNED_S = 30.0


async def first_plan(client: Client) -> dict[str, Any]:
    """The first plan there is. Raises DemoError when there is none within a minute."""
    deadline = time.monotonic() + FIRST_PLAN_S
    while (status := await _state(client, "demo_plan_status")) in (None, "unknown", "unavailable", "none"):
        if time.monotonic() > deadline:
            raise DemoError(f"no plan within {FIRST_PLAN_S:.0f} s: its status is {status}")
        await asyncio.sleep(0.5)
    return await _action(client, "get_plan")


async def learned_plan(client: Client) -> dict[str, Any]:
    """The plan made once the home's load is learned from its history, which the recorder takes some time to write.

    Raises DemoError when the load is still a default after half a minute.
    """
    deadline = time.monotonic() + LEARNED_S
    while True:
        await _action(client, "replan", fetch=True)
        plan = await _action(client, "get_plan")
        if (health := _load_health(plan)) == "fresh":
            return plan
        if time.monotonic() > deadline:
            raise DemoError(f"the load was not learned within {LEARNED_S:.0f} s: it is {health}")
        await asyncio.sleep(0.5)


def _load_health(plan: dict[str, Any]) -> str | None:
    return next((entry["health"] for entry in plan["inputs"] if entry["key"] == "load"), None)


async def _action(client: Client, name: str, **data: Any) -> dict[str, Any]:
    answer = await client.call(
        "call_service", domain="merit_order", service=name, service_data=data, return_response=True
    )
    response: dict[str, Any] = answer["response"]
    return response


async def _state(client: Client, unique_id: str) -> str | None:
    wanted = (await entity_ids(client)).get(unique_id)
    states = await client.call("get_states")
    return next((state["state"] for state in states if state["entity_id"] == wanted), None)


async def report(client: Client) -> tuple[dict[str, Any], list[str]]:
    """What the demo's check prints, and what is wrong with it (empty when nothing is)."""
    plan = await first_plan(client)
    ids = await entity_ids(client)
    states = {state["entity_id"]: state for state in await client.call("get_states")}
    log = await client.call("system_log/list")
    boiler = asset_id(BOILER, "load")

    def state(unique_id: str) -> str | None:
        found = states.get(ids.get(unique_id, ""))
        return found["state"] if found is not None else None

    def number(unique_id: str) -> float | None:
        try:
            return float(state(unique_id) or "")
        except ValueError:
            return None

    result = {
        "homeassistant": (await client.call("get_config"))["version"],
        "entities": len(ids),
        "plan": {
            "status": plan["status"],
            "slots": len(plan["edges"]) - 1,
            "solve_ms": plan["solve_ms"],
            "horizon_h": _hours(plan),
            "cost": plan["cost"],
            "baseline_cost": plan["baseline_cost"],
        },
        "grid_w": number(f"{METER}_grid_power"),
        "solar_w": number(f"{INVERTER}_solar_power"),
        "battery_soc": number(f"{INVERTER}_battery_soc"),
        "price_now": number("demo_price_now"),
        "boiler": {
            "planned_now": state(f"{boiler}_planned") == "on",
            "next_start": state(f"{boiler}_next_start"),
        },
        "devices": [await _device(client, key) for key in (INVERTER, METER, *APPLIANCES)],
        "errors": [_line(entry) for entry in log if entry["level"] in ("ERROR", "CRITICAL")],
    }
    return result, _faults(result)


def _hours(plan: dict[str, Any]) -> float:
    first, last = (datetime.fromisoformat(plan["edges"][i]) for i in (0, -1))
    return (last - first).total_seconds() / 3600


def _line(entry: dict[str, Any]) -> str:
    return f"{entry['name']}: {' | '.join(entry['message'])}"


async def _device(client: Client, key: str) -> str | None:
    for device in await client.call("config/device_registry/list"):
        if ["merit_order", key] in device["identifiers"]:
            name: str = device["name"]
            return name
    return None


def _faults(result: dict[str, Any]) -> list[str]:
    wrong = [
        f"{key} has no value"
        for key in ("grid_w", "solar_w", "battery_soc", "price_now")
        if result[key] is None
    ]
    if None in result["devices"]:
        wrong.append("a device is missing")
    if result["plan"]["slots"] < 4:
        wrong.append("the plan has hardly any slots")
    return [*wrong, *result["errors"]]
