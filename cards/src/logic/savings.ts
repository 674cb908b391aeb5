/** What was saved, as figures and bars. */

import type { Change } from "../data/statistics";
import type { Plan, Savings, SavingsPeriod } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";

const SMALL = 0.005;
const DAY = 86_400_000;
const LEAST_BARS = 7;
export const DAYS = 30;
export const MONTHS = 12;

export const PERIODS: readonly SavingsPeriod[] = ["today", "month", "year", "total"];

export interface Bar {
  readonly start: number;
  readonly value: number;
  readonly label: string;
  /** The day or month in words. */
  readonly name: string;
}

export interface ShareRow {
  readonly name: string;
  readonly value: number;
  /** ± so much; null where it is not known. */
  readonly doubt: number | null;
}

/** What each device contributed in a period, most first, and what cannot be told apart, so that the rows make the whole. */
export function shareRows(
  savings: Savings,
  period: SavingsPeriod,
  plan: Plan | null,
  t: Translate,
): ShareRow[] {
  const rows = Object.entries(savings.assets ?? {}).map(([id, periods]) => {
    const { first, last } = periods[period];
    return {
      name: plan?.assets.find((asset) => asset.id === id)?.name ?? t("savings.gone"),
      value: (first + last) / 2,
      doubt: Math.abs(first - last) / 2,
    };
  });
  const counts = (row: { value: number; doubt: number }): boolean =>
    Math.abs(row.value) >= SMALL || row.doubt >= SMALL;
  const shown = rows.filter(counts).sort((a, b) => b.value - a.value);
  const rest = savings[period].saved - shown.reduce((sum, row) => sum + row.value, 0);
  return shown.length > 0 && Math.abs(rest) >= 2 * SMALL
    ? [...shown, { name: t("savings.together"), value: rest, doubt: null }]
    : shown;
}

/** Share of the bill that was saved, in percent; null where there was next to no bill. */
export function percentSaved(savings: Savings, period: SavingsPeriod): number | null {
  const { saved, paid } = savings[period];
  const without = saved + paid;
  return without > 10 * SMALL ? (100 * saved) / without : null;
}

/** Whether energy costs the same at all known hours, so that moving it in time cannot save anything. */
export function isFlat(plan: Plan | null): boolean {
  const home = plan?.home;
  const known = home?.import_price.filter(
    (price, slot) => price !== null && home.price_quality[slot] === "known",
  );
  if (!known || known.length < 2) return false;
  const prices = known as readonly number[];
  return Math.max(...prices) - Math.min(...prices) < 1e-4;
}

/** One bar per day of the last DAYS, from the first that has data on; today's is what is measured now. */
export function dayBars(found: readonly Change[], today: number, now: number, format: Format): Bar[] {
  return bars(found, today, now, DAYS, format.dayStart(now), (at) => format.dayStart(at - DAY / 2), {
    label: (at) => format.day(at),
    name: (at) => format.date(at),
  });
}

/** The same by months; the running one is what is measured now. */
export function monthBars(found: readonly Change[], month: number, now: number, format: Format): Bar[] {
  return bars(found, month, now, MONTHS, format.monthStart(now), (at) => format.monthStart(at - DAY / 2), {
    label: (at) => format.month(at),
    name: (at) => format.monthYear(at),
  });
}

function bars(
  found: readonly Change[],
  current: number,
  now: number,
  most: number,
  newest: number,
  before: (at: number) => number,
  words: { label: (at: number) => string; name: (at: number) => string },
): Bar[] {
  const starts = [newest];
  const first = Math.min(...found.map((one) => one.start), now);
  while (starts.length < most && ((starts[0] ?? 0) > first || starts.length < LEAST_BARS))
    starts.unshift(before(starts[0] ?? 0));
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? Number.POSITIVE_INFINITY;
    const sum = found.reduce(
      (total, one) => (one.start >= start && one.start < end ? total + one.change : total),
      0,
    );
    return {
      start,
      value: start === newest ? current : sum,
      label: words.label(start),
      name: words.name(start),
    };
  });
}
