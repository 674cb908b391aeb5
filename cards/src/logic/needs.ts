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
