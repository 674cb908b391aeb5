/** What the integration pushes: the JSON of engine/model/plan.py. Power in kW, energy in kWh, times ISO 8601 in UTC. */

export type Level = "cheap" | "normal" | "expensive";
export type Quality = "known" | "forecast" | "assumed" | "missing";
export type Series = readonly (number | null)[];

export interface Block {
  start: string;
  end: string;
  mode: string;
  power_kw: number;
  energy_kwh: number;
  cost: number;
  source: string | null;
}

export interface Reason {
  code: string;
  start: string;
  end: string;
  cost_of_opposite: number | null;
  values: Record<string, number | string>;
}

export interface AssetPlan {
  id: string;
  kind: string;
  name: string;
  power_kw: Series;
  active: readonly boolean[];
  level: Series | null;
  level_unit: string | null;
  level_start: number | null;
  level_min: number | null;
  level_max: number | null;
  blocks: readonly Block[];
  energy_kwh: number;
  cost: number;
  value: Series | null;
  reasons: readonly Reason[];
  controlled: boolean;
}

export interface HomePlan {
  import_price: Series;
  export_price: Series;
  price_quality: readonly Quality[];
  price_level: readonly string[];
  load_kw: Series;
  solar_kw: Series;
  solar_low_kw: Series;
  solar_high_kw: Series;
  grid_kw: Series;
  cost: Series;
}

export interface InputStatus {
  key: string;
  origin: string;
  health: "fresh" | "stale" | "partial" | "provisional" | "suspect" | "missing";
  issued: string | null;
  rule: string;
  reason: string | null;
}

export interface Remedy {
  code: string;
  values: Readonly<Record<string, number | string>>;
}

export interface Shortfall {
  asset: string;
  need: string;
  by: string;
  amount: number;
  unit: string;
  limit: string | null;
  remedies: readonly Remedy[];
}

export interface Plan {
  id: string;
  at: string;
  status: "optimal" | "feasible" | "provisional" | "none";
  currency: string;
  timezone: string;
  edges: readonly string[];
  home: HomePlan | null;
  assets: readonly AssetPlan[];
  cost: number;
  baseline_cost: number;
  expected_saving: number;
  shortfalls: readonly Shortfall[];
  inputs: readonly InputStatus[];
}

/** The moment. Grid + = import, battery + = charge; `cost_per_hour` is negative while feeding in earns. */
export interface Now {
  mode: "off" | "advise" | "automatic";
  currency: string;
  timezone: string;
  price_now: number | null;
  export_price_now: number | null;
  next_price: number | null;
  next_price_at: string | null;
  price_level: Level | null;
  cost_per_hour: number | null;
  grid_kw: number | null;
  solar_kw: number | null;
  battery_kw: number | null;
  battery_soc: number | null;
  load_kw: number | null;
  updated_at: string | null;
}

/** What a person ordered by hand. */
export interface Override {
  mode: "on" | "off";
  start: string;
  end: string;
}

/** What a person asked for once. */
export interface Need {
  amount: number;
  unit: "kwh" | "percent" | "runs" | "celsius";
  by: string;
}

export interface AssetEntities {
  switch: string | null;
  binary_sensor: string | null;
  calendar: string | null;
  next_start: string | null;
  next_end: string | null;
  enabled: boolean;
  overrides: readonly Override[];
  needs: readonly Need[];
  active: boolean | null;
  /** It is switched on and draws nothing: hot, finished. */
  wants_nothing?: boolean | null;
}

/** By asset id, or "load", "solar", "grid" for the home. */
export type SeriesById = Readonly<Record<string, Series>>;

/**
 * The last day on an even grid of `minutes` from `start` on; null where nothing is known. Powers are means in kW,
 * levels those of stores at the end of each slot in kWh. `planned` is the plan as it stood when the slot began.
 */
export interface History {
  start: string;
  minutes: number;
  price: Series;
  export_price: Series;
  price_level: readonly (string | null)[];
  planned: SeriesById;
  measured: SeriesById;
  planned_level: SeriesById;
  measured_level: SeriesById;
}

export type SavingsPeriod = "today" | "month" | "year" | "total";

/** Money saved (negative: lost) ± uncertainty, and what was paid, over so many counted slots; others were left out. */
export interface Saved {
  saved: number;
  uncertainty: number;
  paid: number;
  counted: number;
  left_out: number;
}

/** What is lost without one device, and what it gains alone: its share lies between them. */
export interface Bounds {
  last: number;
  first: number;
}

export type Savings = Readonly<Record<SavingsPeriod, Saved>> & {
  since: string;
  method: string;
  /** The sensor whose long-term statistics tell days and months. */
  entity: string | null;
  assets: Readonly<Record<string, Readonly<Record<SavingsPeriod, Bounds>>>> | null;
};

/** How a forecast held up: `bias` and `daily_error` as shares of what was measured, or, not `relative`, in `unit`. */
export interface Score {
  forecast: string;
  lead: string;
  name: string | null;
  mae: number | null;
  unit: string;
  relative: boolean;
  bias: number | null;
  daily_error: number | null;
  days: number;
  verdict: string;
}

/** The charge on demand: the running window since `window`, the month's peak, and what one more kW of it costs. */
export interface Capacity {
  window: string;
  window_minutes: number;
  so_far_kwh: number | null;
  heading_kw: number | null;
  allowed_kw: number | null;
  peak_kw: number;
  free_kw: number;
  due: number;
  price_per_kw: number;
}

/** What a device was told, or would be, and what came of it. */
export interface CommandTold {
  at: string;
  happening: string;
  asset: string;
  asset_id: string;
  action?: string;
  power_kw?: number;
  current_a?: number;
  target_c?: number;
  reason?: string;
  verdict?: string;
  until?: string;
}

export interface Picture {
  plan: Plan | null;
  home: Now | null;
  entities: Record<string, AssetEntities>;
  history?: History | null;
  savings?: Savings | null;
  scorecard?: readonly Score[];
  capacity?: Capacity | null;
  commands?: readonly CommandTold[];
}
