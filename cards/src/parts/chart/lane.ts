import { type SVGTemplateResult, svg } from "lit";
import type { AssetPlan, Block } from "../../data/types";
import { isKey } from "../../i18n/translate";
import { x } from "../../logic/axis";
import type { LaneBlock } from "../../logic/lanes";
import { what } from "../../logic/sentences";
import type { LaneBand } from "../../logic/view";
import { type Pen, title } from "./frame";

export type Pick = (asset: AssetPlan, block: Block) => void;

const LETTER = 6.2;
const STILL = 4;
const HOUR = 3_600_000;

/** The words of a block, the fuller the more room there is; none where none fits. */
export function caption(pen: Pen, one: LaneBlock, width: number): string {
  const { t, format } = pen;
  const { block } = one;
  if (one.look === "still") return "";
  const key = `block.${block.mode === "self" && block.power_kw > 0 ? "fill" : block.mode}`;
  const does = isKey(key) ? t(key) : "";
  const power = one.look === "solid" ? format.power(Math.abs(block.power_kw)) : "";
  const candidates = [
    [does, power].filter(Boolean).join(" "),
    power,
    does,
    one.look === "solid" ? format.powerShort(Math.abs(block.power_kw)) : "",
  ];
  return candidates.filter(Boolean).find((text) => text.length * LETTER + 10 <= width) ?? "";
}

/** One thing a person owns, with what it is going to do. */
export function lane(pen: Pen, row: LaneBand, pick: Pick): SVGTemplateResult {
  const { view, t, format } = pen;
  const { axis, narrow } = view;
  const { asset, colour } = row.lane;
  const visible = (one: LaneBlock): boolean => one.to > axis.from && one.from < axis.to;
  const [blocks, was] = [row.lane.blocks.filter(visible), row.lane.was.filter(visible)];
  const none = blocks.length + was.length > 0 ? "" : t(asset.controlled ? "lane_empty" : "unplanned");
  const middle = (row.top + row.bottom) / 2;
  return svg`
    <g style=${`--lane:var(--mo-${colour})`}>
    ${named(pen, row, none, pick)}
    <line class="track" x1=${axis.left} x2=${axis.right} y1=${middle} y2=${middle} />
    ${blocks.map((one) => {
      const from = Math.max(x(axis, one.from), axis.left);
      const width = Math.min(x(axis, one.to), axis.right) - from;
      if (width <= 0) return null;
      const drawn = Math.max(width - 1, 2);
      const height = one.look === "still" ? STILL : row.bottom - row.top;
      const words = caption(pen, one, drawn);
      // The name has to hold what is to be seen, for those who speak to their computer.
      const when = `${format.time(one.from)} – ${format.time(one.to)}`;
      const said = [what(asset, one.block, t), when, words].filter(Boolean).join(", ");
      const press = (event: KeyboardEvent): void => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        pick(asset, one.block);
      };
      return svg`<g class=${`block ${one.look}`} role="button" tabindex="0" aria-label=${said}
          @click=${() => pick(asset, one.block)} @keydown=${press}>
        <rect class="touch" x=${from} y=${row.top} width=${drawn} height=${row.bottom - row.top} />
        <rect class="body" x=${from} y=${middle - height / 2} width=${drawn} height=${height} rx=${Math.min(5, height / 2)} />
        <text x=${from + 6} y=${middle + 4}>${words}</text>
      </g>`;
    })}
    ${was.map((one) => {
      const from = Math.max(x(axis, one.from), axis.left) + 0.75;
      const width = Math.min(x(axis, one.to), axis.right) - from - 1.5;
      return svg`<rect class="was" x=${from} y=${row.top - 2} width=${Math.max(width, 1)} height=${row.bottom - row.top + 4} rx="5" />`;
    })}
    ${narrow || !none ? null : svg`<text class="note" x=${Math.max(x(axis, view.now), axis.left) + 6} y=${middle - 4}>${none}</text>`}
    </g>`;
}

/** The name of the thing; picking it opens what runs or comes next, or lets it be run if there is nothing. */
function named(pen: Pen, row: LaneBand, none: string, pick: Pick): SVGTemplateResult {
  const { narrow, now } = pen.view;
  const { asset } = row.lane;
  const shown = short(asset.name, narrow);
  const note = narrow ? none : "";
  const name = title(pen, narrow ? row : { top: row.top + 4, bottom: row.bottom }, shown, note);
  if (!asset.controlled) return name;
  const next = asset.blocks.find((block) => Date.parse(block.end) > now && block.mode !== "off");
  // The name of the button has to hold what is to be seen, for those who speak to their computer.
  const said = [shown, note, shown === asset.name ? "" : asset.name].filter(Boolean).join(" ");
  const open = (): void => pick(asset, next ?? emptyBlock(now));
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
  return svg`<g class="named" role="button" tabindex="0" aria-label=${pen.t("lane_open", { name: said })} @click=${open} @keydown=${press}>
    <rect class="touch" x="0" y=${narrow ? row.top - 22 : row.top - 2} width=${narrow ? 140 : 106} height=${narrow ? 22 : 28} rx="4" />${name}</g>`;
}

/** Stands for a thing for which nothing is planned: an hour from now on. */
export function emptyBlock(now: number): Block {
  const [start, end] = [now, now + HOUR].map((at) => new Date(at).toISOString());
  return {
    start: start ?? "",
    end: end ?? "",
    mode: "none",
    power_kw: 0,
    energy_kwh: 0,
    cost: 0,
    source: null,
  };
}

function short(name: string, narrow: boolean): string {
  return narrow || name.length <= 16 ? name : `${name.slice(0, 15)}…`;
}
