"""Names that more than one file of the porch needs."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "merit_order"
PLAN_INTERVAL: Final = timedelta(minutes=5)

SUBENTRY_DEVICE: Final = "device"
SUBENTRY_TARIFF: Final = "tariff"
SUBENTRY_FORECAST: Final = "forecast"

MODE_OFF: Final = "off"
MODE_ADVISE: Final = "advise"
MODE_AUTOMATIC: Final = "automatic"
MODES: Final = [MODE_OFF, MODE_ADVISE, MODE_AUTOMATIC]
