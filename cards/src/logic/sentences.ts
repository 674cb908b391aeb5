/** What a person who reads only the top of the card has to know, as short sentences. */

import type { AssetPlan, Block, Level, Now, Picture, Plan, Reason } from "../data/types";
import type { Key, Translate } from "../i18n/translate";
import { isKey } from "../i18n/translate";
import { slotAt } from "./axis";
import type { Format } from "./format";

const NEXT_SHOWN = 3;
const EVEN = 0.005;
const IDLE_KW = 0.05;
const NEAR = 0.03;

/** What a thing does by itself. */
export const PASSIVE = new Set(["self", "hold", "off"]);
const LEVELS: readonly string[] = ["cheap", "normal", "expensive"];

/** How the price is called now: as the plan's bars are coloured, so that a card agrees with itself; else as measured. */
export function levelNow(plan: Plan | null, home: Now | null, now: number): Level | null {
  const slot = plan
    ? slotAt(
        plan.edges.map((edge) => Date.parse(edge)),
        now,
      )
    : null;
  const planned = slot === null ? undefined : plan?.home?.price_level[slot];
  if (planned !== undefined && LEVELS.includes(planned)) return planned as Level;
  return home?.price_level ?? null;
}

/** Until when the price stays at its level, and what comes then. Null where no change is known. */
export function levelEnds(plan: Plan, slot: number): { at: number; next: Level } | null {
  const levels = plan.home?.price_level ?? [];
  const quality = plan.home?.price_quality ?? [];
  for (let later = slot + 1; later < levels.length; later++) {
    if (quality[later] !== "known") return null;
    const level = levels[later];
    if (level === levels[slot] || level === undefined || !LEVELS.includes(level)) continue;
    return { at: Date.parse(plan.edges[later] ?? ""), next: level as Level };
  }
  return null;
}

/** The next price that is another one, in currency/kWh, and from when (ms since the epoch); null where none is known. */
export function nextPrice(
  plan: Plan | null,
  home: Now | null,
  now: number,
  format: Format,
): [number, number] | null {
  const current = home?.price_now;
  if (current === null || current === undefined) return null;
  const shown = format.price(current).value;
  const prices = plan?.home?.import_price ?? [];
  for (const [slot, price] of prices.entries()) {
    const at = Date.parse(plan?.edges[slot] ?? "");
    if (at <= now || price === null || format.price(price).value === shown) continue;
    return plan?.home?.price_quality[slot] === "known" ? [price, at] : null;
  }
  if (plan?.home) return null;
  return typeof home?.next_price === "number" && home.next_price_at
    ? [home.next_price, Date.parse(home.next_price_at)]
    : null;
}

/** How long the price stays as it is called now. */
export function untilNext(plan: Plan, now: number, t: Translate, format: Format): string {
  const edges = plan.edges.map((edge) => Date.parse(edge));
  const slot = slotAt(edges, now);
  if (slot === null) return "";
  const ends = levelEnds(plan, slot);
  return ends
    ? t("until", { time: format.when(ends.at, now), level: t(`level.${ends.next}`) })
    : t("all_ahead");
}

/** What the home earns or pays per hour. */
export function flow(costPerHour: number | null, t: Translate, format: Format): string {
  if (costPerHour === null) return t("no_meter");
  if (Math.abs(costPerHour) < EVEN) return t("even");
  const key = costPerHour < 0 ? "earns" : "pays";
  return t(key, { money: format.money(Math.abs(costPerHour)) });
}

export interface Doing {
  readonly asset: AssetPlan;
  readonly what: string;
  /** The same without what feeds it. */
  readonly short: string;
  readonly until: string;
  readonly why: string | null;
  /** Whether it works now, or waits. */
  readonly runs: boolean;
}

/** What runs at an instant, hardest at work first, then what waits for a measured reason. */
export function doing(
  plan: Plan,
  at: number,
  t: Translate,
  format: Format,
  entities: Picture["entities"] = {},
): Doing[] {
  const until = (time: string): string => t("until_time", { time: format.when(Date.parse(time), at) });
  const covers = (one: { start: string; end: string }): boolean =>
    Date.parse(one.start) <= at && at < Date.parse(one.end);
  const running: { kw: number; said: Doing }[] = [];
  const waiting: Doing[] = [];
  const edges = plan.edges.map((edge) => Date.parse(edge));
  const slot = slotAt(edges, at);
  for (const asset of plan.assets) {
    if (asset.kind === "grid" || asset.kind === "solar") continue;
    const block = asset.blocks.find(covers);
    if (block && block.mode !== "off") {
      const rests = resting(asset, block, slot, t);
      const said = {
        asset,
        what: rests ?? what(asset, block, t),
        short: rests ?? verb(asset, block, t),
        until: until(followsUntil(asset, block, slot, plan.edges)),
        why: why(asset, block, t, format),
        runs: !rests,
      };
      // Measured, not planned: a boiler that is hot takes what it is offered another time.
      const idle = entities[asset.id]?.wants_nothing ? t("does.idle", { name: asset.name }) : null;
      if (idle) running.push({ kw: 0, said: { ...said, what: idle, short: idle, why: null, runs: false } });
      else running.push({ kw: Math.abs(block.power_kw), said });
      continue;
    }
    const reason = asset.reasons.find((one) => one.code === "waits" && covers(one));
    const measured = reason && because(reason, t, format);
    if (reason && measured)
      waiting.push({
        asset,
        what: t("does.wait", { name: asset.name }),
        short: t("does.wait", { name: asset.name }),
        until: until(reason.end),
        why: measured,
        runs: false,
      });
  }
  return [...running.sort((a, b) => b.kw - a.kw).map((one) => one.said), ...waiting];
}

