import { describe, expect, it } from "vitest";
import { changes } from "../src/data/statistics";
import type { Savings, Score } from "../src/data/types";
import { Format } from "../src/logic/format";
import { dayBars, isFlat, monthBars, percentSaved, shareRows } from "../src/logic/savings";
import { scoreRows } from "../src/logic/scores";
import { offeredCards } from "../src/offered";
import { asset, format, NOW, plan, t } from "./home";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function savings(saved: number, assets: Record<string, [number, number]> = {}): Savings {
  const each = <T>(value: T) => ({ today: value, month: value, year: value, total: value });
  return {
    ...each({ saved, uncertainty: 0.1, paid: 30, counted: 100, left_out: 0 }),
    since: "2026-11-01T00:00:00Z",
    method: "simulated_self_consumption",
    entity: "sensor.savings_total",
    assets: Object.fromEntries(
      Object.entries(assets).map(([id, [last, first]]) => [id, each({ last, first })]),
    ),
  };
}

describe("shares", () => {
  const battery = asset("Battery").id;
  const boiler = asset("Kitchen boiler").id;

  it("are the middle of their bounds, most first, with the rest as a row of its own", () => {
    const rows = shareRows(savings(10, { [boiler]: [1, 2], [battery]: [6, 8] }), "month", plan(), t);
    expect(rows).toEqual([
      { name: "Battery", value: 7, doubt: 1 },
      { name: "Kitchen boiler", value: 1.5, doubt: 0.5 },
      { name: "together, not to be told apart", value: 1.5, doubt: null },
    ]);
  });

  it("leave out who did nothing, and make no row of rounding", () => {
    expect(shareRows(savings(7, { [battery]: [7, 7], [boiler]: [0, 0] }), "today", plan(), t)).toHaveLength(
      1,
    );
    expect(shareRows(savings(0), "today", plan(), t)).toEqual([]);
    expect(shareRows({ ...savings(3), assets: null }, "today", plan(), t)).toEqual([]);
  });

  it("name what no plan knows any more", () => {
    expect(shareRows(savings(1, { old: [1, 1] }), "year", plan(), t)[0]?.name).toBe("something that is gone");
  });
});

describe("savings", () => {
  it("are compared with the bill of the home left to itself", () => {
    expect(percentSaved(savings(10), "month")).toBe(25);
    expect(percentSaved(savings(-3), "month")).toBeCloseTo(-11.1, 1);
    const nothing = { saved: 0, uncertainty: 0, paid: 0, counted: 1, left_out: 0 };
    expect(percentSaved({ ...savings(0), today: nothing }, "today")).toBeNull();
  });

  it("know a price that is the same at all hours", () => {
    expect(isFlat(plan())).toBe(false);
    const flat = plan();
    (flat.home as unknown as { import_price: number[] }).import_price = flat.edges.slice(1).map(() => 0.3);
    expect(isFlat(flat)).toBe(true);
    expect(isFlat(null)).toBe(false);
  });

  it("are drawn by the days of the home, today's as it stands now, from the first that is known on", () => {
    const midnight = Date.parse("2026-11-20T23:00:00Z");
    const found = [
      { start: midnight - 10 * DAY, change: 1 },
      { start: midnight - DAY, change: -0.5 },
      { start: midnight, change: 99 },
    ];
    const drawn = dayBars(found, 0.25, NOW, format);
    expect(drawn).toHaveLength(11);
    expect(drawn.map((bar) => bar.value)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, -0.5, 0.25]);
    expect(drawn.at(-1)).toMatchObject({ start: midnight, label: "21", name: "Saturday 21 November" });
    expect(dayBars([], 0, NOW, format)).toHaveLength(7);
  });

  it("are drawn by months, twelve at most", () => {
    const found = [{ start: Date.parse("2024-12-31T23:00:00Z"), change: 4 }];
    const drawn = monthBars(found, 2, NOW, format);
    expect(drawn).toHaveLength(12);
    expect(drawn.at(-1)).toMatchObject({ label: "Nov", name: "November 2026", value: 2 });
    expect(drawn[0]?.name).toBe("December 2025");
  });

  it.each([
    ["2026-10-25T12:00:00Z", "2026-10-24T22:00:00.000Z"], // the clock goes back that day
    ["2026-03-29T12:00:00Z", "2026-03-28T23:00:00.000Z"], // the clock goes forward that day
    ["2026-11-20T23:30:00Z", "2026-11-20T23:00:00.000Z"],
  ])("begin days at local midnight: %s", (at, midnight) => {
    expect(new Date(format.dayStart(Date.parse(at))).toISOString()).toBe(midnight);
  });

  it("begin months at local midnight, also behind a clock change", () => {
    const first = format.monthStart(Date.parse("2026-04-10T12:00:00Z"));
    expect(new Date(first).toISOString()).toBe("2026-03-31T22:00:00.000Z");
    const india = new Format({ language: "en" }, "Asia/Kolkata", "INR");
    expect(new Date(india.monthStart(NOW)).toISOString()).toBe("2026-10-31T18:30:00.000Z");
  });
});

