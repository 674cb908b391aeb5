import type { AssetPlan, Picture, Plan } from "../src/data/types";
import { translator } from "../src/i18n/translate";
import { Format } from "../src/logic/format";
import recorded from "./fixtures/demo_home.json";

/** A fresh copy of the recorded message, to be changed by a test. */
export function picture(): Picture {
  return structuredClone(recorded) as unknown as Picture;
}

export function plan(): Plan {
  const found = picture().plan;
  if (!found) throw new Error("the recording has no plan");
  return found;
}

export function asset(name: string, of: Plan = plan()): AssetPlan {
  const found = of.assets.find((one) => one.name === name);
  if (!found) throw new Error(`the recording has no ${name}`);
  return found;
}

/** Just after the recorded plan was made: 12:19 in Brussels. */
export const NOW = Date.parse("2026-11-21T11:19:00Z");
export const t = translator("en");
export const format = new Format({ language: "en-GB" }, "Europe/Brussels", "GBP");
