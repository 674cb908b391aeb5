/** The views of the dashboard: what there is in this home, and nothing that would stay empty. */

import type { Translate } from "../i18n/translate";
import { deviceCards, has, type Thing } from "./devices";

const CARD = "custom:merit-order-";
const THIRD = 12;

const section = (cards: object[], span = 1): object => ({ type: "grid", column_span: span, cards });

function card(name: string, more: object = {}): object {
  return { type: `${CARD}${name}`, grid_options: { columns: THIRD, rows: "auto" }, ...more };
}

const asked = (found: readonly Thing[]): boolean =>
  found.some((thing) => has(thing, "allowed") && !has(thing, "reserve_soc"));

function now(found: readonly Thing[], t: Translate): object {
  const demanding = found.some((thing) => has(thing, "demand_charge"));
  return {
    title: t("view.now"),
    path: "now",
    icon: "mdi:home-lightning-bolt",
    type: "sections",
    max_columns: 2,
    sections: [
      section([card("now", { grid_options: { columns: "full", rows: "auto" } })], 2),
      section([card("price"), ...(demanding ? [card("capacity")] : [])]),
      ...(asked(found) ? [section([card("needs")])] : []),
    ],
  };
}

function plan(t: Translate): object {
  return {
    title: t("plan"),
    path: "plan",
    icon: "mdi:chart-timeline",
    type: "panel",
    cards: [{ type: `${CARD}plan` }],
  };
}

function devices(found: readonly Thing[], t: Translate): object {
  return { title: t("view.devices"), path: "devices", icon: "mdi:devices", cards: deviceCards(found) };
}

function savings(t: Translate): object {
  return {
    title: t("view.savings"),
    path: "savings",
    icon: "mdi:piggy-bank",
    cards: [{ type: `${CARD}savings` }],
  };
}

function health(t: Translate): object {
  return {
    title: t("view.health"),
    path: "health",
    icon: "mdi:stethoscope",
    cards: [{ type: `${CARD}health` }, { type: `${CARD}scorecard` }],
  };
}

function kiosk(t: Translate): object {
  return {
    title: t("view.kiosk"),
    path: "kiosk",
    icon: "mdi:tablet-dashboard",
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
