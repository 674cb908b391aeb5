import { describe, expect, it } from "vitest";
import { charge, inputRows } from "../src/logic/health";
import { hoursAhead, isNight } from "../src/logic/kiosk";
import { format, NOW, picture, plan, t } from "./home";

const HOUR = 3_600_000;

describe("the hours ahead", () => {
  it("are a day of full hours from the one that runs, priced as the plan has them", () => {
    const bars = hoursAhead(plan(), NOW);
    expect(bars).toHaveLength(24);
    expect(format.time(bars[0]?.at ?? 0)).toBe("12:00");
    expect(bars.every((bar, index) => index === 0 || bar.at - (bars[index - 1]?.at ?? 0) === HOUR)).toBe(
      true,
    );
    const slot = plan().edges.findIndex((edge) => Date.parse(edge) >= NOW);
    const next = plan().home?.import_price[slot + 2] ?? 0;
    expect(bars[1]?.price).toBeCloseTo(next, 2);
  });

  it("call the hour that runs as it is called now, also when it is nearly over", () => {
    const late = plan();
    const hour = Date.parse("2026-11-21T13:00:00Z");
    const levels = late.edges.map((edge) => (Date.parse(edge) < hour ? "normal" : "expensive"));
    const begun = new Date(hour - HOUR / 6).toISOString();
    const first = late.edges.findIndex((edge) => Date.parse(edge) >= hour);
    const home = late.home && {
      ...late.home,
      import_price: late.home.import_price.slice(first - 1),
      price_quality: late.home.price_quality.slice(first - 1),
      price_level: levels.slice(first - 1),
    };
    const bars = hoursAhead({ ...late, home, edges: [begun, ...late.edges.slice(first)] }, hour - HOUR / 7);
    expect(bars.slice(0, 2).map((bar) => bar.level)).toEqual(["normal", "expensive"]);
  });

  it("tell published prices from expected ones, and end where none is known", () => {
    const bars = hoursAhead(plan(), NOW);
    expect(bars[0]?.known).toBe(true);
    expect(bars[23]?.known).toBe(false);
    const short = plan();
    const prices = (short.home?.import_price ?? []).map((price, slot) => (slot < 12 ? price : null));
    const cut = { ...short, home: short.home && { ...short.home, import_price: prices } };
    expect(hoursAhead(cut, NOW).length).toBeLessThan(4);
  });
});

describe("night", () => {
  it("is when the sun is down", () => {
    expect(isNight("below_horizon", NOW, "Europe/Brussels")).toBe(true);
    expect(isNight("above_horizon", NOW, "Europe/Brussels")).toBe(false);
  });

  it("is by the home's clock where Home Assistant knows no sun", () => {
    expect(isNight(undefined, NOW, "Europe/Brussels")).toBe(false);
    expect(isNight(undefined, Date.parse("2026-11-21T21:30:00Z"), "Europe/Brussels")).toBe(true);
    expect(isNight(undefined, Date.parse("2026-11-21T21:30:00Z"), "America/New_York")).toBe(false);
  });
});

describe("health", () => {
  it("lists every input, the worst first, in words", () => {
    const rows = inputRows(plan(), NOW, t, format);
    expect(rows).toHaveLength(plan().inputs.length);
    expect(rows[0]).toMatchObject({ name: "Use of the home", word: "being learned", doubt: null });
    const lost = plan();
    (lost.inputs[1] as { health: string }).health = "missing";
    expect(inputRows(lost, NOW, t, format)[0]?.doubt).toContain("nothing is known");
  });

  it("says who is in charge, and of what the plan is not", () => {
    const found = picture();
    const [id] = Object.keys(found.entities);
    const entities = found.entities[id ?? ""];
    if (!id || !entities) throw new Error("the recording has no entities");
    const name = found.plan?.assets.find((asset) => asset.id === id)?.name;
    expect(charge(found, NOW, t, format)).toEqual([t(`charge.${found.home?.mode ?? "off"}`)]);
    const kept = { ...found, entities: { [id]: { ...entities, enabled: false } } };
    expect(charge(kept, NOW, t, format)[1]).toBe(`${name} is not left to the plan.`);
  });
});
