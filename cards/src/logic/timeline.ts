/** The past and the plan on one time axis: first what happened, beside what was planned for it, then what is to come. */

import type { AssetPlan, Block, History, HomePlan, Plan, Quality, Series, SeriesById } from "../data/types";

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Less than this is no running: standby, the noise of a meter. */
const IDLE_KW = 0.05;

export interface Past {
  /** Slots before the plan begins; the last one may reach from the last measured slot to the plan. */
  readonly slots: number;
  readonly planned: SeriesById;
  readonly measured: SeriesById;
  readonly plannedLevel: SeriesById;
  readonly measuredLevel: SeriesById;
}

/** A plan that begins in the past: its values are what was measured there, and `past` tells what had been planned. */
export interface Timeline {
  readonly plan: Plan;
  readonly past: Past;
}

export const NO_PAST: Past = { slots: 0, planned: {}, measured: {}, plannedLevel: {}, measuredLevel: {} };

/** One axis from the first slot that is known of to the end of the plan. */
export function timeline(plan: Plan, history: History | null | undefined): Timeline {
  const first = Date.parse(plan.edges[0] ?? "");
  const home = plan.home;
  if (!history || !home) return { plan, past: NO_PAST };
  const start = Date.parse(history.start);
  const step = history.minutes * MINUTE;
  const measured = Math.min(history.price.length, Math.floor((first - start) / step));
  if (measured <= 0) return { plan, past: NO_PAST };
  const edges = Array.from({ length: measured + 1 }, (_, i) => start + i * step);
  // Between the last slot that is over and the plan lies the running one.
  if ((edges[measured] ?? first) < first) edges.push(first);
  const slots = edges.length - 1;
  const pad = <T>(values: readonly (T | null)[] | undefined): (T | null)[] =>
    Array.from({ length: slots }, (_, i) => (i < measured ? (values?.[i] ?? null) : null));
  const table = (found: SeriesById): SeriesById =>
    Object.fromEntries(Object.entries(found).map(([key, values]) => [key, pad(values)]));
  const past: Past = {
    slots,
    planned: table(history.planned),
    measured: table(history.measured),
    plannedLevel: table(history.planned_level),
    measuredLevel: table(history.measured_level),
  };
  const before = edges.slice(0, -1).map((edge) => new Date(edge).toISOString());
  return {
    past,
    plan: {
      ...plan,
      edges: [...before, ...plan.edges],
      home: joinedHome(
        home,
        past,
        pad(history.price),
        pad(history.export_price),
        pad(history.price_level),
        edges,
      ),
      assets: plan.assets.map((asset) => joinedAsset(asset, past, edges)),
    },
  };
}

function joinedHome(
  home: HomePlan,
  past: Past,
  price: Series,
  exportPrice: Series,
  level: readonly (string | null)[],
  edges: readonly number[],
): HomePlan {
  const of = (key: string): Series => past.measured[key] ?? price.map(() => null);
  // The running slot has the price of the plan's first one: it is the same quarter hour, or the price was kept.
  const running = (values: Series, next: number | null | undefined): Series =>
    values.map((value, slot) => (slot === past.slots - 1 ? (value ?? next ?? null) : value));
  const [bought, sold] = [running(price, home.import_price[0]), running(exportPrice, home.export_price[0])];
  const cost = of("grid").map((kw, slot) => {
    const rate = (kw ?? 0) > 0 ? bought[slot] : sold[slot];
    const hours = ((edges[slot + 1] ?? 0) - (edges[slot] ?? 0)) / HOUR;
    return kw === null || rate === null || rate === undefined ? null : kw * hours * rate;
  });
  const nothing = price.map(() => null);
  return {
    import_price: [...bought, ...home.import_price],
    export_price: [...sold, ...home.export_price],
    price_quality: [...price.map((): Quality => "known"), ...home.price_quality],
    price_level: [...level.map((one) => one ?? home.price_level[0] ?? "normal"), ...home.price_level],
    load_kw: [...of("load"), ...home.load_kw],
    solar_kw: [...of("solar"), ...home.solar_kw],
    solar_low_kw: [...nothing, ...home.solar_low_kw],
    solar_high_kw: [...nothing, ...home.solar_high_kw],
    grid_kw: [...of("grid"), ...home.grid_kw],
    cost: [...cost, ...home.cost],
  };
}

function joinedAsset(asset: AssetPlan, past: Past, edges: readonly number[]): AssetPlan {
  const power = past.measured[asset.id] ?? Array.from({ length: past.slots }, () => null);
  const known = past.measuredLevel[asset.id] ?? power.map(() => null);
  // Where the running slot ends the plan begins.
  const level = known.map((kwh, slot) => (slot === past.slots - 1 ? (kwh ?? asset.level_start) : kwh));
  return {
    ...asset,
    power_kw: [...power, ...asset.power_kw],
    active: [...power.map((kw) => Math.abs(kw ?? 0) > IDLE_KW), ...asset.active],
    level: asset.level ? [...level, ...asset.level] : null,
    level_start: asset.level ? null : asset.level_start,
    blocks: [...stretches(asset, power, edges), ...asset.blocks],
  };
}

/** What an asset did, or was to do, in the past (modes "did.…"): one block per stretch in which its power keeps its sign. */
export function stretches(asset: AssetPlan, power: Series, edges: readonly number[]): Block[] {
  const found: Block[] = [];
  let open: { first: number; sign: number } | null = null;
  const sign = (kw: number | null | undefined): number =>
    Math.abs(kw ?? 0) > IDLE_KW ? Math.sign(kw ?? 0) : 0;
  for (let slot = 0; slot <= power.length; slot++) {
    const now = slot < power.length ? sign(power[slot]) : 0;
    if (open && now === open.sign) continue;
    if (open) found.push(block(asset, power, edges, open.first, slot));
    open = now === 0 ? null : { first: slot, sign: now };
  }
  return found;
}

function block(
  asset: AssetPlan,
  power: Series,
  edges: readonly number[],
  first: number,
  last: number,
): Block {
  let energy = 0;
  for (let slot = first; slot < last; slot++)
    energy += ((power[slot] ?? 0) * ((edges[slot + 1] ?? 0) - (edges[slot] ?? 0))) / HOUR;
  const [start, end] = [edges[first] ?? 0, edges[last] ?? 0];
  const mean = (energy * HOUR) / Math.max(end - start, 1);
  const stores = asset.kind === "battery" || asset.kind === "vehicle";
  return {
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
    mode: stores ? (mean > 0 ? "did.charge" : "did.discharge") : "did.on",
    power_kw: mean,
    energy_kwh: energy,
    cost: 0,
    source: null,
  };
}

/** Energy of an asset (or flow of the home) between two instants, in kWh; null when nothing of it is known. */
export function energy(
  power: Series | undefined,
  edges: readonly number[],
  from: number,
  to: number,
): number | null {
  let sum: number | null = null;
  power?.forEach((kw, slot) => {
    const overlap = Math.min(edges[slot + 1] ?? 0, to) - Math.max(edges[slot] ?? 0, from);
    if (kw !== null && overlap > 0) sum = (sum ?? 0) + (kw * overlap) / HOUR;
  });
  return sum;
}
