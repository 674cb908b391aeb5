/** The plan as a table: one row per slot, for reading and for a spreadsheet. */

import type { Plan, Series } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "./format";

export interface Column {
  readonly name: string;
  readonly values: Series;
  readonly unit: string;
  say(value: number): string;
}

/** What there is to tell per slot; a column without any value is left out. */
export function columns(plan: Plan, t: Translate, format: Format): Column[] {
  const home = plan.home;
  if (!home) return [];
  const perKwh = `${plan.currency}/kWh`;
  const price = (value: number): string => format.price(value).value;
  const power = (value: number): string => format.number(value, 2);
  const battery = plan.assets.find((asset) => asset.kind === "battery" && asset.level && asset.level_max);
  const full = battery?.level_max ?? 1;
  const found: Column[] = [
    { name: t("price"), values: home.import_price, unit: perKwh, say: price },
    { name: t("export_price"), values: home.export_price, unit: perKwh, say: price },
    { name: t("sun"), values: home.solar_kw, unit: "kW", say: power },
    { name: t("home"), values: home.load_kw, unit: "kW", say: power },
    ...plan.assets
      .filter((asset) => asset.kind !== "grid" && asset.kind !== "solar")
      .map((asset) => ({ name: asset.name, values: asset.power_kw, unit: "kW", say: power })),
    {
      name: t("battery_at_end"),
      values: battery?.level?.map((value) => (value === null ? null : (100 * value) / full)) ?? [],
      unit: "%",
      say: (value) => format.number(value, 0),
    },
    { name: t("grid"), values: home.grid_kw, unit: "kW", say: power },
    { name: t("cost"), values: home.cost, unit: plan.currency, say: (value) => format.money(value) },
  ];
  return found.filter((column) => column.values.some((value) => value !== null));
}

/** As comma-separated values: ISO times, plain numbers with a point, RFC 4180 quoting. */
export function csv(plan: Plan, t: Translate, format: Format): string {
  const found = columns(plan, t, format);
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["start", "end", ...found.map((column) => `${column.name} (${column.unit})`)];
  const rows = plan.edges.slice(0, -1).map((start, slot) => [
    start,
    plan.edges[slot + 1] ?? "",
    ...found.map((column) => {
      const value = column.values[slot];
      return typeof value === "number" ? String(Math.round(value * 1e5) / 1e5) : "";
    }),
  ]);
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n");
}
