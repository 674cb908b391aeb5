"""What the home knows at one instant of a replay: the past, the published prices, and our own forecasts."""

from datetime import UTC, datetime, timedelta

import numpy as np

from ..forecasts import Band, Correction, Record, extend_prices, forecast_load
from ..model.clock_times import instant
from ..model.series import FloatArray, Forecast, Quality, Series, Span
from ..model.snapshot import AssetSpec, CapacityCharge, Snapshot, TariffView
from .home import Home
from .recording import Recording

DAY_S = 86_400


class Knowledge:
    """Answers only from what had happened or was published by the instant asked about."""

    def __init__(self, recording: Recording, home: Home, foreseen: frozenset[str] = frozenset()) -> None:
        """`foreseen` ("load", "solar", "price") are known ahead as they came, to see what a forecast's error costs."""
        self.home = home
        self._all_published = "price" in foreseen
        self._foreseen = {
            name: recording.happened(column)
            for name, column in (("load", "load_kw"), ("solar", "pv_kw"))
            if name in foreseen and column in recording.columns
        }
        self.step = recording.step
        self._buy = recording.held("import_price")
        self._sell = recording.held("export_price")
        self._load = recording.record("load_kw")
        self._outdoor = recording.outdoor
        has_solar = "pv_kw" in recording.columns
        self._solar = recording.measured_solar() if has_solar else None
        self._said = recording.record("pv_forecast_kw") if "pv_forecast_kw" in recording.columns else None
        self._correction: tuple[int, Correction] | None = None

    def published_until(self, now: int) -> int:
        """The end of the published prices: of this local day, or of the next after the hour of publication."""
        if self._all_published:
            return self._buy.end
        at = datetime.fromtimestamp(now, UTC).astimezone(self.home.zone)
        days = 2 if at.time() >= self.home.published else 1
        end = instant(at.date() + timedelta(days=days), datetime.min.time(), self.home.zone)
        return min(int(end.timestamp()), self._buy.end)

    def snapshot(
        self, now: int, assets: tuple[AssetSpec, ...], capacity: CapacityCharge | None = None
    ) -> Snapshot:
        """Everything known at `now`; `assets` carry their measured state."""
        at = datetime.fromtimestamp(now, UTC)
        settings = self.home.settings
        count = int(settings.horizon_hours * 3600) // self.step + settings.slot_minutes * 60 // self.step
        return Snapshot(
            at=at,
            timezone=str(self.home.zone),
            currency=self.home.currency,
            tariff=TariffView(
                import_price=self._prices(self._buy, now, count),
                export_price=self._prices(self._sell, now, count),
                capacity=capacity,
            ),
            load=self._forecast(self.load(now, count), now, "learned_load"),
            assets=tuple(
                self._with_sun(spec, now, count) if spec.kind == "solar" else spec for spec in assets
            ),
            settings=settings,
        )

    def load(self, now: int, count: int) -> Band:
        """The learned load, in kW."""
        if "load" in self._foreseen:
            return _certain(self._foreseen["load"], now, count)
        return forecast_load(self._load, now, count, self.home.zone, outdoor=self._outdoor(now))

    def solar(self, now: int, count: int) -> Band:
        """The corrected solar forecast, in kW. What it learned is renewed once a day, what it carries on each time."""
        if "solar" in self._foreseen:
            return _certain(self._foreseen["solar"], now, count)
        assert self._solar is not None
        said = self._said or Record(self._solar.start, self.step, np.full(len(self._solar.values), np.nan))
        day = now // DAY_S
        if self._correction is None or self._correction[0] != day:
            self._correction = (day, Correction.learn(self._solar, said, now))
        return self._correction[1].apply(said, self._solar, now, count)

    def _with_sun(self, spec: AssetSpec, now: int, count: int) -> AssetSpec:
        forecast = self._forecast(self.solar(now, count), now, "corrected_solar")
        return AssetSpec(
            id=spec.id, kind=spec.kind, name=spec.name, params=spec.params, series={"power": forecast}
        )

    def _prices(self, record: Record, now: int, count: int) -> Series:
        until = self.published_until(now)
        known = record.between(now, max(min((until - now) // self.step, count), 0))
        later = extend_prices(record, until, count - len(known), self.home.zone)
        spans = [*_merged(known, now, self.step, Quality.KNOWN)]
        spans += _merged(later, now + len(known) * self.step, self.step, Quality.FORECAST)
        return Series(tuple(spans), "recording", datetime.fromtimestamp(now, UTC))

    def _forecast(self, band: Band, now: int, origin: str) -> Forecast:
        at = datetime.fromtimestamp(now, UTC)
        low, mid, high = (
            Series.regular(at, self.step / 60, values, Quality.FORECAST, origin, at)
            for values in (band.low, band.mid, band.high)
        )
        return Forecast(mid=mid, low=low, high=high, provisional=band.provisional)


def _certain(record: Record, now: int, count: int) -> Band:
    values = np.nan_to_num(record.between(now, count))
    return Band(values, values, values)


def _merged(values: FloatArray, start: int, step: int, quality: Quality) -> list[Span]:
    """Spans of equal neighbours: hourly prices in a half-hourly recording are one span each."""
    spans: list[Span] = []
    first = 0
    for i in range(1, len(values) + 1):
        if i < len(values) and values[i] == values[first]:
            continue
        if np.isfinite(values[first]):
            begin, end = (datetime.fromtimestamp(start + j * step, UTC) for j in (first, i))
            spans.append(Span(begin, end, float(values[first]), quality))
        first = i
    return spans
