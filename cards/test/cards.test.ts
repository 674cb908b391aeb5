import { describe, expect, it } from "vitest";
import { flows, totals } from "../src/logic/flows";
import { askable, nextAt, served, unitOf } from "../src/logic/needs";
import { advice, cheapestRun, runPrice } from "../src/logic/run";
import { columns, csv } from "../src/logic/table";
import { timeline } from "../src/logic/timeline";
import { meanPrice } from "../src/logic/window";
import { asset, format, NOW, picture, plan, t } from "./home";

function moment(grid: number | null, sun: number | null, battery: number | null, load: number | null) {
  const { home } = picture();
  if (!home) throw new Error("the recording has no moment");
  return { ...home, grid_kw: grid, solar_kw: sun, battery_kw: battery, load_kw: load };
}

describe("flows", () => {
  it("let the sun serve the home first, then the battery, then the grid", () => {
    expect(flows(moment(-1, 4, 2, 1))).toEqual([
      { from: "sun", to: "home", kw: 1 },
      { from: "sun", to: "battery", kw: 2 },
      { from: "sun", to: "grid", kw: 1 },
    ]);
  });

  it("share out what the meter and the battery give", () => {
    const found = flows(moment(4.5, 0.5, 4, 1));
    expect(Object.fromEntries(totals(found, (flow) => flow.from))).toEqual({ sun: 0.5, grid: 4.5 });
    expect(Object.fromEntries(totals(found, (flow) => flow.to))).toEqual({ home: 1, battery: 4 });
  });

  it("draw nothing of what is not measured", () => {
    expect(flows(moment(null, null, null, null))).toEqual([]);
  });
});

describe("run", () => {
  it("is cheapest where the known prices are", () => {
    const found = cheapestRun(plan(), NOW, 1, 1);
    expect(found && format.time(found.start)).toBe("23:00");
    const prices = plan().home?.import_price ?? [];
    const known = prices.filter((_, slot) => plan().home?.price_quality[slot] === "known");
    expect(found?.price).toBeCloseTo(Math.min(...known.map((price) => price ?? 9)), 5);
  });

  it("says nothing where prices are not known as far as it reaches", () => {
    expect(cheapestRun(plan(), NOW, 40, 1)).toBeNull();
    expect(runPrice(plan(), NOW, 24, 1)).toBeNull();
    expect(advice(plan(), NOW, { hours: 40 }, t, format)).toBeNull();
    expect(meanPrice(plan(), NOW, 24)).toBeNull();
  });

  it("costs what feeding in earns as far as there is power to spare, and no more than buying", () => {
    const sunny = plan();
    const home = sunny.home as unknown as {
      grid_kw: number[];
      import_price: number[];
      export_price: number[];
    };
    const slots = home.grid_kw.length;
    home.grid_kw = Array.from({ length: slots }, () => -1);
    home.import_price = Array.from({ length: slots }, () => 0.3);
    home.export_price = Array.from({ length: slots }, () => 0.1);
    expect(runPrice(sunny, NOW, 1, 1)).toBeCloseTo(0.1);
    expect(runPrice(sunny, NOW, 1, 2)).toBeCloseTo(0.2);
    home.export_price = Array.from({ length: slots }, () => 0.5);
    expect(runPrice(sunny, NOW, 1, 1)).toBeCloseTo(0.3);
  });

  it("is told with clock times and money, and what it would cost now", () => {
    const run = { hours: 1.75, energy: 1.2, name: "the dishwasher" };
    expect(advice(plan(), NOW, run, t, format)).toMatch(
      /^Start the dishwasher at \d\d:\d\d, done by .*\d\d:\d\d: £0\.\d\d\. Now: £0\.\d\d\.$/,
    );
    const flat = plan();
    const home = flat.home as unknown as { import_price: number[] };
    home.import_price = home.import_price.map(() => 0.25);
    expect(advice(flat, NOW, { hours: 2 }, t, format)).toBe(
      "Start now what runs 2 h: it is done by 14:19 and costs 25.0 p/kWh, the least there is.",
    );
  });
});

describe("table", () => {
  it("has a column for all that is known and none for what is not", () => {
    expect(columns(timeline(plan(), null), t, format).map((column) => column.name)).toEqual([
      "Price",
      "Feed-in price",
      "Sun",
      "Home",
      "Kitchen boiler",
      "Pool pump",
      "Battery",
      "Battery level",
      "Grid",
      "Cost",
    ]);
  });

  it("is copied as plain numbers, one line per slot, names quoted where they must be", () => {
    const of = plan();
    (of.assets.find((one) => one.name === "Pool pump") as { name: string }).name = 'Pump "A", pool';
    const lines = csv(timeline(of, null), t, format).split("\r\n");
    expect(lines).toHaveLength(of.edges.length);
    expect(lines[0]).toContain(',"Pump ""A"", pool (kW)",');
    expect(lines[1]).toMatch(/^2026-11-21T11:18:00Z,2026-11-21T11:30:00Z,0\.223/);
  });
});

describe("needs", () => {
  it("may be asked of what runs for a person, in the unit people think in", () => {
    expect(askable(plan().assets).map((one) => one.name)).toEqual(["Kitchen boiler", "Pool pump"]);
    const [boiler] = askable(plan().assets);
    expect(boiler && unitOf(boiler)).toBe("kwh");
    expect(boiler && unitOf({ ...boiler, kind: "vehicle" })).toBe("percent");
  });

  it("tell when the plan serves them and what that costs", () => {
    const boiler = asset("Kitchen boiler");
    const next = served(boiler, NOW, null);
    expect(next).toMatchObject({ start: Date.parse("2026-11-21T11:18:00Z"), energy: 5.4, cost: 1.2702 });
    const both = served(boiler, NOW, Date.parse("2026-11-22T00:00:00Z"));
    expect(both?.end).toBe(Date.parse("2026-11-21T23:00:00Z"));
    expect(both?.cost).toBeCloseTo(1.2702 + 0.5427);
    expect(served(asset("Pool pump"), NOW, null)).toBeNull();
  });

  it("mean the next time the home's clock shows the hour", () => {
    expect(nextAt("18:00", NOW, format)).toBe("2026-11-21T18:00:00");
    expect(nextAt("07:00", NOW, format)).toBe("2026-11-22T07:00:00");
    expect(nextAt("12:19", NOW, format)).toBe("2026-11-22T12:19:00");
  });
});
