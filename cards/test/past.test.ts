import { describe, expect, it } from "vitest";
import { grown } from "../src/data/history";
import type { History } from "../src/data/types";
import { lanes } from "../src/logic/lanes";
import { around, LEAST_HOURS, moved, within, zoomed } from "../src/logic/sight";
import { facts } from "../src/logic/slot";
import { columns, csv } from "../src/logic/table";
import { energy, stretches, timeline } from "../src/logic/timeline";
import { view } from "../src/logic/view";
import { asset, format, NOW, plan, t } from "./home";

const HOUR = 3_600_000;
const BOILER = asset("Kitchen boiler").id;
const BATTERY = asset("Battery").id;

/** Eight quarter hours up to 11:15, three minutes before the recorded plan begins. */
function history(more: Partial<History> = {}): History {
  const of = (value: number): number[] => Array.from({ length: 8 }, () => value);
  return {
    start: "2026-11-21T09:15:00Z",
    minutes: 15,
    price: of(0.25),
    export_price: of(0.1),
    price_level: Array.from({ length: 8 }, () => "cheap"),
    planned: { load: of(0.5), solar: of(1), grid: of(1.5), [BOILER]: [2, 2, 2, 2, 0, 0, 0, 0] },
    measured: { load: of(0.6), solar: of(0.8), grid: of(-0.4), [BOILER]: [0, 0, 2, 2, 2, 0, 0, 0] },
    planned_level: { [BATTERY]: of(5) },
    measured_level: { [BATTERY]: of(4) },
    ...more,
  };
}

function line() {
  return timeline(plan(), history());
}

describe("timeline", () => {
  it("puts the past before the plan, with the running slot between them", () => {
    const { plan: whole, past } = line();
    expect(past.slots).toBe(9);
    expect(whole.edges.slice(0, 2)).toEqual(["2026-11-21T09:15:00.000Z", "2026-11-21T09:30:00.000Z"]);
    expect(whole.edges[8]).toBe("2026-11-21T11:15:00.000Z");
    expect(whole.edges[9]).toBe(plan().edges[0]);
    expect(whole.edges).toHaveLength(plan().edges.length + 9);
    const series = [
      whole.home?.import_price,
      whole.home?.grid_kw,
      ...whole.assets.map((one) => one.power_kw),
    ];
    for (const values of series) expect(values).toHaveLength(whole.edges.length - 1);
  });

  it("takes what was measured as the past, and what is not known as unknown", () => {
    const { home } = line().plan;
    expect(home?.load_kw.slice(7, 9)).toEqual([0.6, null]);
    expect(home?.import_price[8]).toBe(plan().home?.import_price[0]);
    expect(home?.price_quality.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => "known"));
    // Fed in 0.4 kW for a quarter hour.
    expect(home?.cost[0]).toBeCloseTo(-0.4 * 0.25 * 0.1);
  });

  it("leaves a plan without a past as it is", () => {
    expect(timeline(plan(), null)).toMatchObject({ plan: { id: plan().id }, past: { slots: 0 } });
    const later = history({ start: "2026-11-21T12:00:00Z" });
    expect(timeline(plan(), later).past.slots).toBe(0);
  });

  it("draws what ran and what was to run apart from each other", () => {
    const { plan: whole, past } = line();
    const lane = lanes(whole, past).find((one) => one.asset.id === BOILER);
    expect(lane?.was.map((one) => [one.from, one.to].map((at) => format.time(at)))).toEqual([
      ["10:15", "11:15"],
    ]);
    const [ran] = lane?.blocks ?? [];
    expect(ran && [format.time(ran.from), format.time(ran.to)]).toEqual(["10:45", "11:30"]);
    expect(ran?.block).toMatchObject({ mode: "did.on", power_kw: 2, energy_kwh: 1.5 });
  });

  it("makes one stretch of what keeps its direction", () => {
    const edges = [0, 1, 2, 3, 4].map((hour) => hour * HOUR);
    const found = stretches(asset("Battery"), [1, 3, -2, 0.01], edges);
    expect(found.map((one) => [one.mode, one.power_kw, one.energy_kwh])).toEqual([
      ["did.charge", 2, 4],
      ["did.discharge", -2, -2],
    ]);
  });

  it("adds energy up between any two instants", () => {
    const edges = [0, HOUR, 2 * HOUR, 3 * HOUR];
    expect(energy([2, 4, null], edges, HOUR / 2, 1.5 * HOUR)).toBe(3);
    expect(energy([2, 4, null], edges, 2 * HOUR, 3 * HOUR)).toBeNull();
    expect(energy(undefined, edges, 0, HOUR)).toBeNull();
  });

  it("tells of a slot that is over what was planned beside what happened", () => {
    const told = Object.fromEntries(facts(line(), 0, t, format).map((fact) => [fact.name, fact.value]));
    expect(told).toMatchObject({
      Sun: "800 W (planned 1.0 kW)",
      "Kitchen boiler": "0 W (planned 2.0 kW)",
      Grid: "-400 W (planned 1.5 kW)",
      Earned: "£0.01",
    });
    const coming = facts(line(), 9, t, format).map((fact) => fact.value);
    expect(coming.some((value) => value.includes("planned"))).toBe(false);
  });

  it("is laid out in rows like the plan alone", () => {
    const drawn = view(line(), NOW, 800, NOW - HOUR, NOW + 5 * HOUR);
    expect(drawn?.soc?.planned.slice(0, 8)).toEqual(history().planned_level[BATTERY]);
    expect(drawn?.edges[(drawn?.first ?? 0) + 1]).toBeGreaterThan(NOW - HOUR);
    expect(drawn?.edges[drawn?.last ?? 0]).toBeGreaterThanOrEqual(NOW + 5 * HOUR);
  });
});

