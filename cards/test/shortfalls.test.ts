import { describe, expect, it } from "vitest";
import type { Shortfall } from "../src/data/types";
import { explained } from "../src/logic/shortfalls";
import { asset, format, NOW, plan, t } from "./home";

const short = (limit: string | null, ...remedies: Shortfall["remedies"]): Shortfall => ({
  asset: asset("Battery").id,
  need: "departure",
  by: "2026-11-21T17:00:00Z",
  amount: 3.2,
  unit: "kWh",
  limit,
  remedies,
});

const said = (one: Shortfall) => explained(one, plan(), NOW, t, format).join(" ");

describe("a missed wish", () => {
  it("says what stands in the way and all that would do", () => {
    const more = { code: "more_time", values: { by: "2026-11-22T07:30:00Z" } };
    const power = { code: "more_power", values: { kw: 11 } };
    expect(said(short("time", more, power))).toBe(
      "There is too little time. All of it fits by Sun 08:30 or with 11.0 kW.",
    );
  });

  it("names the other thing by its name", () => {
    const id = asset("Battery").id;
    expect(said(short("reserve", { code: "lower_reserve", values: { asset: id } }))).toBe(
      "The battery keeps its reserve. All of it fits without the reserve of Battery.",
    );
  });

  it("claims nothing that was not found, and nothing it has no words for", () => {
    expect(said(short(null))).toBe("");
    expect(said(short("gremlins", { code: "exorcism", values: {} }))).toBe("");
  });

  it("is told of the boiler in the recording", () => {
    const [boiler] = plan().shortfalls;
    expect(boiler && said(boiler)).toBe("There is too little time. All of it fits by 18:15 or with 2.5 kW.");
  });
});
