/** The day that is over, as it grows. */

import type { History, SeriesById } from "./types";

const MINUTE = 60_000;
const KEEP_HOURS = 24;

/** The past with what was added to it, on one grid; what is older than a day goes. */
export function grown(past: History | null | undefined, added: History): History {
  if (!past || past.minutes !== added.minutes) return added;
  const step = past.minutes * MINUTE;
  const at = Math.round((Date.parse(added.start) - Date.parse(past.start)) / step);
  if (at < 0) return added;
  const length = Math.max(at + added.price.length, past.price.length);
  const drop = Math.max(length - (KEEP_HOURS * 60) / past.minutes, 0);
  const join = <T>(before: readonly (T | null)[] = [], after: readonly (T | null)[] = []): (T | null)[] =>
    Array.from(
      { length: length - drop },
      (_, i) => (i + drop >= at ? after[i + drop - at] : undefined) ?? before[i + drop] ?? null,
    );
  const table = (before: SeriesById, after: SeriesById): SeriesById =>
    Object.fromEntries(
      [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => [
        key,
        join(before[key], after[key]),
      ]),
    );
  return {
    start: new Date(Date.parse(past.start) + drop * step).toISOString(),
    minutes: past.minutes,
    price: join(past.price, added.price),
    export_price: join(past.export_price, added.export_price),
    price_level: join(past.price_level, added.price_level),
    planned: table(past.planned, added.planned),
    measured: table(past.measured, added.measured),
    planned_level: table(past.planned_level, added.planned_level),
    measured_level: table(past.measured_level, added.measured_level),
  };
}
