/** The views of the dashboard: what there is in this home, and nothing that would stay empty. Their tabs are words: an icon has to be learned. */

import type { Translate } from "../i18n/translate";
import { deviceSections, has, type Thing } from "./devices";

const CARD = "custom:merit-order-";
const THIRD = 12;

const section = (cards: object[], span = 1): object => ({ type: "grid", column_span: span, cards });

function card(name: string, more: object = {}): object {
  return { type: `${CARD}${name}`, grid_options: { columns: THIRD, rows: "auto" }, ...more };
}

const asked = (found: readonly Thing[]): boolean =>
  found.some((thing) => has(thing, "allowed") && !has(thing, "reserve_soc"));

function now(found: readonly Thing[], t: Translate): object {
  const wide = { grid_options: { columns: "full", rows: "auto" } };
  const demanding = found.some((thing) => has(thing, "demand_charge"));
  return {
    title: t("view.now"),
    path: "now",
    type: "sections",
    max_columns: 2,
    sections: [
      section([card("now", wide), card("plan", { ...wide, brief: true })], 2),
      section([card("price", { brief: true }), ...(demanding ? [card("capacity")] : [])]),
      ...(asked(found) ? [section([card("needs")])] : []),
    ],
  };
}

function plan(t: Translate): object {
  return {
    title: t("plan"),
    path: "plan",
    type: "panel",
    cards: [{ type: `${CARD}plan` }],
  };
}

function devices(found: readonly Thing[], t: Translate): object {
  return {
    title: t("view.devices"),
    path: "devices",
    type: "sections",
    max_columns: 3,
    sections: deviceSections(found),
  };
}

function savings(t: Translate): object {
  return {
    title: t("view.savings"),
    path: "savings",
    cards: [{ type: `${CARD}savings` }],
  };
}

function health(t: Translate): object {
  return {
    title: t("view.health"),
    path: "health",
    cards: [{ type: `${CARD}health` }, { type: `${CARD}scorecard` }],
  };
}

function kiosk(t: Translate): object {
  return {
    title: t("view.kiosk"),
    path: "kiosk",
    type: "panel",
    cards: [{ type: `${CARD}kiosk`, full_screen: true }],
  };
}

/** All views, in the order of their tabs. */
export function views(found: readonly Thing[], t: Translate): object[] {
  // A home that is switched off or not set up: the cards say so.
  if (found.length === 0) return [now(found, t), plan(t), kiosk(t)];
  const saved = found.some((thing) => has(thing, "savings_total"));
  return [now(found, t), plan(t), devices(found, t), ...(saved ? [savings(t)] : []), health(t), kiosk(t)];
}
