/** What feeds what at this moment, in kW: the sun serves first, then the battery, then the grid. */

import type { Now } from "../data/types";

export type Source = "sun" | "battery" | "grid";
export type Sink = "home" | "battery" | "grid";

export interface Flow {
  readonly from: Source;
  readonly to: Sink;
  readonly kw: number;
}

const LEAST = 0.01;
const SOURCES: readonly Source[] = ["sun", "battery", "grid"];
const SINKS: readonly Sink[] = ["home", "battery", "grid"];

/** Shares the sources out among the sinks. Nothing flows from a thing to itself; what is not measured is nothing. */
export function flows(now: Now): Flow[] {
  const [grid, battery] = [now.grid_kw ?? 0, now.battery_kw ?? 0];
  const left: Record<Source, number> = {
    sun: Math.max(now.solar_kw ?? 0, 0),
    battery: Math.max(-battery, 0),
    grid: Math.max(grid, 0),
  };
  const wanted: Record<Sink, number> = {
    home: Math.max(now.load_kw ?? 0, 0),
    battery: Math.max(battery, 0),
    grid: Math.max(-grid, 0),
  };
  const found: Flow[] = [];
  for (const from of SOURCES)
    for (const to of SINKS) {
      if (from === to) continue;
      const kw = Math.min(left[from], wanted[to]);
      left[from] -= kw;
      wanted[to] -= kw;
      if (kw >= LEAST) found.push({ from, to, kw });
    }
  return found;
}

/** Sum per end, in order of first appearance. */
export function totals<End extends string>(
  found: readonly Flow[],
  end: (flow: Flow) => End,
): Map<End, number> {
  const sums = new Map<End, number>();
  for (const flow of found) sums.set(end(flow), (sums.get(end(flow)) ?? 0) + flow.kw);
  return sums;
}
