import { describe, expect, it } from "vitest";
import { doing, flow, inputTrouble, levelEnds, levelNow, nextPrice, upcoming } from "../src/logic/sentences";
import { footer } from "../src/logic/state";
import { asset, format, NOW, picture, plan, t } from "./home";

const said = (of = plan()) => doing(of, NOW, t, format).map((one) => `${one.what} ${one.until}: ${one.why}`);

describe("sentences", () => {
  it("say what runs, hardest at work first, until when, and why in measured money", () => {
    expect(said()).toEqual([
      "Battery charges from the grid until 13:00: not charging would cost £0.05 more",
      "Kitchen boiler runs from the grid until 15:00: waiting would cost £0.22 more",
    ]);
  });

  it("say until when a battery really runs the home, and that it is empty then", () => {
    const night = plan();
    const battery = asset("Battery", night);
    const [start, end] = ["2026-11-21T14:00:00Z", "2026-11-21T19:00:00Z"].map((at) => Date.parse(at));
    const slots = night.edges.map((edge) => Date.parse(edge));
    const half = (start ?? 0) + 7_200_000;
    const changed = battery as { power_kw: unknown; level: unknown };
    changed.power_kw = battery.power_kw.map((kw, slot) => ((slots[slot] ?? 0) < half ? -0.5 : kw && 0));
    changed.level = battery.power_kw.map((_, slot) => ((slots[slot] ?? 0) < half ? 4 : 0.5));
    const at = (time: number) =>
      doing(night, time, t, format)
        .filter((one) => one.asset.id === battery.id)
        .map((one) => `${one.what} ${one.until}`);
    expect(at(start ?? 0)).toEqual(["Battery runs the home until 17:00"]);
    expect(at(half)).toEqual([`Battery is empty until ${format.time(end ?? 0)}`]);
  });

  it("give no reason that was not measured", () => {
    const unmeasured = plan();
    for (const one of unmeasured.assets) (one as { reasons: unknown }).reasons = [];
    expect(said(unmeasured)[0]).toBe("Battery charges from the grid until 13:00: null");
  });

  it("say that what was measured to draw nothing draws nothing, whatever was planned", () => {
    const found = picture();
    const boiler = asset("Kitchen boiler");
    const entities = found.entities[boiler.id];
    if (!entities) throw new Error("the recording has no boiler");
    const hot = { [boiler.id]: { ...entities, wants_nothing: true } };
    const told = doing(plan(), NOW, t, format, hot).map((one) => [one.what, one.why]);
    expect(told[1]).toEqual(["Kitchen boiler is on and draws nothing", null]);
  });

  it("say what waits, if waiting was measured", () => {
    const waits = plan();
    const pump = asset("Pool pump", waits);
    const reason = {
      code: "waits",
      start: "2026-11-21T11:18:00Z",
      end: "2026-11-21T22:00:00Z",
      cost_of_opposite: 0.31,
      values: {},
    };
    (pump as { reasons: unknown }).reasons = [reason];
    expect(said(waits)[2]).toBe("Pool pump waits until 23:00: starting now would cost £0.31 more");
    (pump as { reasons: unknown }).reasons = [{ ...reason, cost_of_opposite: 0.001 }];
    expect(said(waits)).toHaveLength(2);
  });

  it("say what a kWh is worth later and now, where that decides", () => {
    const kept = plan();
    const battery = asset("Battery", kept);
    const reason = {
      code: "worth_later",
      start: "2026-11-21T11:00:00Z",
      end: "2026-11-21T11:30:00Z",
      cost_of_opposite: null,
      values: { worth: 0.271, price_now: 0.223 },
    };
    (battery as { reasons: unknown }).reasons = [reason];
    expect(said(kept)[0]).toContain("is worth 27.1 p/kWh later");
    expect(said(kept)[0]).toContain("22.3 p/kWh now");
  });

  it("say what comes next, soonest first", () => {
    expect(upcoming(plan(), NOW, t, format)).toBe("Next: Kitchen boiler runs 22:45 · Battery charges 23:00");
  });

  it("say when the price leaves its level, but only as far as prices are known", () => {
    expect(levelEnds(plan(), 0)).toEqual({ at: Date.parse("2026-11-21T14:00:00Z"), next: "normal" });
    const evening = plan().edges.indexOf("2026-11-21T22:00:00Z");
    expect(levelEnds(plan(), evening)).toBeNull();
  });

  it("call the price as the plan does, and as measured where the plan does not reach", () => {
    const { home } = picture();
    const dear = home && { ...home, price_level: "expensive" as const };
    expect(levelNow(plan(), dear, NOW)).toBe("cheap");
    expect(levelNow(plan(), dear, NOW - 86_400_000)).toBe("expensive");
    expect(levelNow(null, null, NOW)).toBeNull();
  });

  it("tell the next price that is another one, as far as prices are known", () => {
    const { home } = picture();
    const of = plan();
    const prices = of.home?.import_price ?? [];
    const now = { ...home, price_now: prices[0] } as NonNullable<typeof home>;
    const [price, at] = nextPrice(of, now, NOW, format) ?? [0, 0];
    const slot = of.edges.findIndex((edge) => Date.parse(edge) === at);
    expect(price).toBe(prices[slot]);
    expect(new Set(prices.slice(0, slot).map((one) => format.priceText(one ?? 0))).size).toBe(1);
    const flat = { ...of, home: of.home && { ...of.home, import_price: prices.map(() => 0.3) } };
    expect(nextPrice(flat, { ...now, price_now: 0.3 }, NOW, format)).toBeNull();
    const alone = { ...now, next_price: 0.5, next_price_at: "2026-11-21T12:00:00Z" };
    expect(nextPrice(null, alone, NOW, format)).toEqual([0.5, Date.parse("2026-11-21T12:00:00Z")]);
  });

  it("say whether the home earns or pays", () => {
    expect(flow(-0.123, t, format)).toBe("The home earns £0.12 an hour");
    expect(flow(1.08, t, format)).toBe("The home pays £1.08 an hour");
    expect(flow(0.001, t, format)).toBe("The home pays next to nothing now");
    expect(flow(null, t, format)).toBe(t("no_meter"));
  });

  it("name the inputs that are not what they should be", () => {
    expect(inputTrouble(plan(), t)).toBe("still learning: use of the home");
    const stale = plan();
    const battery = stale.inputs.find((input) => input.key.startsWith("battery"));
    (battery as { health: string }).health = "stale";
    expect(inputTrouble(stale, t)).toBe("not fresh: Battery · still learning: use of the home");
  });
});

describe("the footer", () => {
  it("claim a saving only against a baseline that was worked out", () => {
    expect(footer(plan(), null, t, format).left).toContain("saves £2.01 over no plan");
    expect(footer({ ...plan(), baseline_cost: 0 }, null, t, format).left).not.toContain("saves");
    expect(
      footer({ ...plan(), baseline_cost: 5, cost: 5.2, expected_saving: -0.2 }, null, t, format).left,
    ).not.toContain("saves");
  });
});
