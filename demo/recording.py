"""The recorded home and the recorded prices as one CSV file for `script/engine replay` and `script/engine forecast`.

Prices as a person would pay them: buy = market × 1.21 + 0.13, sell = market − 0.01, in EUR/kWh. Power in kW. What
was not recorded stays empty; before and after the prices' year the price columns are empty.
"""

import argparse
import csv
import sys
from datetime import datetime
from pathlib import Path

from .series import read_csv

COLUMNS = ("time", "import_price", "export_price", "load_kw", "pv_kw", "pv_forecast_kw")


def write(path: Path, factor: float = 1.21, levies: float = 0.13, fee: float = 0.01) -> int:
    """Write the file; returns the number of rows. Energy market prices are hourly, the home's rows half-hourly."""
    market = {
        datetime.fromisoformat(row["time_utc"]): float(row["eur_per_mwh"]) / 1000
        for row in read_csv("day_ahead_de_2024.csv.gz")
    }
    rows = read_csv("home_fr_2024.csv.gz")
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write("# timezone: Europe/Paris\n# published: 13:00\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            at = datetime.fromisoformat(row["time_utc"])
            price = market.get(at.replace(minute=0))
            prices = ("", "") if price is None else (f"{price * factor + levies:.6f}", f"{price - fee:.6f}")
            power = [
                f"{float(row[name]) / 1000:.4f}" if row[name] else ""
                for name in ("load_w", "pv_w", "pv_forecast_w")
            ]
            writer.writerow((row["time_utc"], *prices, *power))
    return len(rows)


def main() -> int:
    """Write the file that was asked for."""
    parser = argparse.ArgumentParser(prog="recording", description=__doc__)
    parser.add_argument("file", type=Path)
    args = parser.parse_args()
    sys.stdout.write(f"{write(args.file)} rows in {args.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
