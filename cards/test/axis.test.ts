import { describe, expect, it } from "vitest";
import { instant, slotAt, ticks, x } from "../src/logic/axis";
import { Format } from "../src/logic/format";

const HOUR = 3_600_000;
const brussels = new Format({ language: "en-GB" }, "Europe/Brussels", "EUR");

function axis(from: string, hours: number, width = 700) {
  const start = Date.parse(from);
  return { from: start, to: start + hours * HOUR, left: 20, right: 20 + width };
}

describe("axis", () => {
  it("turns instants into pixels and back", () => {
    const day = axis("2026-11-21T11:00:00Z", 24);
    for (const share of [0, 0.25, 0.5, 1]) {
      const at = day.from + share * 24 * HOUR;
      expect(instant(day, x(day, at))).toBeCloseTo(at, -2);
    }
    expect(instant(day, -50)).toBe(day.from);
    expect(instant(day, 5000)).toBe(day.to);
  });

  it("marks round hours of the home's clock and names the day at midnight", () => {
    const labels = ticks(axis("2026-11-21T11:07:00Z", 24), brussels).map((tick) => tick.label);
    expect(labels).toEqual([
      "14:00",
      "16:00",
      "18:00",
      "20:00",
      "22:00",
      "Sun",
      "02:00",
      "04:00",
      "06:00",
      "08:00",
      "10:00",
      "12:00",
    ]);
  });

  it.each([
    ["2026-10-24T22:00:00Z", 25], // the clock goes back
    ["2026-03-28T23:00:00Z", 23], // the clock goes forward
  ])("keeps to the wall clock on the day of its change, %s", (from, hours) => {
    const found = ticks(axis(from, hours, 500), brussels);
    expect(found.map((tick) => tick.label)).toContain("12:00");
    expect(found.filter((tick) => tick.midnight)).toHaveLength(1);
    expect(new Set(found.map((tick) => tick.label.slice(-2))).size).toBeLessThanOrEqual(2);
  });

  it("finds the slot that holds an instant, and none outside", () => {
    const edges = [0, 10, 30];
    expect([0, 9, 10, 29].map((at) => slotAt(edges, at))).toEqual([0, 0, 1, 1]);
    expect([-1, 30].map((at) => slotAt(edges, at))).toEqual([null, null]);
  });
});
