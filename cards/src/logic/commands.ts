/** What devices were told, in the words the logbook uses for it: Home Assistant has them in the person's language. */

import type { CommandTold } from "../data/types";
import type { Format } from "./format";

const WORDS = "component.merit_order.entity.event.activity.state_attributes";
const MOST = 12;
/** Actions that say all by themselves. */
const WITHOUT_AMOUNT = new Set(["on", "off", "hold", "release", "leave"]);

export interface CommandRow {
  readonly time: string;
  readonly name: string;
  /** "Told: charge 3.0 kW". */
  readonly what: string;
}

/** The last of them, newest first. `localize` gives Home Assistant's own word for a key, or nothing. */
export function commandRows(
  commands: readonly CommandTold[],
  now: number,
  localize: (key: string) => string,
  format: Format,
): CommandRow[] {
  const word = (kind: string, value: string): string => localize(`${WORDS}.${kind}.state.${value}`) || value;
  return commands.slice(0, MOST).map((told) => {
    const what = [
      told.action === undefined ? "" : word("action", told.action),
      told.action === undefined || WITHOUT_AMOUNT.has(told.action) ? "" : amount(told, format),
      told.until === undefined ? "" : `→ ${format.when(Date.parse(told.until), now)}`,
    ];
    const said = what.filter(Boolean).join(" ");
    const happening = word("event_type", told.happening);
    return {
      time: format.when(Date.parse(told.at), now),
      name: told.asset,
      what: said ? `${happening}: ${said}` : happening,
    };
  });
}

function amount(told: CommandTold, format: Format): string {
  const { power_kw: power, current_a: current, target_c: target } = told;
  if (typeof power === "number") return format.power(Math.abs(power));
  if (typeof current === "number") return `${format.number(current, 0)} A`;
  return typeof target === "number" ? `${format.number(target, 0)} °C` : "";
}
