/** Long-term statistics of Home Assistant's recorder. */

import type { Hass } from "./hass";

export type Period = "day" | "month";

/** By how much something grew in a stretch of time that began at `start` (ms since the epoch). */
export interface Change {
  readonly start: number;
  readonly change: number;
}

/** The changes of one statistic since `from`, oldest first; periods without data are left out. */
export async function changes(hass: Hass, id: string, period: Period, from: number): Promise<Change[]> {
  const message = {
    type: "recorder/statistics_during_period",
    start_time: new Date(from).toISOString(),
    statistic_ids: [id],
    period,
    types: ["change"],
  };
  const found = await hass.callWS<Record<string, { start: number; change: number | null }[]>>(message);
  return (found[id] ?? []).flatMap(({ start, change }) => (change === null ? [] : [{ start, change }]));
}
