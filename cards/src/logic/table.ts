/** The past and the plan as a table: one row per slot, for reading and for a spreadsheet. */

import type { Series } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";
import { colours } from "./lanes";
import type { Timeline } from "./timeline";

export interface Column {
  readonly name: string;
  /** Of what is over, as it went. */
  readonly values: Series;
  /** Of what is over, as it had been planned; empty where that is not kept. */
  readonly planned: Series;
  readonly unit: string;
  /** Of a thing that works in some slots and rests in others. */
  readonly colour?: string;
  say(value: number): string;
}

/** What there is to tell per slot; a column without any value is left out. */
export function columns({ plan, past }: Timeline, t: Translate, format: Format): Column[] {
  const home = plan.home;
  if (!home) return [];
  const perKwh = `${plan.currency}/kWh`;
  const price = (value: number): string => format.price(value).value;
  const power = (name: string, values: Series, key: string): Column => ({
    name,
    values,
    planned: past.planned[key] ?? [],
    unit: "kW",
    say: (value) => (value === 0 ? "0" : format.number(value, 2)),
  });
  const coloured = colours(plan);
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level && asset.level_max);
  const full = battery?.level_max ?? 1;
  const percent = (levels: Series | null | undefined): Series =>
    levels?.map((value) => (value === null ? null : (100 * value) / full)) ?? [];
  const found: Column[] = [
    { name: t("price"), values: home.import_price, planned: [], unit: perKwh, say: price },
    { name: t("export_price"), values: home.export_price, planned: [], unit: perKwh, say: price },
    power(t("sun"), home.solar_kw, "solar"),
    power(t("home"), home.load_kw, "load"),
    ...plan.assets
      .filter((asset) => asset.kind !== "grid" && asset.kind !== "solar")
      .map((asset) => ({
        ...power(asset.name, asset.power_kw, asset.id),
        colour: coloured.get(asset.id) ?? "normal",
      })),
    {
      name: t("battery_at_end"),
      values: percent(battery?.level),
      planned: percent(past.plannedLevel[battery?.id ?? ""]),
      unit: "%",
      say: (value) => format.number(value, 0),
    },
    power(t("grid"), home.grid_kw, "grid"),
    {
      name: t("cost"),
      values: home.cost,
      planned: [],
      unit: plan.currency,
      say: (value) => format.money(value),
    },
  ];
  return found.filter((column) => column.values.some((value) => value !== null));
}

/**
 * As comma-separated values: ISO times, plain numbers with a point, RFC 4180 quoting. With a past, what had been planned for
 * it stands in columns of its own.
 */
export function csv(line: Timeline, t: Translate, format: Format): string {
  const { edges } = line.plan;
  const found = columns(line, t, format).flatMap(({ name, unit, values, planned }) => [
    { head: `${name} (${unit})`, values },
    ...(planned.some((value) => value !== null)
      ? [{ head: `${t("planned", { name })} (${unit})`, values: planned }]
      : []),
  ]);
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["start", "end", ...found.map((column) => column.head)];
  const rows = edges.slice(0, -1).map((start, slot) => [
    start,
    edges[slot + 1] ?? "",
    ...found.map(({ values }) => {
      const value = values[slot];
      return typeof value === "number" ? String(Math.round(value * 1e5) / 1e5) : "";
    }),
  ]);
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n");
}
