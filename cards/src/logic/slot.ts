/** One slot in words and numbers: for the tip, the screen reader and the table. */

import type { Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";
import type { Timeline } from "./timeline";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

const QUIET = 0.005;
const HOME_FLOWS = new Set(["load", "solar", "grid"]);

/** What is known of a slot, most important first; what is unknown is left out. */
export function facts({ plan, past }: Timeline, slot: number, t: Translate, format: Format): Fact[] {
  const home = plan.home;
  if (!home) return [];
  const found: Fact[] = [];
  const add = (name: string, value: number | null | undefined, say: (value: number) => string): void => {
    if (value !== null && value !== undefined) found.push({ name, value: say(value) });
  };
  // In the past: what happened, and what was to happen.
  const addPower = (name: string, value: number | null | undefined, key: string): void => {
    const planned = slot < past.slots ? past.planned[key]?.[slot] : null;
    const known = typeof value === "number" ? format.power(value) : t("not_measured");
    if (typeof planned === "number") {
      if (Math.abs(planned) > QUIET || Math.abs(value ?? 0) > QUIET || HOME_FLOWS.has(key))
        found.push({ name, value: t("was_planned", { value: known, planned: format.power(planned) }) });
    } else if (typeof value === "number" && (HOME_FLOWS.has(key) || Math.abs(value) > QUIET))
      found.push({ name, value: known });
  };
  const known = home.price_quality[slot] === "known";
  add(known ? t("price") : t("price_expected"), home.import_price[slot], (value) => format.priceText(value));
  add(t("export_price"), home.export_price[slot], (value) => format.priceText(value));
  addPower(t("sun"), home.solar_kw[slot], "solar");
  addPower(t("home"), home.load_kw[slot], "load");
  for (const asset of plan.assets) {
    if (asset.kind === "grid" || asset.kind === "solar") continue;
    addPower(asset.name, asset.power_kw[slot], asset.id);
  }
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level);
  if (battery?.level_max) {
    const most = battery.level_max;
    add(t("battery_at_end"), battery.level?.[slot], (value) => format.percent((100 * value) / most));
  }
  const grid = home.grid_kw[slot];
  if (slot < past.slots && typeof past.planned.grid?.[slot] === "number") addPower(t("grid"), grid, "grid");
  else
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
