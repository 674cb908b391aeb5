// @vitest-environment happy-dom
import { beforeAll, describe, expect, it } from "vitest";
import type { AssetPlan, Block } from "../src/data/types";
import { BlockDetail, type Order } from "../src/parts/detail";
import { asset, format, NOW, picture, plan, t } from "./home";

beforeAll(() => customElements.define("merit-order-block-detail", BlockDetail));

/** What each button of the detail of a thing orders. */
async function orders(of: AssetPlan, block: Block): Promise<Record<string, Order>> {
  const detail = new BlockDetail();
  const entities = picture().entities[of.id];
  if (!entities) throw new Error("the recording has no entities of it");
  Object.assign(detail, { asset: of, block, now: NOW, format, t, entities: { ...entities, overrides: [] } });
  document.body.append(detail);
  await detail.updateComplete;
  const found: Record<string, Order> = {};
  for (const button of detail.renderRoot.querySelectorAll<HTMLButtonElement>("form button")) {
    const word = button.textContent?.trim() ?? "";
    detail.addEventListener(
      "ordered",
      (event) => {
        found[word] = (event as CustomEvent<Order>).detail;
      },
      { once: true },
    );
    button.click();
  }
  detail.remove();
  return found;
}

describe("the orders a person can give", () => {
  it("run a device or hold it off until the block ends", async () => {
    const boiler = asset("Kitchen boiler");
    const found = await orders(boiler, boiler.blocks[0] as Block);
    const order = { action: "override", asset: boiler.id, until: "2026-11-21T15:00:00" };
    expect(found).toEqual({
      [t("override.run_now")]: { ...order, mode: "on" },
      [t("override.not_now")]: { ...order, mode: "off" },
    });
  });

  it("tell a battery which way, for an hour at most: on alone would keep it still", async () => {
    const of = plan().assets.find((one) => one.kind === "battery") as AssetPlan;
    const block = { ...(of.blocks[0] as Block), end: "2026-11-21T23:00:00Z" };
    const order = { action: "override", asset: of.id, until: "2026-11-21T13:19:00" };
    expect(await orders(of, block)).toEqual({
      [t("override.charge")]: { ...order, mode: "on", power: 100 },
      [t("override.discharge")]: { ...order, mode: "on", power: -100 },
      [t("override.hold")]: { ...order, mode: "off" },
    });
  });
});
