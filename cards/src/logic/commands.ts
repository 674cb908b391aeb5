/** What devices were told, or would be if it were not for the mode, and what came of it. */

import type { CommandTold } from "../data/types";
import { isKey, type Key, type Translate } from "../i18n/translate";
import type { Format } from "./format";

export interface CommandRow {
  readonly at: string;
  readonly asset: string;
  readonly what: string;
  /** What came of it; empty where nothing measures it. */
  readonly outcome: string;
  readonly grade: "good" | "bad" | "none";
}

const BAD = new Set(["half", "ignored", "refused"]);
const FAILED = new Set(["refused", "given_up"]);

/** Commands as rows, newest first; of one asset alone when it is named. */
export function commandRows(
  commands: readonly CommandTold[],
  now: number,
  t: Translate,
  format: Format,
  assetId?: string,
): CommandRow[] {
  return commands
    .filter((command) => assetId === undefined || command.asset_id === assetId)
    .map((command) => ({
      at: format.when(Date.parse(command.at), now),
      asset: command.asset,
      what: [said(command, now, t, format), because(command, t)].filter(Boolean).join(" · "),
      outcome: outcome(command, t),
      grade:
        BAD.has(command.verdict ?? "") || FAILED.has(command.happening)
          ? "bad"
          : command.verdict === "obeyed"
            ? "good"
            : "none",
    }));
}

function said(command: CommandTold, now: number, t: Translate, format: Format): string {
  const key = `told.${command.action}`;
  const order = isKey(key)
    ? t(key, {
        power: format.power(command.power_kw ?? 0),
        current: format.number(command.current_a ?? 0, 0),
        target: format.number(command.target_c ?? 0),
      })
    : (command.action ?? "");
  const happening: Key | string = `happening.${command.happening}`;
  const time = command.until ? format.when(Date.parse(command.until), now) : "";
  if (command.happening === "hand" || command.happening === "given_up")
    return t(time ? `happening.${command.happening}_until` : `happening.${command.happening}`, { time });
  return isKey(happening) ? t(happening, { order }) : order;
}

/** Why, where it is more than the plan's own wish. */
function because(command: CommandTold, t: Translate): string {
  const key = `cause.${command.reason}`;
  return isKey(key) ? t(key) : "";
}

function outcome(command: CommandTold, t: Translate): string {
  const key = `verdict.${command.verdict}`;
  return isKey(key) ? t(key) : "";
}