/** Until when a block stays as it is: one that follows the home changes when the battery is empty or full. */
function followsUntil(asset: AssetPlan, block: Block, slot: number | null, edges: readonly string[]): string {
  if (block.mode !== "self" || slot === null) return block.end;
  const idle = (at: number): boolean => Math.abs(asset.power_kw[at] ?? 0) < IDLE_KW;
  for (let later = slot + 1; later < asset.power_kw.length; later++) {
    const edge = edges[later] ?? block.end;
    if (Date.parse(edge) >= Date.parse(block.end)) break;
    if (idle(later) !== idle(slot)) return edge;
  }
  return block.end;
}

/** A battery that follows the home and has nothing to give, or no room: "is empty", "is full". */
function resting(asset: AssetPlan, block: Block, slot: number | null, t: Translate): string | null {
  if (block.mode !== "self" || slot === null || Math.abs(asset.power_kw[slot] ?? 1) >= IDLE_KW) return null;
  const [least, most] = [asset.level_min ?? 0, asset.level_max ?? 0];
  const level = asset.level?.[slot];
  if (typeof level !== "number" || most <= least) return null;
  const share = (level - least) / (most - least);
  if (share > NEAR && share < 1 - NEAR) return null;
  return t(share <= NEAR ? "does.empty" : "does.full", { name: asset.name });
}

/** One sentence for a block: who does what, fed by what. */
export function what(asset: AssetPlan, block: Block, t: Translate): string {
  const source = `source.${block.source}`;
  const fed = block.power_kw > 0 && isKey(source) ? ` ${t(source)}` : "";
  return verb(asset, block, t) + fed;
}

function verb(asset: AssetPlan, block: Block, t: Translate): string {
  const key = block.mode === "self" && block.power_kw < 0 ? "does.feed" : `does.${block.mode}`;
  return t(isKey(key) ? key : "does.on", { name: asset.name });
}

/** The measured reason for a block, or null: what is not measured is not said. */
export function why(asset: AssetPlan, block: Block, t: Translate, format: Format): string | null {
  const reason = reasonFor(asset, block);
  return reason ? because(reason, t, format) : null;
}

/** A reason in words. A need that would be missed has no price, and is said without one. */
function because(reason: Reason, t: Translate, format: Format): string | null {
  if (reason.code === "only_now") return t("reason.only_now");
  if (reason.code === "worth_later" || reason.code === "worth_now")
    return t(`reason.${reason.code}`, {
      worth: format.priceText(Number(reason.values.worth)),
      price_now: format.priceText(Number(reason.values.price_now)),
    });
  const money = reason.cost_of_opposite;
  if (money === null || money < EVEN) return null;
  const key = `reason.${reason.code}`;
  return t(isKey(key) ? key : "opposite", { money: format.money(money) });
}

function reasonFor(asset: AssetPlan, block: Block): Reason | undefined {
  return asset.reasons.find(
    (reason) =>
      Date.parse(reason.start) < Date.parse(block.end) && Date.parse(block.start) < Date.parse(reason.end),
  );
}

export interface Start {
  readonly asset: AssetPlan;
  readonly what: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** What starts next, soonest first. */
export function starting(plan: Plan, at: number, t: Translate, most = NEXT_SHOWN): Start[] {
  return plan.assets
    .filter((asset) => asset.kind !== "grid" && asset.kind !== "solar")
    .flatMap((asset) => {
      const block = asset.blocks.find((one) => Date.parse(one.start) > at && !PASSIVE.has(one.mode));
      return block ? [{ asset, what: verb(asset, block, t), at: Date.parse(block.start) }] : [];
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, most);
}

/** The same as one line; `terse`: what only runs is called by its name. */
export function upcoming(
  plan: Plan,
  at: number,
  t: Translate,
  format: Format,
  most = NEXT_SHOWN,
  terse = false,
): string {
  const starts = starting(plan, at, t, most);
  if (starts.length === 0) return t("next_none");
  const called = (start: Start): string =>
    terse && start.asset.kind !== "battery" ? start.asset.name : start.what;
  const items = starts.map((start) =>
    t("next_item", { name: called(start), time: format.when(start.at, at) }),
  );
  return t("next", { list: items.join(" · ") });
}

/** As a sentence or a line begins. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An input ("price", "solar:roof") as a person calls it. */
export function inputName(key: string, plan: Plan, t: Translate): string {
  const [kind = "", id] = key.split(":");
  const word = `input.${kind}`;
  return plan.assets.find((asset) => asset.id === id)?.name ?? (isKey(word) ? t(word) : kind);
}

/** What is wrong or not yet learned among the inputs; empty when all is well. */
export function inputTrouble(plan: Plan, t: Translate): string {
  const list = (wanted: readonly string[]): string => {
    const found = plan.inputs.filter((one) => wanted.includes(one.health));
    return [...new Set(found.map((one) => inputName(one.key, plan, t)))].join(", ");
  };
  const said: readonly [Key, string][] = [
    ["inputs_bad", list(["stale", "partial", "suspect"])],
    ["inputs_missing", list(["missing"])],
    ["inputs_learning", list(["provisional"])],
  ];
  return said.flatMap(([key, names]) => (names ? [t(key, { list: names })] : [])).join(" · ");
}
