/** What of the time axis is in sight: a bit of the past and the hours to come, until a person moves it. */

import type { Timeline } from "./timeline";
import type { Sight } from "./view";

const HOUR = 3_600_000;
export const LEAST_HOURS = 6;
/** So much of what is shown at first is past. */
const BACK = 1 / 8;

function reach(line: Timeline): Sight {
  const { edges } = line.plan;
  return { from: Date.parse(edges[0] ?? ""), to: Date.parse(edges[edges.length - 1] ?? "") };
}

/** `hours` around now, `back` of them past, as far as there is something to show. */
export function around(line: Timeline, now: number, hours: number, back = BACK): Sight {
  const all = reach(line);
  const from = Math.max(all.from, now - hours * back * HOUR);
  return { from, to: Math.min(all.to, from + hours * HOUR) };
}

/** A wished sight kept within what there is to see, and not narrower than LEAST_HOURS. */
export function within(line: Timeline, wished: Sight): Sight {
  const all = reach(line);
  const most = all.to - all.from;
  const length = Math.min(Math.max(wished.to - wished.from, LEAST_HOURS * HOUR), most);
  const from = Math.min(Math.max(wished.from, all.from), all.to - length);
  return { from, to: from + length };
}

/** The sight moved by a share of its length: −0.5 is half a screen back. */
export function moved(sight: Sight, share: number): Sight {
  const by = (sight.to - sight.from) * share;
  return { from: sight.from + by, to: sight.to + by };
}

/** The sight with its length times `factor`, the instant `at` staying where it is. */
export function zoomed(sight: Sight, factor: number, at: number): Sight {
  return { from: at - (at - sight.from) * factor, to: at + (sight.to - at) * factor };
}
