import type { AssetPlan, Block, Plan } from "../data/types";
import { runs } from "./runs";
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
const IDLE_KW = 0.05;
const WITHOUT_LANE = new Set(["grid", "solar"]);
const BY_KIND: Record<string, string> = {
  battery: "battery",
  vehicle: "car",
  hot_water: "water",
  heating: "heat",
};
const FIRST = ["battery", "vehicle"];

/** Things that have a lane, stores first, then the others as they come. */
function owned(plan: Plan): AssetPlan[] {
  const rank = (asset: AssetPlan): number =>
    (FIRST.indexOf(asset.kind) + FIRST.length + 1) % (FIRST.length + 1);
  return plan.assets.filter((asset) => !WITHOUT_LANE.has(asset.kind)).sort((a, b) => rank(a) - rank(b));
}

/** The colour of each thing a person owns, by asset id: the same everywhere. */
export function colours(plan: Plan): ReadonlyMap<string, string> {
  return new Map(owned(plan).map((asset, index) => [asset.id, BY_KIND[asset.kind] ?? `load-${index % 3}`]));
}

/** One lane per thing a person owns and that is planned. */
export function lanes(plan: Plan, past: Past): Lane[] {
  const edges = plan.edges.slice(0, past.slots + 1).map((edge) => Date.parse(edge));
  const slots = plan.edges.map((edge) => Date.parse(edge));
  const coloured = colours(plan);
  return owned(plan).map((asset) => ({
    asset,
    colour: coloured.get(asset.id) ?? "normal",
    blocks: asset.blocks
      .filter((block) => block.mode !== "off")
      .flatMap((block) => pieces(asset, block, slots)),
    was: stretches(asset, past.planned[asset.id] ?? [], edges).map(laneBlock),
  }));
}

/** A block of a battery that follows the home is drawn thin where nothing is left to give, or no room to take. */
function pieces(asset: AssetPlan, block: Block, edges: readonly number[]): LaneBlock[] {
  const whole = laneBlock(block);
  if (block.mode !== "self") return [whole];
  const slots = asset.power_kw.flatMap((kw, slot) => {
    const [from, to] = [edges[slot] ?? 0, edges[slot + 1] ?? 0];
    return from < whole.to && to > whole.from ? [{ from, to, idle: Math.abs(kw ?? 0) < IDLE_KW }] : [];
  });
  return runs(slots, (a, b) => a.idle === b.idle).map(({ first, last, value }) => ({
    block,
    from: Math.max(slots[first]?.from ?? 0, whole.from),
    to: Math.min(slots[last - 1]?.to ?? 0, whole.to),
    look: value.idle ? "still" : "soft",
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
