/** How well the home's plan stands: its inputs, and what is not left to it. */

import type { InputStatus, Picture, Plan } from "../data/types";
import { isKey, type Translate } from "../i18n/translate";
import type { Format } from "./format";
import { capital, inputName } from "./sentences";
import { doubt, held } from "./state";

export interface InputRow {
  readonly name: string;
  readonly health: InputStatus["health"];
  /** "fresh", in the person's language. */
  readonly word: string;
  /** Where it comes from and since when. */
  readonly origin: string;
  /** What is wrong with it and what the plan does; null when nothing is. */
  readonly doubt: string | null;
}

const ORDER = ["missing", "suspect", "stale", "partial", "provisional", "fresh"];

/** All inputs, those with a fault first. */
export function inputRows(plan: Plan, now: number, t: Translate, format: Format): InputRow[] {
  const rank = (input: InputStatus): number => ORDER.indexOf(input.health);
  return plan.inputs
    .toSorted((a, b) => rank(a) - rank(b))
    .map((input) => {
      const issued = input.issued ? format.when(Date.parse(input.issued), now) : "";
      const name = inputName(input.key, plan, t);
      const from = input.origin === name ? "" : source(input.origin, t);
      return {
        name: capital(name),
        health: input.health,
        word: t(`health.${input.health}`),
        origin: [from, issued].filter(Boolean).join(" · "),
        doubt: doubt(input, now, t, format),
      };
    });
}

/** A source as people call it: the name of a device, or "Open meteo" of a service. */
function source(origin: string, t: Translate): string {
  const key = `origin.${origin}`;
  if (isKey(key)) return t(key);
  return capital(origin.replaceAll("_", " "));
}

/** Who is in charge: the mode, then each thing that is not left to the plan, and why. */
export function charge(picture: Picture, now: number, t: Translate, format: Format): string[] {
  const mode = picture.home ? [t(`charge.${picture.home.mode}`)] : [];
  const things = (picture.plan?.assets ?? []).flatMap((asset) => {
    const entities = picture.entities[asset.id];
    if (!entities) return [];
    const order = held(entities, asset.name, now, t, format);
    if (order) return [order];
    return entities.enabled ? [] : [t("charge.not_allowed", { name: asset.name })];
  });
  return [...mode, ...things];
}
