/** Everything the chart needs, worked out once per plan, width and span. */

import type { Plan, Series } from "../data/types";
import { type Axis, slotAt } from "./axis";
import { type Lane, lanes } from "./lanes";
import { type Scale, scale } from "./scale";
import type { Past, Timeline } from "./timeline";

export const ROW = {
  price: 104,
  label: 14,
  power: 72,
  soc: 44,
  lane: 24,
  empty: 2,
  grid: 48,
  axis: 22,
  gap: 16,
  between: 8,
} as const;
const NARROW = 520;

export interface Band {
  readonly top: number;
  readonly bottom: number;
}

export interface LaneBand extends Band {
  readonly lane: Lane;
}

export interface View {
  /** From the first slot that is known of on: see Timeline. */
  readonly plan: Plan;
  readonly past: Past;
  readonly edges: readonly number[];
  readonly axis: Axis;
  readonly now: number;
  readonly slot: number | null;
  /** Slots that are in sight: the first, and the one after the last. */
  readonly first: number;
  readonly last: number;
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly price: Band & { scale: Scale };
  /** None of the curves where only prices and lanes are shown. */
  readonly power: (Band & { scale: Scale; solar: boolean }) | null;
  readonly soc:
    | (Band & { scale: Scale; level: Series; planned: Series; start: number | null; capacity: number })
    | null;
  readonly grid: (Band & { scale: Scale }) | null;
  readonly lanes: readonly LaneBand[];
  readonly bottom: number;
}

function inSight(lane: Lane, from: number, to: number): number {
  return [...lane.blocks, ...lane.was].filter((block) => block.to > from && block.from < to).length;
}

/** What of the time is in sight, in ms since the epoch. */
export interface Sight {
  readonly from: number;
  readonly to: number;
}

/**
 * Lays the rows out below each other for the time from `from` to `to`; `brief`: only prices and lanes; `only`: the lane of
 * that asset. Null while there is nothing to draw.
 */
export function view(
  line: Timeline,
  now: number,
  width: number,
  from: number,
  to: number,
  brief = false,
  only?: string,
): View | null {
  const { plan, past } = line;
  const home = plan.home;
  if (!home || plan.edges.length < 2 || width < 120 || to <= from) return null;
  const edges = plan.edges.map((edge) => Date.parse(edge));
  const first = Math.max(edges.findIndex((edge) => edge > from) - 1, 0);
  const last = Math.min(edges.filter((edge) => edge < to).length, edges.length - 1);
  const narrow = width < NARROW;
  const caption = narrow ? 18 : 0;
  let top = 20;
  const band = (height: number, gap: number = ROW.gap): Band => {
    const found = { top: top + caption, bottom: top + caption + height };
    top = found.bottom + gap;
    return found;
  };
  const cut = (series: Series): Series => series.slice(first, last);
  const was = (key: string): Series => past.planned[key]?.slice(first, last) ?? [];
  const price = band(ROW.price);
  const power = brief ? null : band(ROW.power);
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level);
  const soc = battery && !brief ? band(ROW.soc) : null;
  const level = battery?.level ?? [];
  const capacity = battery?.level_max ?? Math.max(...level.map((value) => value ?? 0), 1);
  const shown = lanes(plan, past).filter((lane) => only === undefined || lane.asset.id === only);
  const rows = shown.map((lane) => ({
    lane,
    ...band(narrow && inSight(lane, from, to) === 0 ? ROW.empty : ROW.lane, narrow ? 6 : ROW.between),
  }));
  if (rows.length > 0 && !brief) top += ROW.gap - ROW.between;
  const grid = brief ? null : band(ROW.grid, 6);
  return {
    plan,
    past,
    edges,
    axis: { from, to, left: narrow ? 1 : 112, right: width - 1 },
    now,
    slot: slotAt(edges, now),
    first,
    last,
    width,
    height: top + ROW.axis,
    narrow,
    price: { ...price, scale: scale([cut(home.import_price)], price.top + ROW.label, price.bottom, 0.05) },
    power: power && {
      ...power,
      scale: scale(
        [cut(home.load_kw), cut(home.solar_kw), cut(home.solar_high_kw), was("load"), was("solar")],
        power.top,
        power.bottom,
        0.5,
      ),
      solar: plan.assets.some((asset) => asset.kind === "solar"),
    },
    soc:
      battery && soc
        ? {
            ...soc,
            scale: scale([[0, capacity]], soc.top, soc.bottom),
            level,
            planned: past.plannedLevel[battery.id] ?? [],
            start: battery.level_start,
            capacity,
          }
        : null,
    grid: grid && { ...grid, scale: scale([cut(home.grid_kw), was("grid")], grid.top, grid.bottom, 0.5) },
    lanes: rows,
    bottom: top,
  };
}
