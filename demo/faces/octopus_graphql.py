"""Octopus' GraphQL API, of which an account's charging is told: a token for the key, the devices, planned dispatches.

Here the supplier means to charge the account's one car from 14:00 to 15:10 and from 01:00 to 03:00 UK time, each day.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from demo.faces.octopus_account import ACCOUNT, API_KEY
from demo.prices import UK

TOKEN, CAR = "ey.of.the.virtual.home", "00000000-000a-4000-8020-766972747561"
DISPATCHES = ((time(1), time(3)), (time(14), time(15, 10)))


def answer(body: dict[str, Any], token: str | None, now: datetime) -> dict[str, Any]:
    """Return the answer to one question; refusals come in the body, as GraphQL has it."""
    query, variables = str(body.get("query")), body.get("variables") or {}
    if "obtainKrakenToken" in query:
        if variables.get("key") != API_KEY:
            return _refused("KT-CT-1139", "Authentication failed.")
        return {"data": {"obtainKrakenToken": {"token": TOKEN}}}
    if token != TOKEN:
        return _refused("KT-CT-1112", "'Authorization' header not provided.")
    if "flexPlannedDispatches" in query and variables.get("device") == CAR:
        return {"data": {"flexPlannedDispatches": planned(now)}}
    if "devices" in query and variables.get("account") == ACCOUNT:
        return {"data": {"devices": [{"id": CAR}]}}
    return _refused("KT-CT-1111", "Unauthorized.")


def planned(now: datetime) -> list[dict[str, str]]:
    """Return the dispatches of today and tomorrow that have not begun."""
    today = now.astimezone(UK).date()
    stretches = [
        tuple(datetime.combine(today + timedelta(days=day), at, UK).astimezone(UTC) for at in edges)
        for day in range(2)
        for edges in DISPATCHES
    ]
    return [
        {"start": start.isoformat(), "end": end.isoformat(), "type": "SMART"}
        for start, end in stretches
        if start > now
    ]


def _refused(code: str, why: str) -> dict[str, Any]:
    return {"errors": [{"message": why, "extensions": {"errorCode": code}}], "data": None}
