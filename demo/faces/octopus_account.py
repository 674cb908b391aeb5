"""What belongs to an account at Octopus: its meters with their tariffs, and the half-hours they counted.

The half-hours are the recorded home's, without a battery, until last midnight; the newest comes first.
"""

from datetime import UTC, datetime
from typing import Any

from aiohttp import encode_basic_auth, web

from demo import prices
from demo.past import counted_kwh

ACCOUNT, API_KEY = "A-0D1E2F3A", "sk_of_the_virtual_home"
AUTHORIZATION = encode_basic_auth(API_KEY, "")
SERIAL = "24L000001"
REGION = "C"
# Of an independent network, whose number does not tell the region.
MPANS = {"2400000000011": "IMPORT", "2400000000029": "EXPORT"}


def may(request: web.Request) -> bool:
    """Return whether the request carries the account's key."""
    return request.headers.get("Authorization") == AUTHORIZATION


def account(products: dict[str, str], since: str) -> dict[str, Any]:
    """Return the account; `products` is the code of the product of each direction."""
    points = [
        {
            "mpan": mpan,
            "profile_class": 1 if direction == "IMPORT" else 0,
            "is_export": direction == "EXPORT",
            "consumption_standard": 2900,
            "meters": [{"serial_number": SERIAL, "registers": []}],
            "agreements": [
                {
                    "tariff_code": f"E-1R-{products[direction]}-{REGION}",
                    "valid_from": since,
                    "valid_to": None,
                }
            ],
        }
        for mpan, direction in MPANS.items()
    ]
    home = {
        "id": 1,
        "moved_in_at": since,
        "moved_out_at": None,
        "postcode": "SW1A 1AA",
        "electricity_meter_points": points,
        "gas_meter_points": [],
    }
    return {"number": ACCOUNT, "properties": [home]}


def counted_slots(now: datetime, start: datetime, end: datetime, *, oldest_first: bool) -> range:
    """Return the half-hours of [start, end) that are known at `now`."""
    midnight = now.astimezone(prices.UK).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = (int(at.timestamp() // prices.HALF_HOUR_S) for at in (start, min(end, midnight)))
    return range(first, last) if oldest_first else range(last - 1, first - 1, -1)


def counted_row(slot: int, direction: str) -> dict[str, Any]:
    """Return a half-hour's energy in kWh."""
    start, end = (
        datetime.fromtimestamp(at * prices.HALF_HOUR_S, UTC).astimezone(prices.UK) for at in (slot, slot + 1)
    )
    return {
        "consumption": counted_kwh(slot)[direction == "EXPORT"],
        "interval_start": start.isoformat(),
        "interval_end": end.isoformat(),
    }
