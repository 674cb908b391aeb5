import { type SVGTemplateResult, svg } from "lit";
import type { HomePlan, Series } from "../../data/types";
import { x } from "../../logic/axis";
import type { Scale } from "../../logic/scale";
import type { View } from "../../logic/view";
import { type Pen, title } from "./frame";

type Point = readonly [number, number];

const LONGEST_BRIDGED_MS = 16 * 60_000;

/** Points at the middle of each slot in sight; a gap in the values is a gap in the line. */
export function points(view: View, scale: Scale, series: Series, most = Number.POSITIVE_INFINITY): Point[][] {
  const parts: Point[][] = [[]];
  for (let slot = view.first; slot < Math.min(view.last, series.length, most); slot++) {
    const value = series[slot];
    const [start, end] = [view.edges[slot] ?? 0, view.edges[slot + 1] ?? 0];
    // Of the running slot nothing is known yet; the line goes on behind it, unless more than that is missing.
    if (value === null || value === undefined) {
      if (slot !== view.past.slots - 1 || end - start > LONGEST_BRIDGED_MS) parts.push([]);
    } else parts[parts.length - 1]?.push([x(view.axis, inSight(view, (start + end) / 2)), scale.y(value)]);
  }
  const half =
    (x(view.axis, view.edges[view.first + 1] ?? 0) - x(view.axis, view.edges[view.first] ?? 0)) / 2;
  // A slot that stands alone would be a point: it is as wide as it lasts.
  return parts
    .filter((part) => part.length > 0)
    .map((part) => {
      const [[px, py] = [0, 0]] = part;
      return part.length > 1
        ? part
        : [
            [px - half, py],
            [px + half, py],
          ];
    });
}

/** The same for values that hold at the end of each slot. */
function endPoints(view: View, scale: Scale, series: Series, start: number | null): Point[][] {
  const parts: Point[][] = [[]];
  for (let edge = view.first; edge <= Math.min(view.last, series.length); edge++) {
    const value = edge === 0 ? start : series[edge - 1];
    if (value === null || value === undefined) parts.push([]);
    else parts[parts.length - 1]?.push([x(view.axis, inSight(view, view.edges[edge] ?? 0)), scale.y(value)]);
  }
  return parts.filter((part) => part.length > 0);
}

function inSight(view: View, at: number): number {
  return Math.min(Math.max(at, view.axis.from), view.axis.to);
}

/** What had been planned for the past: a dashed line, told from what happened by its shape. */
function wasPlanned(pen: Pen, scale: Scale, key: string, colour: string): SVGTemplateResult[] {
  const series = pen.view.past.planned[key] ?? [];
  return points(pen.view, scale, series).map(
    (part) => svg`<path class="planned" style=${`stroke:var(--mo-${colour})`} d=${path(part)} />`,
  );
}

export function path(part: readonly Point[]): string {
  return part.map(([px, py], i) => `${i === 0 ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
}

function area(part: readonly Point[], base: number): string {
  const [first, last] = [part[0], part[part.length - 1]];
  if (!first || !last) return "";
  return `${path(part)}L${last[0].toFixed(1)} ${base}L${first[0].toFixed(1)} ${base}Z`;
}

/** Sun with its likely band, and what the home itself uses, on one scale. */
export function power(pen: Pen, home: HomePlan): SVGTemplateResult | null {
  const { view, t, format } = pen;
  const row = view.power;
  if (!row) return null;
  const base = row.scale.y(0);
  const low = points(view, row.scale, home.solar_low_kw).flat();
  const high = points(view, row.scale, home.solar_high_kw).flat();
  const band =
    low.length > 1 && high.length > 1 ? `${path(high)}${path([...low].reverse()).replace("M", "L")}Z` : "";
  const top = svg`<text class="scale" x=${view.axis.right} y=${row.top + 8} text-anchor="end">${format.power(row.scale.high)}</text>`;
  const names = view.narrow
    ? svg`<text class="name" x="1" y=${row.top - 6}>
        ${row.solar ? svg`<tspan style="fill:var(--mo-sun)">${t("sun")}</tspan><tspan class="note"> · </tspan>` : null}<tspan style="fill:var(--mo-home)">${t("home")}</tspan></text>`
    : svg`${row.solar ? title(pen, row, t("sun"), "", "sun") : null}
        ${title(pen, { top: row.top + (row.solar ? 18 : 0), bottom: row.bottom }, t("home"), "", "home")}`;
  return svg`${names}${top}
    ${
      row.solar
        ? svg`<path class="band" d=${band} />
        ${points(view, row.scale, home.solar_kw).map(
          (part) => svg`<path class="sun-fill" d=${area(part, base)} /><path class="sun" d=${path(part)} />`,
        )}`
        : null
    }
    ${points(view, row.scale, home.load_kw).map((part) => svg`<path class="home" d=${path(part)} />`)}
    ${row.solar ? wasPlanned(pen, row.scale, "solar", "sun") : null}${wasPlanned(pen, row.scale, "load", "home")}
    <line class="base" x1=${view.axis.left} x2=${view.axis.right} y1=${base} y2=${base} />`;
}

/** How full the battery will be. */
export function charge(pen: Pen): SVGTemplateResult | null {
  const { view, t } = pen;
  const row = view.soc;
  if (!row) return null;
  const { axis } = view;
  const parts = endPoints(view, row.scale, row.level, row.start);
  const planned = endPoints(view, row.scale, row.planned, null);
  return svg`
    ${title(pen, row, t("battery"), "%", "battery")}
    <text class="scale" x=${axis.right} y=${row.top + 8} text-anchor="end">100</text>
    <line class="limit" x1=${axis.left} x2=${axis.right} y1=${row.top} y2=${row.top} />
    ${parts.map(
      (part) =>
        svg`<path class="soc-fill" d=${area(part, row.bottom)} /><path class="soc" d=${path(part)} />`,
    )}
    ${planned.map((part) => svg`<path class="planned" style="stroke:var(--mo-battery)" d=${path(part)} />`)}
    <line class="base" x1=${axis.left} x2=${axis.right} y1=${row.bottom} y2=${row.bottom} />`;
}

/** Power through the meter: import above the line, export below. */
export function meter(pen: Pen, home: HomePlan): SVGTemplateResult | null {
  const { view, t, format } = pen;
  const { axis, edges, grid: row } = view;
  if (!row) return null;
  const zero = row.scale.y(0);
  return svg`
    ${title(pen, row, t("grid"))}
    <text class="scale" x=${axis.right} y=${row.top + 8} text-anchor="end">${format.power(row.scale.high)}</text>
    ${home.grid_kw.slice(view.first, view.last).map((value, i) => {
      if (value === null || Math.abs(value) < 0.01) return null;
      const slot = view.first + i;
      const [from, to] = [
        Math.max(x(axis, edges[slot] ?? 0), axis.left),
        Math.min(x(axis, edges[slot + 1] ?? 0), axis.right),
      ];
      const y = row.scale.y(value);
      return svg`<rect class=${value > 0 ? "import" : "export"} x=${from} y=${Math.min(y, zero)}
        width=${Math.max(to - from - 0.5, 0.5)} height=${Math.abs(zero - y)} />`;
    })}
    ${wasPlanned(pen, row.scale, "grid", "text")}
    <line class="base" x1=${axis.left} x2=${axis.right} y1=${zero} y2=${zero} />`;
}
