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
    return {
      name: score.name ? `${name} (${score.name})` : name,
      grade: score.verdict === "good" || score.verdict === "learning" ? score.verdict : "bad",
      sentence: sentence(score, t, format),
      figures: figures(score, t, format),
    };
  });
}

/** A temperature has no shares: what is bad about it is told in degrees. */
const OF_DEGREES: Record<string, "score.too_warm" | "score.too_cold" | "score.poor_degrees"> = {
  too_high: "score.too_warm",
  too_low: "score.too_cold",
  poor: "score.poor_degrees",
};

function sentence(score: Score, t: Translate, format: Format): string {
  const bias = share(Math.abs(score.bias ?? 0), score, format);
  const ofDegrees = score.relative ? undefined : OF_DEGREES[score.verdict];
  if (ofDegrees) return t(ofDegrees, { bias, error: size(score.mae ?? 0, score.unit, format) });
  const verdict = `score.verdict.${score.verdict}`;
  return isKey(verdict) ? t(verdict, { bias }) : score.verdict;
}

function figures(score: Score, t: Translate, format: Format): string {
  const { mae, daily_error: daily, bias, days } = score;
  const said = [
    mae === null ? "" : t("score.mae", { error: size(mae, score.unit, format) }),
    daily === null
      ? ""
      : score.relative
        ? t("score.daily", { percent: share(daily, score, format) })
        : t("score.daily_mean", { error: share(daily, score, format) }),
    bias === null
      ? ""
      : t(bias < 0 ? "score.low" : "score.high", { percent: share(Math.abs(bias), score, format) }),
    days > 0 ? t("score.days", { days }) : "",
  ];
  return said.filter(Boolean).join(" · ");
}

/** Bias and daily error as the score has them: a share, or a difference in its unit. */
function share(value: number, score: Score, format: Format): string {
  return score.relative ? format.percent(value * 100) : size(value, score.unit, format);
}

function size(value: number, unit: string, format: Format): string {
  if (unit === "kW") return format.power(value);
  return unit.endsWith("/kWh") ? format.priceText(value) : `${format.number(value)} ${unit}`;
}
