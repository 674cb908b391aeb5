import { describe, expect, it } from "vitest";
import type { Plan } from "../src/data/types";
import { lanes } from "../src/logic/lanes";
import { runs } from "../src/logic/runs";
import { scale } from "../src/logic/scale";
import { facts } from "../src/logic/slot";
import { timeline } from "../src/logic/timeline";
import { view as viewOf } from "../src/logic/view";
import { format, NOW, plan, t } from "./home";

const HOUR = 3_600_000;

/** The view of a plan without a past, from its begin on. */
function view(of: Plan, now: number, width: number, hours: number) {
  const from = Date.parse(of.edges[0] ?? "");
  return viewOf(timeline(of, null), now, width, from, from + hours * HOUR);
}

describe("view", () => {
  it.each([
    [328, 24],
    [328, 48],
    [1100, 48],
  ])("lays %i px and %i h out in rows that do not overlap", (width, hours) => {
    const drawn = view(plan(), NOW, width, hours);
    if (!drawn) throw new Error("nothing was drawn");
    const rows = [drawn.price, drawn.power, drawn.soc, ...drawn.lanes, drawn.grid].filter(
      (row) => row !== null,
    );
    let above = 0;
    for (const row of rows) {
      expect(row.top).toBeGreaterThanOrEqual(above);
      expect(row.bottom).toBeGreaterThan(row.top);
      above = row.bottom;
    }
    expect(drawn.bottom).toBeGreaterThan(above);
    expect(drawn.axis.to - drawn.axis.from).toBeLessThanOrEqual(hours * 3_600_000);
    expect(drawn.axis.to - drawn.axis.from).toBeGreaterThan((hours - 1) * 3_600_000);
  });

  it("shows no battery row without a battery, and nothing without a plan or room", () => {
    const without = { ...plan(), assets: plan().assets.filter((one) => one.kind !== "battery") };
    expect(view(without, NOW, 800, 48)?.soc).toBeNull();
    expect(view({ ...plan(), home: null }, NOW, 800, 48)).toBeNull();
    expect(view(plan(), NOW, 40, 48)).toBeNull();
  });

  it("keeps every value inside its row, also below zero", () => {
    const row = scale([[0.3, -0.1, null]], 10, 110);
    expect(row.y(0.3)).toBe(10);
    expect(row.y(-0.1)).toBe(110);
    expect(row.y(0)).toBeCloseTo(85);
  });

  it("gives every planned thing a lane, stores first, none to grid and sun", () => {
    const found = lanes(plan(), timeline(plan(), null).past);
    expect(found.map((lane) => lane.asset.name)).toEqual(["Battery", "Kitchen boiler", "Pool pump"]);
    expect(found[0]?.blocks.slice(0, 3).map((block) => block.look)).toEqual(["solid", "still", "soft"]);
    expect(new Set(found.map((lane) => lane.colour)).size).toBe(3);
  });

  it("is brief where other cards say the rest: prices and lanes, or the lane of one thing", () => {
    const line = timeline(plan(), null);
    const brief = viewOf(line, NOW, 800, NOW, NOW + 24 * HOUR, true);
    expect([brief?.power, brief?.soc, brief?.grid]).toEqual([null, null, null]);
    expect(brief?.lanes.length).toBeGreaterThan(2);
    const [of] = brief?.lanes ?? [];
    const one = viewOf(line, NOW, 800, NOW, NOW + 24 * HOUR, true, of?.lane.asset.id);
    expect(one?.lanes.map((row) => row.lane.colour)).toEqual([of?.lane.colour]);
    expect(one?.height).toBeLessThan(brief?.height ?? 0);
  });

  it("draws a battery that follows the home thin where it gives nothing", () => {
    const of = plan();
    const battery = of.assets.find((one) => one.kind === "battery");
    const block = battery?.blocks.find((one) => one.mode === "self");
    if (!battery || !block) throw new Error("the recording has no such block");
    const half = Date.parse(block.start) + 2 * HOUR;
    const power = battery.power_kw.map((kw, slot) => (Date.parse(of.edges[slot] ?? "") < half ? kw : 0));
    (battery as { power_kw: unknown }).power_kw = power;
    const drawn = lanes(of, timeline(of, null).past).find((lane) => lane.asset.id === battery.id);
    const pieces = drawn?.blocks.filter((one) => one.block === block) ?? [];
    expect(pieces.map((one) => one.look)).toEqual(["soft", "still"]);
    expect(pieces.map((one) => one.from)).toEqual([Date.parse(block.start), half]);
    expect(pieces[1]?.to).toBe(Date.parse(block.end));
  });

  it("joins neighbours that look alike and loses none", () => {
    const found = runs([1, 1, 2, 2, 2, 1], (a, b) => a === b);
    expect(found).toEqual([
      { first: 0, last: 2, value: 1 },
      { first: 2, last: 5, value: 2 },
      { first: 5, last: 6, value: 1 },
    ]);
  });

  it("tells a slot with its money", () => {
    const told = Object.fromEntries(
      facts(timeline(plan(), null), 0, t, format).map((fact) => [fact.name, fact.value]),
    );
    expect(told).toMatchObject({
      Price: "22.3 p/kWh",
      "Feed-in price": "10.2 p/kWh",
      Battery: "5.0 kW",
      "Kitchen boiler": "2.0 kW",
    });
    expect(told.Cost).toMatch(/^£0\.\d\d$/);
    const last = facts(timeline(plan(), null), plan().edges.length - 2, t, format);
    expect(last[0]?.name).toBe("Price, expected");
  });
});
