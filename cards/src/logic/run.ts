/** When to start something by hand, and what it will cost. */

import type { Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";

/** What a person would start: how long it runs, what it uses in all, how it is called. */
export interface RunConfig {
  readonly hours?: number;
  readonly energy?: number;
  readonly name?: string;
}

export const RUN_FORM = [
  {
    name: "hours",
    selector: { number: { min: 0.25, max: 12, step: 0.25, mode: "box", unit_of_measurement: "h" } },
  },
  {
    name: "energy",
    selector: { number: { min: 0.1, max: 100, step: 0.1, mode: "box", unit_of_measurement: "kWh" } },
  },
  { name: "name", selector: { text: {} } },
] as const;

const HOUR = 3_600_000;
/** Who would wait longer for clean dishes? */
const LATEST = 23 * HOUR;
const WORTH_SAYING = 0.005;

export interface Run {
  readonly start: number;
  readonly end: number;
  /** Currency/kWh. */
  readonly price: number;
}

/**
 * What a kWh costs on the mean if `kw` more are drawn from `start` for `hours`: what would be fed in costs what feeding it in
 * earns, the rest is bought. Null where a price is not known.
 */
export function runPrice(plan: Plan, start: number, hours: number, kw: number): number | null {
  const end = start + hours * HOUR;
  let [sum, covered] = [0, 0];
  for (let slot = 0; slot + 1 < plan.edges.length; slot++) {
    const [from, to] = [Date.parse(plan.edges[slot] ?? ""), Date.parse(plan.edges[slot + 1] ?? "")];
    const overlap = Math.min(to, end) - Math.max(from, start);
    if (overlap <= 0) continue;
    const price = plan.home?.import_price[slot];
    if (price === null || price === undefined || plan.home?.price_quality[slot] !== "known") return null;
    const spare = Math.min(Math.max(-(plan.home.grid_kw[slot] ?? 0), 0), kw);
    const earned = plan.home.export_price[slot] ?? 0;
    sum += (price + (spare / kw) * (Math.min(earned, price) - price)) * overlap;
    covered += overlap;
  }
  return covered >= end - start - 1 ? sum / covered : null;
}

/** The cheapest time for it within a day, begun at a slot's edge or at once; the soonest of equals. */
export function cheapestRun(plan: Plan, now: number, hours: number, kw: number): Run | null {
  const starts = [
    now,
    ...plan.edges.map((edge) => Date.parse(edge)).filter((edge) => edge > now && edge <= now + LATEST),
  ];
  let best: Run | null = null;
  for (const start of starts) {
    const price = runPrice(plan, start, hours, kw);
    if (price !== null && (best === null || price < best.price - 1e-6))
      best = { start, end: start + hours * HOUR, price };
  }
  return best;
}

/** One sentence: when to start it, when it will be done, for how much, and what it would cost now. */
export function advice(plan: Plan, now: number, run: RunConfig, t: Translate, format: Format): string | null {
  const hours = run.hours ?? 0;
  const kw = run.energy && hours > 0 ? run.energy / hours : 1;
  const best = hours > 0 ? cheapestRun(plan, now, hours, kw) : null;
  if (!best) return null;
  const atOnce = runPrice(plan, now, hours, kw);
  const gain = atOnce === null ? null : (atOnce - best.price) * (run.energy ?? 1);
  const cost = (price: number): string =>
    run.energy ? format.money(price * run.energy) : format.priceText(price);
  const { name } = run;
  const words = {
    name: name ?? "",
    hours: format.number(hours, Number.isInteger(hours) ? 0 : 2),
    start: format.when(best.start, now),
    end: format.when(best.end, now),
    cost: cost(best.price),
  };
  if (gain !== null && gain < WORTH_SAYING) return t(name ? "run.now" : "run.any_now", words);
  const instead = atOnce === null ? "" : ` ${t("run.instead", { cost: cost(atOnce) })}`;
  return t(name ? "run.later" : "run.any_later", words) + instead;
}
