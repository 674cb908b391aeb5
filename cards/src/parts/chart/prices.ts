import { type SVGTemplateResult, svg } from "lit";
import type { HomePlan } from "../../data/types";
import { x } from "../../logic/axis";
import { runs } from "../../logic/runs";
import { LEVEL_SIGNS } from "../theme";
import { type Pen, title } from "./frame";

const SIGN_PX = 12;
const NEAR_PX = 15;

interface Bar {
  readonly price: number | null;
  readonly level: string;
  readonly known: boolean;
}

function bars(home: HomePlan, first: number, last: number): Bar[] {
  return home.import_price.slice(first, last).map((price, i) => ({
    price,
    level: home.price_level[first + i] ?? "normal",
    known: home.price_quality[first + i] === "known",
  }));
}

/** The known prices that are worth a number: the lowest and the highest in sight. */
export function extremes(found: readonly Bar[]): number[] {
  const known = found.flatMap((bar, slot) =>
    bar.known && bar.price !== null ? [{ slot, price: bar.price }] : [],
  );
  if (known.length === 0) return [];
  const low = known.reduce((a, b) => (b.price < a.price ? b : a));
  const high = known.reduce((a, b) => (b.price > a.price ? b : a));
  return high.price - low.price < 0.0005 ? [low.slot] : [low.slot, high.slot];
}

/** A sign in each stretch of cheap or expensive hours, for those to whom its colour says nothing. */
function signs(
  found: readonly Bar[],
  at: (bar: number) => number,
  base: number,
): (SVGTemplateResult | null)[] {
  const stretches = runs(found, (a, b) => a.level === b.level && a.known === b.known);
  return stretches.map(({ first, last, value: bar }) => {
    const sign = LEVEL_SIGNS[bar.level];
    if (!sign || bar.price === null || bar.price <= 0 || at(last) - at(first) < SIGN_PX) return null;
    return svg`<text class=${bar.known ? "sign" : "sign open"} text-anchor="middle" x=${(at(first) + at(last)) / 2} y=${base - 4}>${sign}</text>`;
  });
}

/** Prices as bars coloured by level; what is not published yet is paler and hatched. */
export function prices(pen: Pen, home: HomePlan): SVGTemplateResult {
  const { view, format, t } = pen;
  const { axis, edges, price: row } = view;
  const found = bars(home, view.first, view.last);
  const zero = row.scale.y(0);
  const at = (bar: number): number =>
    Math.min(Math.max(x(axis, edges[view.first + bar] ?? axis.to), axis.left), axis.right);
  const groups = runs(found, (a, b) => a.price === b.price && a.level === b.level && a.known === b.known);
  const labels = extremes(found).map((slot) => {
    const group = groups.find((run) => run.first <= slot && slot < run.last);
    const middle = group ? (at(group.first) + at(group.last)) / 2 : at(slot);
    const kept = Math.min(Math.max(middle, axis.left + 12), axis.right - 14);
    const now = x(axis, view.now);
    // The line of now would go through the figure.
    return { slot, x: Math.abs(kept - now) < NEAR_PX ? now + NEAR_PX : kept };
  });
  const open = found.findIndex((bar) => !bar.known);
  const unit = format.price(0).unit;
  return svg`
    ${title(pen, row, t("price"), unit)}
    ${groups.map(({ first, last, value: bar }) => {
      if (bar.price === null) return null;
      const y = row.scale.y(bar.price);
      const width = Math.max(at(last) - at(first) - (view.narrow ? 0.5 : 1), 0.5);
      const fill = bar.known ? `var(--mo-${bar.level})` : `url(#open-${bar.level})`;
      return svg`<rect x=${at(first)} y=${Math.min(y, zero)} width=${width} height=${Math.max(Math.abs(zero - y), 1)}
        rx="1.5" style=${`fill:${fill}`} />`;
    })}
    ${signs(found, at, zero)}
    <line class="base" x1=${axis.left} x2=${axis.right} y1=${zero} y2=${zero} />
    ${labels.map(
      (label) => svg`<text class="value" text-anchor="middle" x=${label.x}
        y=${row.scale.y(found[label.slot]?.price ?? 0) - 4}>${format.price(found[label.slot]?.price ?? 0).value}</text>`,
    )}
    ${
      open >= 0 && axis.right - at(open) > 110
        ? svg`<text class="note" x=${axis.right} y=${view.narrow ? row.top - 6 : row.top + 2} text-anchor="end">${t("expected")}</text>`
        : null
    }`;
}
