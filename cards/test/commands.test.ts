import { describe, expect, it } from "vitest";
import type { CommandTold } from "../src/data/types";
import { commandRows } from "../src/logic/commands";
import { format, NOW, t } from "./home";

const told: CommandTold = {
  at: "2026-11-21T11:15:00Z",
  happening: "commanded",
  asset: "Battery",
  asset_id: "b",
  action: "charge",
  power_kw: 3,
};

const rows = (...commands: Partial<CommandTold>[]) =>
  commandRows(
    commands.map((one) => ({ ...told, ...one })),
    NOW,
    t,
    format,
  );

describe("commands", () => {
  it("say what was told and what came of it", () => {
    expect(rows({ verdict: "obeyed" })).toEqual([
      {
        at: "12:15",
        asset: "Battery",
        what: "was told to charge with 3.0 kW",
        outcome: "done",
        grade: "good",
      },
    ]);
    expect(rows({ verdict: "ignored" })[0]).toMatchObject({ outcome: "not done", grade: "bad" });
    expect(rows({})[0]).toMatchObject({ outcome: "", grade: "none" });
  });

  it.each([
    [{ action: "discharge", power_kw: 2 }, "was told to give 2.0 kW"],
    [{ action: "current", current_a: 10 }, "was told to take up to 10 A"],
    [{ action: "target", target_c: 55 }, "was told to keep 55.0 °C"],
    [{ happening: "would", action: "on" }, "would be told to switch on"],
    [{ happening: "refused", action: "hold" }, "did not take: keep still"],
    [
      { happening: "hand", until: "2026-11-21T13:00:00Z" },
      "was changed by hand and is left alone until 14:00",
    ],
    [{ happening: "given_up" }, "does not obey and is left alone"],
    [{ happening: "restored", action: "release" }, "was given back: do as it does by itself"],
    [{ action: "on", reason: "spare" }, "was told to switch on · power is to spare"],
    [{ action: "on", reason: "on" }, "was told to switch on"],
  ] as [Partial<CommandTold>, string][])("are said in words: %j", (one, what) => {
    expect(rows(one)[0]?.what).toBe(what);
  });

  it("may be those of one thing alone", () => {
    const two = [told, { ...told, asset_id: "c", asset: "Car" }];
    expect(commandRows(two, NOW, t, format, "c").map((row) => row.asset)).toEqual(["Car"]);
  });
});
