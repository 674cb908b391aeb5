"""`forecast SERIES.csv`: our forecasts scored on a recorded time, walking forward, beside naive ones; one JSON object.

`load` is forecast at each local midnight for the day ahead. `solar` is the recorded forecast (whose lead is whatever it
was) after our correction, as the plan uses it `SOLAR_LEAD_H` hours ahead; `solar_day_ahead` is the correction made at
midnight. The first `WARM_UP_DAYS` (of a short file the first third) are learned from and not scored. With a column
`temperature` the load is also forecast by it; `temperature_forecast` is what was foreseen, without that column the
temperature counts as foreseen rightly. Shares of the measured mean, not percent.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from ..forecasts import Correction, Record, forecast_load, wall_clock
from ..model.clock_times import instant
from ..model.errors import InputError
from ..model.series import FloatArray
from ..replay.progress import Progress
from ..replay.recording import FORMAT, Recording, read_recording
from ..scores import Score, as_shares, score

DAY_S = 86_400
WARM_UP_DAYS = 28
"""As many as the load forecast learns from."""
SOLAR_LEAD_H = 2.0

type Result = Mapping[str, float | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SERIES and where its days begin."""
    parser.add_argument("series", type=Path, help=f"recorded series (CSV, also .gz): {FORMAT}")
    parser.add_argument("--timezone", help="IANA name; default: the file's `# timezone:`, else UTC")
    parser.add_argument("--warm-up", type=float, help=f"days that are not scored; {WARM_UP_DAYS}, or a third")
    parser.add_argument("--json", action="store_true", help="print the result only")


def run(args: argparse.Namespace) -> int:
    """Score and print."""
    recording = read_recording(args.series, ("load_kw",))
    name = args.timezone or recording.notes.get("timezone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise InputError("--timezone", f"{name!r} is not a time zone") from err
    third = len(recording) * recording.step / DAY_S / 3
    warm_up = min(WARM_UP_DAYS, third) if args.warm_up is None else args.warm_up
    result = evaluate(recording, zone, warm_up, quiet=args.json)
    sys.stdout.write(json.dumps(result, indent=None if args.json else 1) + "\n")
    return 0


def evaluate(recording: Recording, zone: ZoneInfo, warm_up: float, *, quiet: bool) -> dict[str, object]:
    """All scores of a recording."""
    walk = Walk(recording, zone, warm_up)
    if not walk.midnights:
        learned = f"{warm_up:.0f} days" if warm_up >= 2 else f"{warm_up * 24:.0f} hours"
        raise InputError(
            str(recording.path), f"holds no whole day after the first {learned}, which are learned from"
        )
    steps = len(walk.midnights) * (1 + ("pv_kw" in recording.columns))
    with Progress(steps, quiet=quiet) as progress:
        load = walk.load(progress)
        week = [walk.earlier(day, walk.measured) for day in range(1, 8)]
        naive: dict[str, Result] = {
            "load_yesterday": walk.load_shares(week[0]),
            "load_seven_days": walk.load_shares(np.mean(week, axis=0)),
        }
        result: dict[str, object] = {"load": walk.load_shares(load)}
        if "pv_kw" in recording.columns:
            day_ahead, soon = walk.solar(progress)
            result["solar"] = walk.solar_shares(soon)
            result["solar_day_ahead"] = walk.solar_shares(day_ahead)
            naive["solar_yesterday"] = walk.solar_shares(walk.earlier(1, recording.measured_solar()))
            if "pv_forecast_kw" in recording.columns:
                naive["solar_as_given"] = walk.solar_shares(recording.columns["pv_forecast_kw"])
    result["naive"] = naive
    result["days"] = len(walk.midnights)
    return result


class Walk:
    """Goes through the days of a recording; arrays are on its grid, NaN where nothing was forecast."""

    def __init__(self, recording: Recording, zone: ZoneInfo, warm_up: float) -> None:
        self.recording, self.zone = recording, zone
        self.measured = recording.record("load_kw")
        self.day = wall_clock(self.measured.starts, zone) // DAY_S
        self.midnights = self._midnights(warm_up)

    def _midnights(self, warm_up: float) -> list[tuple[int, int]]:
        """(first second, steps) of each local day that is scored."""
        first = datetime.fromtimestamp(self.measured.start + int(warm_up * DAY_S), UTC).astimezone(self.zone)
        date = first.date() + timedelta(days=first.time() > datetime.min.time())
        found: list[tuple[int, int]] = []
        step = self.measured.step
        while True:
            edges = [instant(date + timedelta(days=i), datetime.min.time(), self.zone) for i in (0, 1)]
            start, end = (-(-int(edge.timestamp()) // step) * step for edge in edges)
            if end > self.measured.end:
                return found
            found.append((start, (end - start) // step))
            date += timedelta(days=1)

    def load(self, progress: Progress) -> FloatArray:
        """Our load forecast, made at midnight."""
        said = np.full(len(self.measured.values), np.nan)
        for start, count in self.midnights:
            outdoor = self.recording.outdoor(start)
            self._place(
                said, start, forecast_load(self.measured, start, count, self.zone, outdoor=outdoor).mid
            )
            progress.tick()
        return said

    def solar(self, progress: Progress) -> tuple[FloatArray, FloatArray]:
        """The corrected solar forecast: made at midnight, and made `SOLAR_LEAD_H` before."""
        sun, empty = self.recording.measured_solar(), np.full(len(self.measured.values), np.nan)
        given = self.recording.columns.get("pv_forecast_kw", empty)
        said, ahead, soon = Record(sun.start, sun.step, given), empty.copy(), empty.copy()
        lead = max(round(SOLAR_LEAD_H * 3600 / sun.step), 1)
        for start, count in self.midnights:
            learned = Correction.learn(sun, said, start)
            self._place(ahead, start, learned.apply(said, sun, start, count).mid)
            for i in range(count):
                # The last step of a forecast of so many: it was made `lead` steps before it ended.
                now = start + (i + 1 - lead) * sun.step
                self._place(soon, now + (lead - 1) * sun.step, learned.apply(said, sun, now, lead).mid[-1:])
            progress.tick()
        return ahead, soon

    def earlier(self, days: int, record: Record) -> FloatArray:
        """The same time so many days before, on the scored days."""
        said = np.full(len(self.measured.values), np.nan)
        for start, count in self.midnights:
            self._place(said, start, record.between(start - days * DAY_S, count))
        return said

    def load_shares(self, said: FloatArray) -> Result:
        """Scores of a load forecast."""
        found = score(
            self.measured.values, said, self.day, DAY_S // self.measured.step - 3600 // self.measured.step
        )
        return {"mae_w": round(found.mae * 1000, 1) if found else None, **as_shares(found)}

    def solar_shares(self, said: FloatArray) -> Result:
        """Scores of a solar forecast by day, where there was a forecast to correct (else wherever the sun shone)."""
        real = self.recording.columns["pv_kw"]
        given = self.recording.columns.get("pv_forecast_kw")
        used = (real > 0) if given is None else (real > 0) & np.isfinite(given)
        first = (self.midnights[0][0] - self.measured.start) // self.measured.step
        used[:first] = False
        found: Score | None = score(
            np.where(used, real, np.nan), said, self.day, 4 * 3600 // self.measured.step
        )
        shares = dict(as_shares(found))
        return {"daytime_nmae": shares.pop("nmae"), **shares}

    def _place(self, into: FloatArray, start: int, values: FloatArray) -> None:
        first = (start - self.measured.start) // self.measured.step
        into[first : first + len(values)] = values
