"""Needs that the plan cannot meet, in words: what is short by when, what stands in the way, what would help.

In the language of the home, for what is said once and read later: repair issues and attributes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.model.plan import Plan, Remedy, Shortfall
from .engine.steer import Risk

WORDS = f"component.{DOMAIN}.selector"
UNITS = {"percent": "%", "celsius": "°C", "kwh": "kWh", "runs": "×"}
# What is further off may well be met by a later plan: prices, the sun and people change.
AHEAD = timedelta(hours=24)
# A room or tank that is less too cold than this is not worth a word.
FELT_K = 0.5


def missed(plan: Plan | None, now: datetime, asset_id: str | None = None) -> list[Shortfall]:
    """What will be missed within a day by this plan, of one asset or of all; the nearest deadline first."""
    found = plan.shortfalls if plan is not None else ()
    ours = (short for short in found if asset_id in (None, short.asset) and now < short.by <= now + AHEAD)
    felt = [short for short in ours if short.need != "temperature" or short.amount >= FELT_K]
    return sorted(felt, key=lambda short: short.by)


class Wording:
    """Says shortfalls of a plan in the language of the home."""

    def __init__(self, hass: HomeAssistant, plan: Plan) -> None:
        self._language = hass.config.language
        self._texts = async_get_cached_translations(hass, self._language, "selector", DOMAIN)
        self._names = {asset.id: asset.name for asset in plan.assets}

    @callback
    def placeholders(self, short: Shortfall) -> dict[str, str]:
        """What the text of an issue needs: asset, amount, time and why."""
        amount = f"{self._number(short.amount)} {UNITS.get(short.unit.lower(), short.unit)}"
        return {
            "asset": self._names.get(short.asset, short.asset),
            "amount": amount,
            "time": _clock(short.by),
            "why": self.why(short),
        }

    @callback
    def at_risk(self, risk: Risk) -> dict[str, str]:
        """The same for what may come late because it is held back: asset, time and why."""
        return {
            "asset": self._names.get(risk.asset, risk.asset),
            "time": _clock(risk.by),
            "why": self._text("held_back", risk.cause.value),
        }

    @callback
    def why(self, short: Shortfall) -> str:
        """One or two sentences: the limit in the way, and what would do."""
        limit = short.limit if self._key("shortfall_limit", short.limit or "") in self._texts else "unknown"
        sentences = [self._text("shortfall_limit", limit or "unknown")]
        if fixes := list(self._fixes(short)):
            together = fixes[0]
            for other in fixes[1:]:
                together = self._text("shortfall_remedy", "or", one=together, other=other)
            sentences.append(self._text("shortfall_remedy", "all", list=together))
        return " ".join(sentences)

    def _fixes(self, short: Shortfall) -> Iterator[str]:
        for remedy in short.remedies:
            if self._key("shortfall_remedy", remedy.code) in self._texts:
                yield self._text("shortfall_remedy", remedy.code, **self._values(remedy))

    def _values(self, remedy: Remedy) -> dict[str, str]:
        values = remedy.values
        by = dt_util.parse_datetime(str(values.get("by", "")))
        asset = str(values.get("asset", ""))
        return {
            "time": _clock(by) if by is not None else "",
            "power": f"{self._number(values.get('kw'))} kW",
            "ampere": self._number(values.get("ampere"), 0),
            "starts": self._number(values.get("starts"), 0),
            "name": self._names.get(asset, asset),
        }

    def _text(self, group: str, option: str, **values: str) -> str:
        return self._texts.get(self._key(group, option), option).format(**values)

    @staticmethod
    def _key(group: str, option: str) -> str:
        return f"{WORDS}.{group}.options.{option}"

    def _number(self, value: float | str | None, digits: int = 1) -> str:
        text = f"{float(value or 0.0):.{digits}f}".removesuffix(".0")
        return text if self._language.startswith("en") else text.replace(".", ",")


def _clock(at: datetime) -> str:
    """The time of day; with its date where that is not the next one to come."""
    local, now = dt_util.as_local(at), dt_util.now()
    return local.strftime("%H:%M" if abs(local - now) < AHEAD else "%Y-%m-%d %H:%M")
