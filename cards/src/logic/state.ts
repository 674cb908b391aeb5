/** The states a plan can be in, in words: an empty chart without a word would be a defect. */

import type { AssetEntities, InputStatus, Now, Picture, Plan } from "../data/types";
import { isKey, type Translate } from "../i18n/translate";
import type { Format } from "./format";
import { UNITS } from "./needs";
import { capital, inputName, inputTrouble } from "./sentences";
import { explained } from "./shortfalls";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PLAN_OLD_MINUTES = 20;
const SILENT_MINUTES = 3;
const SLOW_MINUTES = 2;
const SAVING = 0.01;
const WRONG = new Set(["stale", "partial", "suspect", "missing"]);
const UNMOVED = new Set(["grid", "solar"]);

/** One thing a person has to know: something is wrong, or something is merely so. */
export interface Notice {
  readonly kind: "warning" | "info";
  readonly text: string;
  /** What is shown may be old, whatever it says. */
  readonly cut?: boolean;
}

/** What the notices are drawn from. */
export interface Moment {
  readonly picture: Picture | null;
  /** What the integration answered instead of a picture. */
  readonly problem: string | null;
  readonly connected: boolean;
  /** ms since the epoch. */
  readonly now: number;
  /** Since when the card waits for its first picture, ms since the epoch. */
  readonly since: number;
}

/** What stands where the chart would be while there is none; null when there is one. */
export function waiting(moment: Moment, t: Translate): string | null {
  const { picture, problem } = moment;
  const plan = picture?.plan ?? null;
  if (!picture?.home && problem) return t("state.no_home");
  if (!plan && picture?.home?.mode === "off") return t("off_note");
  if (!plan && picture?.home?.price_now === null) return t("state.no_price");
  if (!plan) return t(moment.now - moment.since > SLOW_MINUTES * MINUTE ? "state.slow" : "state.first");
  if (plan.home) return null;
  return t("state.no_plan", { why: inputTrouble(plan, t) || t("state.unknown") });
}

/** What a person has to know before reading on, gravest first. */
export function notices(moment: Moment, t: Translate, format: Format): Notice[] {
  const { picture, now } = moment;
  const plan = picture?.plan ?? null;
  return [
    ...cutOff(moment, t, format),
    ...(plan?.home ? [...old(plan, now, t), ...doubtful(plan, now, t, format)] : []),
    ...(plan ? missed(plan, now, t, format) : []),
    ...(picture ? byHand(picture, now, t, format) : []),
    ...(picture?.home ? inCharge(picture.home, t) : []),
    ...(plan?.home ? beginnings(plan, t) : []),
  ];
}

const warning = (text: string): Notice => ({ kind: "warning", text });
const cut = (text: string): Notice => ({ kind: "warning", text, cut: true });
const info = (text: string): Notice => ({ kind: "info", text });

function cutOff(moment: Moment, t: Translate, format: Format): Notice[] {
  const { picture, problem, connected, now } = moment;
  const heard = picture?.home?.updated_at ? Date.parse(picture.home.updated_at) : null;
  if (!connected) return [cut(t("state.lost"))];
  if (picture?.home && problem) return [cut(t("state.no_answer"))];
  if (heard !== null && now - heard > SILENT_MINUTES * MINUTE)
    return [cut(t("state.silent", { time: format.when(heard, now) }))];
  return [];
}

function old(plan: Plan, now: number, t: Translate): Notice[] {
  const minutes = Math.round((now - Date.parse(plan.at)) / MINUTE);
  return minutes > PLAN_OLD_MINUTES ? [warning(t("state.old", { minutes }))] : [];
}

/** What is wrong with an input and what the plan does about it; null when nothing is. */
export function doubt(input: InputStatus, now: number, t: Translate, format: Format): string | null {
  if (!WRONG.has(input.health)) return null;
  const key = input.health === "stale" && input.issued ? "wrong.stale_since" : `wrong.${input.health}`;
  const time = input.issued ? format.when(Date.parse(input.issued), now) : "";
  const rule = `rule.${input.rule}`;
  const parts = [isKey(key) ? t(key, { time }) : input.health, isKey(rule) ? t(rule) : ""];
  return `${parts.filter(Boolean).join("; ")}.`;
}

/** One sentence for all inputs that have the same fault. */
function doubtful(plan: Plan, now: number, t: Translate, format: Format): Notice[] {
  const names = new Map<string, Set<string>>();
  for (const input of plan.inputs) {
    const fault = doubt(input, now, t, format);
    if (fault) names.set(fault, (names.get(fault) ?? new Set()).add(inputName(input.key, plan, t)));
  }
  return [...names].map(([fault, who]) => warning(`${capital([...who].join(", "))}${t("colon")} ${fault}`));
}

function missed(plan: Plan, now: number, t: Translate, format: Format): Notice[] {
  return plan.shortfalls.map((short) => {
    const name = plan.assets.find((asset) => asset.id === short.asset)?.name ?? short.asset;
    const amount = format.number(short.amount);
    const unit = UNITS[short.unit.toLowerCase()] ?? short.unit;
    const text = t("missed", { name, amount, unit, time: format.when(Date.parse(short.by), now) });
    return warning([`${text}.`, ...explained(short, plan, now, t, format)].join(" "));
  });
}

/** What a person ordered of a thing and is still so. */
export function held(
  entities: AssetEntities,
  name: string,
  now: number,
  t: Translate,
  format: Format,
): string | null {
  // A card's own time moves in steps: what was ordered a moment ago is there already.
  const order = entities.overrides.find(
    (one) => Date.parse(one.start) <= now + MINUTE && now < Date.parse(one.end),
  );
  return order ? t(`by_hand.${order.mode}`, { name, time: format.when(Date.parse(order.end), now) }) : null;
}

function byHand(picture: Picture, now: number, t: Translate, format: Format): Notice[] {
  return (picture.plan?.assets ?? []).flatMap((asset) => {
    const entities = picture.entities[asset.id];
    const said = entities ? held(entities, asset.name, now, t, format) : null;
    return said ? [info(said)] : [];
  });
}

function inCharge(home: Now, t: Translate): Notice[] {
  return home.mode === "advise" ? [info(t("advise_note"))] : [];
}

function beginnings(plan: Plan, t: Translate): Notice[] {
  const found: Notice[] = [];
  const learning = plan.inputs.filter((input) => input.health === "provisional");
  const list = [...new Set(learning.map((input) => inputName(input.key, plan, t)))].join(", ");
  if (list) found.push(info(t("state.learning", { list })));
  if (plan.assets.every((asset) => UNMOVED.has(asset.kind))) found.push(info(t("state.nothing_to_run")));
  return found;
}

/** The line below the chart: what it saves and on what it rests; who is in charge. */
export function footer(
  plan: Plan,
  home: Now | null,
  t: Translate,
  format: Format,
): { left: string; right: string } {
  const saved = plan.expected_saving;
  // A baseline of exactly nothing was not worked out.
  const saves = plan.baseline_cost !== 0 && saved >= SAVING ? t("saves", { money: format.money(saved) }) : "";
  const needs = plan.shortfalls.length === 0 ? t("needs_met") : "";
  const inputs = inputTrouble(plan, t) || t("inputs_fresh");
  return {
    left: [saves, needs, inputs].filter(Boolean).join(" · "),
    right: home ? t(`mode.${home.mode}`) : "",
  };
}
