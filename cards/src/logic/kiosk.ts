/** What a wall panel shows: few things, large, and nothing that is not so. */

import type { Plan } from "../data/types";
import { meanPrice } from "./window";

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;
const HOURS_AHEAD = 24;
const SUNK = "below_horizon";
const [MORNING, EVENING] = [7, 21];

export interface Bar {
  /** ms since the epoch. */
  readonly at: number;
  /** Mean import price of the hour, currency/kWh. */
  readonly price: number;
  readonly level: string;
  readonly known: boolean;
}

/** The coming day, one bar an hour from the hour that runs; ends where nothing is known or expected any more. */
export function hoursAhead(plan: Plan, now: number): Bar[] {
  const found: Bar[] = [];
  const edges = plan.edges.map((edge) => Date.parse(edge));
  const first = edges[0] ?? now;
  const from = Math.floor(now / HOUR) * HOUR;
  for (let at = from; at < from + HOURS_AHEAD * HOUR; at += HOUR) {
    const start = Math.max(at, first);
    const price = meanPrice(plan, start, (at + HOUR - start) / HOUR, false);
    if (price === null) break;
    // Of an hour that is nearly over the quarter that runs, not the next hour's first.
    const inside = start + Math.min(QUARTER, (at + HOUR - start) / 2);
    const middle = edges.findIndex((edge, slot) => edge <= inside && inside < (edges[slot + 1] ?? 0));
    found.push({
      at,
      price,
      level: plan.home?.price_level[middle] ?? "normal",
      known: plan.home?.price_quality[middle] === "known",
    });
  }
  return found;
}

/** Whether the panel should be dark: the sun is down; where Home Assistant does not know, by the home's clock. */
export function isNight(sun: string | undefined, now: number, zone: string): boolean {
  if (sun !== undefined) return sun === SUNK;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" });
  const hour = Number(clock.format(now));
  return hour < MORNING || hour >= EVENING;
}
