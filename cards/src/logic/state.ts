/** The states a plan can be in, in words: an empty chart without a word would be a defect. */

import type { Now, Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";
import { UNITS } from "./needs";
import { inputTrouble } from "./sentences";

const MINUTE = 60_000;
const PLAN_OLD_MINUTES = 20;
const SAVING = 0.01;

/** What stands where the chart would be while there is none; null when there is one. */
export function waiting(
  plan: Plan | null,
  home: Now | null,
  problem: string | null,
  t: Translate,
): string | null {
  if (!home && problem) return t("state.no_home");
  if (!plan) return t("state.waiting");
  if (plan.home) return null;
  return t("state.no_plan", { why: inputTrouble(plan, t) || t("state.unknown") });
}

/** What a person has to know before reading on: lost connection, old plan, missed needs, not in charge. */
export function notices(
  plan: Plan | null,
  home: Now | null,
  connected: boolean,
  now: number,
  t: Translate,
  format: Format,
): string[] {
  const found: string[] = [];
  if (!connected) found.push(t("state.lost"));
  const old = plan ? (now - Date.parse(plan.at)) / MINUTE : 0;
  if (plan?.home && old > PLAN_OLD_MINUTES) found.push(t("state.old", { minutes: Math.round(old) }));
  for (const short of plan?.shortfalls ?? []) {
    const name = plan?.assets.find((asset) => asset.id === short.asset)?.name ?? short.asset;
    const amount = format.number(short.amount);
    const unit = UNITS[short.unit.toLowerCase()] ?? short.unit;
    found.push(t("missed", { name, amount, unit, time: format.when(Date.parse(short.by), now) }));
  }
  if (home?.mode === "advise") found.push(t("advise_note"));
  if (home?.mode === "off") found.push(t("off_note"));
  return found;
}

/** The line below the chart: what it saves and on what it rests; who is in charge. */
export function footer(
  plan: Plan,
  home: Now | null,
  t: Translate,
  format: Format,
): { left: string; right: string } {
  const saved = plan.baseline_cost - plan.cost;
  // A baseline of exactly nothing was not worked out.
  const saves = plan.baseline_cost !== 0 && saved >= SAVING ? t("saves", { money: format.money(saved) }) : "";
  const needs = plan.shortfalls.length === 0 ? t("needs_met") : "";
  const inputs = inputTrouble(plan, t) || t("inputs_fresh");
  return {
    left: [saves, needs, inputs].filter(Boolean).join(" · "),
    right: home ? t(`mode.${home.mode}`) : "",
  };
}
