/** Everything the chart needs, worked out once per plan and width. */

import type { Plan, Series } from "../data/types";
import { type Axis, slotAt } from "./axis";
import { type Lane, lanes } from "./lanes";
import { type Scale, scale } from "./scale";

export const ROW = { price: 84, power: 104, soc: 44, lane: 28, grid: 44, axis: 22, gap: 14 } as const;

export interface Band {
  readonly top: number;
  readonly bottom: number;
}

export interface View {
  readonly plan: Plan;
  readonly edges: readonly number[];
  readonly axis: Axis;
  readonly now: number;
  readonly slot: number | null;
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly price: Band & { scale: Scale };
  readonly power: Band & { scale: Scale; solar: boolean };
  readonly soc: (Band & { scale: Scale; level: Series; start: number | null; capacity: number }) | null;
  readonly grid: Band & { scale: Scale };
  readonly lanes: readonly Lane[];
  readonly lanesTop: number;
  readonly axisTop: number;
}

/** Lays the rows out below each other. Null while there is nothing to draw. */
export function view(plan: Plan, now: number, width: number): View | null {
  const home = plan.home;
  if (!home || plan.edges.length < 2 || width < 120) return null;
  const edges = plan.edges.map((edge) => Date.parse(edge));
  const gutter = width < 520 ? 0 : 104;
  const caption = gutter === 0 ? 16 : 0;
  let top = 18;
  const band = (height: number): Band => {
    const found = { top: top + caption, bottom: top + caption + height };
    top = found.bottom + ROW.gap;
    return found;
  };
  const price = band(ROW.price);
  const power = band(ROW.power);
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level);
  const socBand = battery ? band(ROW.soc) : null;
  const found = lanes(plan.assets);
  const lanesTop = top;
  top += found.length * (ROW.lane + caption) + (found.length > 0 ? ROW.gap : 0);
  const grid = band(ROW.grid);
  const axisTop = grid.bottom + 4;
  const level = battery?.level ?? [];
  const capacity = battery?.level_max ?? Math.max(...level.map((value) => value ?? 0), 1);
  return {
    plan,
    edges,
    axis: { from: edges[0] ?? 0, to: edges[edges.length - 1] ?? 1, left: gutter, right: width - 8 },
    now,
    slot: slotAt(edges, now),
    width,
    height: axisTop + ROW.axis,
    gutter,
    price: { ...price, scale: scale([home.import_price], price.top, price.bottom, 0.05) },
    power: {
      ...power,
      scale: scale([home.load_kw, home.solar_kw, home.solar_high_kw], power.top, power.bottom, 0.5),
      solar: plan.assets.some((asset) => asset.kind === "solar"),
    },
    soc:
      battery && socBand
        ? { ...socBand, scale: scale([[0, capacity]], socBand.top, socBand.bottom), level, start: battery.level_start, capacity }
        : null,
    grid: { ...grid, scale: scale([home.grid_kw], grid.top, grid.bottom, 0.5) },
    lanes: found,
    lanesTop,
    axisTop,
  };
}
