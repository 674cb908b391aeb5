/** One slot in words and numbers: for the tip, the screen reader and the table. */

import type { Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

const QUIET = 0.005;

/** What is known of a slot, most important first; what is unknown is left out. */
export function facts(plan: Plan, slot: number, t: Translate, format: Format): Fact[] {
  const home = plan.home;
  if (!home) return [];
  const found: Fact[] = [];
  const add = (name: string, value: number | null | undefined, say: (value: number) => string): void => {
    if (value !== null && value !== undefined) found.push({ name, value: say(value) });
  };
  const known = home.price_quality[slot] === "known";
  add(known ? t("price") : t("price_expected"), home.import_price[slot], (value) => format.priceText(value));
  add(t("export_price"), home.export_price[slot], (value) => format.priceText(value));
  add(t("sun"), home.solar_kw[slot], (value) => format.power(value));
  add(t("home"), home.load_kw[slot], (value) => format.power(value));
  for (const asset of plan.assets) {
    if (asset.kind === "grid" || asset.kind === "solar") continue;
    const power = asset.power_kw[slot];
    if (typeof power === "number" && Math.abs(power) > QUIET)
      found.push({ name: asset.name, value: format.power(power) });
  }
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level);
  if (battery?.level_max) {
    const most = battery.level_max;
    add(t("battery_at_end"), battery.level?.[slot], (value) => format.percent((100 * value) / most));
  }
  const grid = home.grid_kw[slot];
  add(typeof grid === "number" && grid < -QUIET ? t("to_grid") : t("from_grid"), grid, (value) =>
    format.power(Math.abs(value)),
  );
  const cost = home.cost[slot];
  add(typeof cost === "number" && cost < -QUIET ? t("earned") : t("cost"), cost, (value) =>
    format.money(Math.abs(value)),
  );
  return found;
}

/** From when to when. */
export function span(plan: Plan, slot: number, now: number, format: Format): string {
  const [start, end] = [Date.parse(plan.edges[slot] ?? ""), Date.parse(plan.edges[slot + 1] ?? "")];
  return `${format.when(start, now)} – ${format.time(end)}`;
}
