import { describe, expect, it } from "vitest";
import type { InputStatus, Picture } from "../src/data/types";
import { type Moment, notices, waiting } from "../src/logic/state";
import { format, NOW, picture, plan, t } from "./home";

const MINUTE = 60_000;

/** The recorded home without its missed need and with everything learned: nothing to say. */
function well(): Picture {
  const found = picture();
  const inputs = plan().inputs.map((input) => ({ ...input, health: "fresh" as const }));
  return { ...found, plan: { ...plan(), shortfalls: [], inputs } };
}

function moment(of: Picture | null, more: Partial<Moment> = {}): Moment {
  const at = of?.home?.updated_at;
  const now = at ? Math.max(NOW, Date.parse(at)) : NOW;
  return { picture: of, problem: null, connected: true, now, since: now, ...more };
}

function said(of: Picture, more: Partial<Moment> = {}): string[] {
  return notices(moment(of, more), t, format).map((notice) => `${notice.kind}: ${notice.text}`);
}

function withInput(key: string, change: Partial<InputStatus>): Picture {
  const found = well();
  if (!found.plan) throw new Error("the recording has no plan");
  const inputs = found.plan.inputs.map((input) =>
    input.key.startsWith(key) ? { ...input, ...change } : input,
  );
  return { ...found, plan: { ...found.plan, inputs } };
}

describe("while there is no plan", () => {
  it("the first minute says what is assumed, and later where to look", () => {
    const { home, entities } = picture();
    const empty = { plan: null, home, entities };
    expect(waiting(moment(empty), t)).toContain("first plan is on its way");
    expect(waiting(moment(empty, { since: NOW - 3 * MINUTE }), t)).toContain("still no plan");
  });

  it("a home without a price says that it needs one", () => {
    const { home, entities } = picture();
    const priceless = { plan: null, home: home && { ...home, price_now: null }, entities };
    expect(waiting(moment(priceless), t)).toContain("no price yet");
  });

  it("a home that is not set up is said to be missing", () => {
    expect(waiting(moment(null, { problem: "Merit Order is not set up" }), t)).toContain("not running");
  });

  it("a plan that could not be made says why", () => {
    const without = { ...picture(), plan: { ...plan(), home: null } };
    expect(waiting(moment(without), t)).toBe("There is no plan: still learning: use of the home.");
    expect(waiting(moment(well()), t)).toBeNull();
  });
});

describe("notices", () => {
  it("are none when all is well", () => {
    expect(said(well())).toEqual([]);
  });

  it("tell of a missed need", () => {
    const { shortfalls } = plan();
    const found = well();
    expect(said({ ...found, plan: found.plan && { ...found.plan, shortfalls } })[0]).toContain(
      "warning: Kitchen boiler: 0.1 kWh short at 18:00",
    );
  });

  it("tell of a lost connection first, and of one that gives no answer", () => {
    expect(said(well(), { connected: false })[0]).toContain(
      "warning: The connection to Home Assistant is lost",
    );
    expect(said(well(), { problem: "Unknown command." })[0]).toContain(
      "warning: Merit Order does not answer",
    );
  });

  it("tell since when the meter is silent", () => {
    const heard = Date.parse(well().home?.updated_at ?? "");
    expect(said(well(), { now: heard + 2 * MINUTE })).toEqual([]);
    expect(said(well(), { now: heard + 5 * MINUTE })).toEqual([
      `warning: No news from the meter since ${format.time(heard)}.`,
    ]);
  });

  it("tell of an old plan", () => {
    expect(said(well(), { now: NOW + 30 * MINUTE })).toContain("warning: This plan is 30 minutes old.");
  });

  it("tell what the plan does about an input that is not what it should be", () => {
    const issued = "2026-11-21T09:15:00Z";
    expect(said(withInput("price", { health: "stale", issued, rule: "last_good" }))).toEqual([
      "warning: Price: no news since 10:15; what was last known is used.",
    ]);
    const both = withInput("price", { health: "stale", issued, rule: "last_good" });
    const other = both.plan?.inputs.find((input) => input.key === "export_price");
    Object.assign(other ?? {}, { health: "stale", issued, rule: "last_good" });
    expect(said(both)).toEqual([
      "warning: Price, feed-in price: no news since 10:15; what was last known is used.",
    ]);
    expect(said(withInput("battery:", { health: "missing", issued: null, rule: "left_out" }))).toEqual([
      "warning: Battery: nothing is known; the plan does without it.",
    ]);
  });

  it("tell what is still learned, calmly", () => {
    expect(said(withInput("load", { health: "provisional" }))[0]).toContain(
      "info: Still learning: use of the home",
    );
  });

  it("tell what was paused by hand, as long as it lasts", () => {
    const found = well();
    const boiler = found.plan?.assets.find((asset) => asset.name === "Kitchen boiler");
    const entities = found.entities[boiler?.id ?? ""];
    if (!boiler || !entities) throw new Error("the recording has no boiler");
    const order = { mode: "off" as const, start: "2026-11-21T11:00:00Z", end: "2026-11-21T12:00:00Z" };
    const held = { ...found, entities: { [boiler.id]: { ...entities, overrides: [order] } } };
    expect(said(held)).toEqual(["info: Kitchen boiler is held off by hand until 13:00."]);
    expect(said(held, { now: NOW + 60 * MINUTE })).not.toContain("by hand");
  });

  it("tell who is in charge when it is not the plan", () => {
    const found = well();
    const mode = (mode: "advise" | "off") => ({ ...found, home: found.home && { ...found.home, mode } });
    expect(said(mode("advise"))).toEqual([`info: ${t("advise_note")}`]);
    const off = { ...mode("off"), plan: null };
    expect(waiting(moment(off), t)).toBe(t("off_note"));
  });

  it("tell a home with prices only how to go on", () => {
    const found = well();
    expect(said({ ...found, plan: found.plan && { ...found.plan, assets: [] } })[0]).toContain(
      "info: Nothing to steer yet",
    );
  });
});
