/** The mean price of a stretch of time. */

import type { Plan } from "../data/types";

const HOUR = 3_600_000;

/** The mean import price from `start` for `hours`; null where a price is not known (nor expected, if that will do). */
export function meanPrice(plan: Plan, start: number, hours: number, onlyKnown = true): number | null {
  const end = start + hours * HOUR;
  let [sum, covered] = [0, 0];
  for (let slot = 0; slot + 1 < plan.edges.length; slot++) {
    const [from, to] = [Date.parse(plan.edges[slot] ?? ""), Date.parse(plan.edges[slot + 1] ?? "")];
    const overlap = Math.min(to, end) - Math.max(from, start);
    if (overlap <= 0) continue;
    const price = plan.home?.import_price[slot];
    if (price === null || price === undefined) return null;
    if (onlyKnown && plan.home?.price_quality[slot] !== "known") return null;
    sum += price * overlap;
    covered += overlap;
  }
  return covered >= end - start - 1 ? sum / covered : null;
}