describe("table", () => {
  it("has what was planned beside what happened, in columns of their own when copied", () => {
    const boiler = columns(line(), t, format).find((column) => column.name === "Kitchen boiler");
    expect(boiler?.planned.slice(0, 9)).toEqual([2, 2, 2, 2, 0, 0, 0, 0, null]);
    expect(boiler?.values.slice(0, 9)).toEqual([0, 0, 2, 2, 2, 0, 0, 0, null]);
    const [head = "", first = ""] = csv(line(), t, format).split("\r\n");
    const at = head.split(",").indexOf("Kitchen boiler (kW)");
    expect(head.split(",")[at + 1]).toBe("Kitchen boiler as planned (kW)");
    expect(first.split(",").slice(at, at + 2)).toEqual(["0", "2"]);
  });
});

describe("sight", () => {
  it("begins with some of the past, as far as there is one", () => {
    const { from, to } = around(line(), NOW, 16);
    expect([(NOW - from) / HOUR, (to - from) / HOUR]).toEqual([2, 16]);
    expect(around(timeline(plan(), null), NOW, 16).from).toBe(Date.parse(plan().edges[0] ?? ""));
  });

  it("stays within what there is, however it is moved, and no narrower than can be read", () => {
    const all = within(line(), { from: 0, to: Number.MAX_SAFE_INTEGER });
    expect(all.from).toBe(Date.parse("2026-11-21T09:15:00Z"));
    const shown = around(line(), NOW, 12);
    const left = within(line(), moved(shown, -5));
    expect([left.from, left.to - left.from]).toEqual([all.from, shown.to - shown.from]);
    expect(within(line(), moved(shown, 50)).to).toBe(all.to);
    const close = within(line(), zoomed(shown, 0.01, NOW));
    expect(close.to - close.from).toBe(LEAST_HOURS * HOUR);
    expect(zoomed(shown, 0.5, NOW).from).toBeGreaterThan(shown.from);
  });
});

describe("history", () => {
  const added = (start: string, grid: number): History => ({
    ...history({ start, planned: {}, planned_level: {}, measured_level: {} }),
    price: [0.3],
    export_price: [0.1],
    price_level: ["normal"],
    measured: { grid: [grid] },
  });

  it("grows by what is added, with a gap where nothing came", () => {
    const more = grown(history(), added("2026-11-21T11:45:00Z", 7));
    expect(more.start).toBe("2026-11-21T09:15:00.000Z");
    expect(more.measured.grid?.slice(7)).toEqual([-0.4, null, null, 7]);
    expect(more.planned.grid?.slice(7)).toEqual([1.5, null, null, null]);
    expect(more.price).toHaveLength(11);
  });

  it("keeps a day, puts right what comes again, and begins with the first", () => {
    let past = history();
    for (let i = 0; i < 200; i++)
      past = grown(
        past,
        added(new Date(Date.parse("2026-11-21T11:15:00Z") + (i * HOUR) / 4).toISOString(), i),
      );
    expect(past.price).toHaveLength(96);
    expect(past.measured.grid?.at(-1)).toBe(199);
    const same = grown(history(), added("2026-11-21T11:00:00Z", 5));
    expect(same.measured.grid?.slice(-2)).toEqual([-0.4, 5]);
    expect(grown(null, history())).toEqual(history());
  });
});
