/** What a person asks for: in which unit, by when. */

import type { AssetPlan, Need } from "../data/types";
import type { Format } from "./format";

export const UNITS: Record<string, string> = { percent: "%", celsius: "°C", kwh: "kWh", runs: "×" };
const BY_KIND: Record<string, Need["unit"]> = {
  vehicle: "percent",
  hot_water: "celsius",
  heating: "celsius",
};
const DAY = 86_400_000;

/** Things that can be asked of: those that are planned and are no battery of the home. */
export function askable(assets: readonly AssetPlan[]): AssetPlan[] {
  return assets.filter((asset) => asset.controlled && !["battery", "grid", "solar"].includes(asset.kind));
}

/** The unit people think in for a thing. */
export function unitOf(asset: AssetPlan): Need["unit"] {
  return BY_KIND[asset.kind] ?? "kwh";
}

/** When a thing is to run, from the first of its blocks to the last or to `until`, and what that costs. */
export interface Served {
  readonly start: number;
  readonly end: number;
  readonly energy: number;
  readonly cost: number;
}

/** What the plan does of what a thing needs: by an instant, else its next block. Null when nothing is planned. */
export function served(asset: AssetPlan, now: number, until: number | null): Served | null {
  const ahead = asset.blocks.filter((block) => block.mode !== "off" && Date.parse(block.end) > now);
  const found = until === null ? ahead.slice(0, 1) : ahead.filter((one) => Date.parse(one.start) < until);
  const first = found[0];
  if (!first) return null;
  const sum = { start: Date.parse(first.start), end: 0, energy: 0, cost: 0 };
  for (const block of found) {
    const [start, over] = [Date.parse(block.start), Date.parse(block.end)];
    const end = until === null ? over : Math.min(over, until);
    const share = (end - start) / (over - start);
    sum.end = end;
    sum.energy += block.energy_kwh * share;
    sum.cost += block.cost * share;
  }
  return sum;
}

/** The next time the home's clock shows `time` ("07:30"), as a local date and time without a zone. */
export function nextAt(time: string, now: number, format: Format): string {
  const local = new Intl.DateTimeFormat("sv-SE", {
    timeZone: format.zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  const [today = "", clock = ""] = local.format(now).split(" ");
  const [tomorrow = ""] = local.format(now + DAY).split(" ");
  return `${time > clock ? today : tomorrow}T${time}:00`;
}

/** An instant on the home's clock, as a field for a time takes it ("07:30"). */
export function clockTime(at: number, format: Format): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: format.zone,
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}
