/** Why a wish is missed and what would let it be met: what the plan measured, in words. */

import type { Plan, Remedy, Shortfall } from "../data/types";
import type { Translate } from "../i18n/translate";
import { isKey } from "../i18n/translate";
import type { Format } from "./format";

/** Up to two sentences: the limit in the way, then what would do. */
export function explained(
  short: Shortfall,
  plan: Plan | null,
  now: number,
  t: Translate,
  format: Format,
): string[] {
  const limit = `short.limit.${short.limit}`;
  const why = isKey(limit) ? [t(limit)] : [];
  const fixes = short.remedies.flatMap((remedy) => fix(remedy, plan, now, t, format));
  if (fixes.length === 0) return why;
  const list = fixes.reduce((one, other) => t("short.or", { one, other }));
  return [...why, t("short.fix", { list })];
}

function fix(remedy: Remedy, plan: Plan | null, now: number, t: Translate, format: Format): string[] {
  const key = `short.fix.${remedy.code}`;
  if (!isKey(key)) return [];
  const { by, kw, ampere, starts, asset } = remedy.values;
  return [
    t(key, {
      time: by === undefined ? "" : format.when(Date.parse(String(by)), now),
      power: kw === undefined ? "" : format.power(Number(kw)),
      ampere: ampere === undefined ? "" : format.number(Number(ampere), 0),
      starts: starts === undefined ? "" : format.number(Number(starts), 0),
      name: plan?.assets.find((one) => one.id === asset)?.name ?? String(asset ?? ""),
    }),
  ];
}
