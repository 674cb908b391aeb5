/** The one time axis: instants to pixels, and the hours people think in. */

import type { Format } from "./format";

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
  readonly midnight: boolean;
}

const HOUR = 3_600_000;
const LETTER = 6;
const GAP = 10;
const STEPS = [1, 2, 3, 6, 12, 24];

/** Pixel of an instant (ms since the epoch). */
export function x(axis: Axis, at: number): number {
  const share = (at - axis.from) / (axis.to - axis.from);
  return axis.left + share * (axis.right - axis.left);
}

/** The instant at a pixel, kept within the axis. */
export function instant(axis: Axis, pixel: number): number {
  const share = (pixel - axis.left) / (axis.right - axis.left);
  return axis.from + Math.min(Math.max(share, 0), 1) * (axis.to - axis.from);
}

function wallHour(at: number, clock: Intl.DateTimeFormat): { hour: number; minute: number } {
  const parts = clock.formatToParts(at);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return { hour: part("hour"), minute: part("minute") };
}

/** Ticks at round hours of the home's clock, as many as have `room` pixels each. Days with a clock change stay right. */
export function ticks(axis: Axis, format: Format): Tick[] {
  const perHour = ((axis.right - axis.left) * HOUR) / (axis.to - axis.from);
  const room = format.time(axis.from).length * LETTER + GAP;
  const step = STEPS.find((hours) => hours * perHour >= room) ?? 24;
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: format.zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const found: Tick[] = [];
  for (let at = Math.ceil(axis.from / (HOUR / 2)) * (HOUR / 2); at < axis.to; at += HOUR / 2) {
    const { hour, minute } = wallHour(at, clock);
    if (minute !== 0 || hour % step !== 0) continue;
    found.push({ at, label: hour === 0 ? format.weekday(at) : format.time(at), midnight: hour === 0 });
  }
  return found;
}

/** The slot that holds an instant, or null outside. `edges` are ms, rising. */
export function slotAt(edges: readonly number[], at: number): number | null {
  for (let slot = 0; slot + 1 < edges.length; slot++) {
    const [start, end] = [edges[slot], edges[slot + 1]];
    if (start !== undefined && end !== undefined && at >= start && at < end) return slot;
  }
  return null;
}
