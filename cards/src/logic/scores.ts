/** How the forecasts held up, in plain words. */

import type { Score } from "../data/types";
import { isKey, type Translate } from "../i18n/translate";
import type { Format } from "./format";

export interface ScoreRow {
  readonly name: string;
  readonly grade: "good" | "learning" | "bad";
  readonly sentence: string;
  /** The figures behind it; empty while there are none. */
  readonly figures: string;
}

/** One row per forecast: what it is, whether it can be relied on, and the figures behind that. */
export function scoreRows(scores: readonly Score[], t: Translate, format: Format): ScoreRow[] {
  return scores.map((score) => {
    const subject = `score.${score.forecast.split(":")[0]}`;
    const name = isKey(subject) ? t(subject) : score.forecast;
    const verdict = `score.verdict.${score.verdict}`;
    const bias = format.percent(Math.abs(score.bias ?? 0) * 100);
    return {
      name: score.name ? `${name} (${score.name})` : name,
      grade: score.verdict === "good" || score.verdict === "learning" ? score.verdict : "bad",
      sentence: isKey(verdict) ? t(verdict, { bias, days: score.days }) : score.verdict,
      figures: figures(score, t, format),
    };
  });
}

function figures(score: Score, t: Translate, format: Format): string {
  const { mae, daily_error: daily, bias, days } = score;
  const said = [
    mae === null ? "" : t("score.mae", { error: size(mae, score.unit, format) }),
    daily === null ? "" : t("score.daily", { percent: format.percent(daily * 100) }),
    bias === null
      ? ""
      : t(bias < 0 ? "score.low" : "score.high", { percent: format.percent(Math.abs(bias) * 100) }),
    days > 0 ? t("score.days", { days }) : "",
  ];
  return said.filter(Boolean).join(" · ");
}

function size(mae: number, unit: string, format: Format): string {
  if (unit === "kW") return format.power(mae);
  return unit.endsWith("/kWh") ? format.priceText(mae) : `${format.number(mae, 2)} ${unit}`;
}