describe("statistics", () => {
  it("are asked of the recorder, and periods without data left out", async () => {
    let asked: object = {};
    const hass = {
      callWS: async (message: object) => {
        asked = message;
        return {
          "sensor.a": [
            { start: 1, change: 2 },
            { start: 2, change: null },
          ],
        };
      },
    };
    const found = await changes(hass as never, "sensor.a", "day", 0);
    expect(found).toEqual([{ start: 1, change: 2 }]);
    expect(asked).toMatchObject({
      type: "recorder/statistics_during_period",
      period: "day",
      types: ["change"],
    });
    expect(await changes(hass as never, "sensor.b", "day", 0)).toEqual([]);
  });
});

describe("scorecard", () => {
  const score: Score = {
    forecast: "solar:roof",
    lead: "day_ahead",
    name: "South roof",
    mae: 0.41,
    unit: "kW",
    relative: true,
    bias: 0.27,
    daily_error: 0.35,
    days: 14,
    verdict: "too_high",
  };

  it("says in plain words what is wrong, with the figures behind it", () => {
    expect(scoreRows([score], t, format)).toEqual([
      {
        name: "Sun (South roof)",
        grade: "bad",
        sentence: "Promises too much: 27 % more than comes.",
        figures:
          "usually off by 410 W · a day’s sum by 35 % · on average 27 % too high · measured on 14 days",
      },
    ]);
  });

  it("gives no figures before there are any", () => {
    const fresh = { ...score, mae: null, bias: null, daily_error: null, days: 0, verdict: "learning" };
    expect(scoreRows([fresh], t, format)[0]).toMatchObject({ grade: "learning", figures: "" });
  });

  it("tells a temperature in degrees, not in shares", () => {
    const cold: Score = {
      ...score,
      forecast: "temperature",
      name: null,
      unit: "°C",
      relative: false,
      mae: 2.6,
      bias: -2.4,
      daily_error: 2.4,
      verdict: "too_low",
    };
    expect(scoreRows([cold], t, format)).toEqual([
      {
        name: "Outdoor temperature",
        grade: "bad",
        sentence: "Promises it too cold: by 2.4 °C.",
        figures:
          "usually off by 2.6 °C · a day’s mean by 2.4 °C · on average 2.4 °C too low · measured on 14 days",
      },
    ]);
    const said = (verdict: string) => scoreRows([{ ...cold, verdict }], t, format)[0]?.sentence;
    expect(said("poor")).toBe("Right on average, but usually 2.6 °C off.");
    expect(said("good")).toBe("Can be relied on.");
  });

  it("tells prices in coins", () => {
    const price = { ...score, forecast: "price", name: null, unit: "GBP/kWh", mae: 0.021, verdict: "good" };
    expect(scoreRows([price], t, format)[0]?.figures).toContain("2.1 p/kWh");
  });
});

describe("card picker", () => {
  type Entry = {
    type: string;
    getEntitySuggestion(hass: object, id: string): { config: { type: string } } | null;
  };
  const offered = offeredCards() as Entry[];
  const hass = {
    entities: {
      "sensor.saved": { platform: "merit_order", translation_key: "savings_month" },
      "sensor.other": { platform: "hue", translation_key: "savings_month" },
    },
  };
  const suggested = (id: string): string[] =>
    offered.flatMap((card) => card.getEntitySuggestion(hass, id)?.config.type ?? []);

  it("suggests a card for our entities and none for others", () => {
    expect(suggested("sensor.saved")).toEqual(["custom:merit-order-savings"]);
    expect(suggested("sensor.other")).toEqual([]);
    expect(suggested("sensor.gone")).toEqual([]);
  });
});
