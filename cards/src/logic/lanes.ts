import type { AssetPlan, Block } from "../data/types";

export interface LaneBlock {
  readonly from: number;
  readonly to: number;
  readonly block: Block;
  /** Part of the lane's height, 0.35 to 1: how hard it works. */
  readonly weight: number;
}

export interface Lane {
  readonly asset: AssetPlan;
  readonly blocks: readonly LaneBlock[];
}

const QUIET = new Set(["self", "off"]);
const WITHOUT_LANE = new Set(["grid", "solar"]);

/** One lane per thing a person owns and that is planned; what merely follows the home is not a block. */
export function lanes(assets: readonly AssetPlan[]): Lane[] {
  return assets
    .filter((asset) => !WITHOUT_LANE.has(asset.kind))
    .map((asset) => {
      const most = Math.max(...asset.blocks.map((block) => Math.abs(block.power_kw)), 0.001);
      return {
        asset,
        blocks: asset.blocks
          .filter((block) => !QUIET.has(block.mode))
          .map((block) => ({
            from: Date.parse(block.start),
            to: Date.parse(block.end),
            block,
            weight: 0.35 + 0.65 * (Math.abs(block.power_kw) / most),
          })),
      };
    });
}

/** A colour slot of the palette for an asset: by kind first, then in the order they come. */
export function colour(asset: AssetPlan, index: number): string {
  const byKind: Record<string, string> = {
    battery: "battery",
    vehicle: "car",
    hot_water: "water",
    heating: "heat",
  };
  return byKind[asset.kind] ?? `load-${index % 3}`;
}
