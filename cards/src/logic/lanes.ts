import type { AssetPlan, Block, Plan } from "../data/types";
import { type Past, stretches } from "./timeline";

/** How a block is drawn: it works, it merely follows the home, or it is kept still. */
export type Look = "solid" | "soft" | "still";

export interface LaneBlock {
  readonly from: number;
  readonly to: number;
  readonly block: Block;
  readonly look: Look;
}

export interface Lane {
  readonly asset: AssetPlan;
  readonly colour: string;
  readonly blocks: readonly LaneBlock[];
  /** What had been planned for the past. */
  readonly was: readonly LaneBlock[];
}

const LOOKS: Record<string, Look> = { self: "soft", hold: "still" };
const WITHOUT_LANE = new Set(["grid", "solar"]);
const BY_KIND: Record<string, string> = {
  battery: "battery",
  vehicle: "car",
  hot_water: "water",
  heating: "heat",
};
const FIRST = ["battery", "vehicle"];

/** One lane per thing a person owns and that is planned: stores first, then the others as they come. */
export function lanes(plan: Plan, past: Past): Lane[] {
  const rank = (asset: AssetPlan): number =>
    (FIRST.indexOf(asset.kind) + FIRST.length + 1) % (FIRST.length + 1);
  const edges = plan.edges.slice(0, past.slots + 1).map((edge) => Date.parse(edge));
  return plan.assets
    .filter((asset) => !WITHOUT_LANE.has(asset.kind))
    .sort((a, b) => rank(a) - rank(b))
    .map((asset, index) => ({
      asset,
      colour: BY_KIND[asset.kind] ?? `load-${index % 3}`,
      blocks: asset.blocks.filter((block) => block.mode !== "off").map(laneBlock),
      was: stretches(asset, past.planned[asset.id] ?? [], edges).map(laneBlock),
    }));
}

function laneBlock(block: Block): LaneBlock {
  return {
    from: Date.parse(block.start),
    to: Date.parse(block.end),
    block,
    look: LOOKS[block.mode] ?? "solid",
  };
}
