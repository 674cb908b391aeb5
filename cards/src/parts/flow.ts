import { css, html, LitElement, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Now } from "../data/types";
import type { Translate } from "../i18n/translate";
import { type Flow, flows, type Sink, type Source, totals } from "../logic/flows";
import type { Format } from "../logic/format";
import { palette } from "./theme";

const WIDTH = 320;
const HEIGHT = 150;
const GAP = 10;
const BAR = 10;
const SIDE = 86;
const LEAST = 15;

interface Stack {
  readonly top: number;
  readonly height: number;
}

/** What feeds what, as ribbons as thick as their power: sources on the left, uses on the right. */
export class FlowPicture extends LitElement {
  static override styles = [
    palette,
    css`
      :host { display: block; direction: ltr; }
      svg { display: block; width: 100%; max-width: 440px; margin: 0 auto; }
      text { font-size: 12px; fill: var(--mo-text); }
      .kw { fill: var(--mo-quiet); font-size: 11px; }
      .sun { fill: var(--mo-sun); }
      .battery { fill: var(--mo-battery); }
      .grid { fill: var(--mo-normal); }
      .home { fill: var(--mo-home); }
      .ribbon { opacity: 0.32; }
    `,
  ];

  @property({ attribute: false }) home!: Now;
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  @property({ type: Boolean, reflect: true }) dark = false;

  private stacks<End extends string>(sums: Map<End, number>): Map<End, Stack> {
    const all = [...sums.values()].reduce((a, b) => a + b, 0);
    const room = HEIGHT - GAP * (sums.size - 1) - LEAST * sums.size;
    const found = new Map<End, Stack>();
    let top = 0;
    for (const [end, kw] of sums) {
      const height = LEAST + (kw / all) * room;
      found.set(end, { top, height });
      top += height + GAP;
    }
    return found;
  }

  private ends<End extends Source | Sink>(
    stacks: Map<End, Stack>,
    sums: Map<End, number>,
    left: boolean,
  ): SVGTemplateResult {
    const { t, format } = this;
    const bar = left ? SIDE : WIDTH - SIDE - BAR;
    const text = left ? SIDE - 8 : WIDTH - SIDE + 8;
    const anchor = left ? "end" : "start";
    return svg`${[...stacks].map(([end, { top, height }]) => {
      const middle = top + height / 2;
      return svg`<rect class=${end} x=${bar} y=${top} width=${BAR} height=${height} rx="2" />
        <text x=${text} y=${middle - 1} text-anchor=${anchor}>${t(end)}</text>
        <text class="kw" x=${text} y=${middle + 12} text-anchor=${anchor}>${format.power(sums.get(end) ?? 0)}</text>`;
    })}`;
  }

  private ribbon(
    flow: Flow,
    y: { from: number; to: number },
    height: { from: number; to: number },
  ): SVGTemplateResult {
    const [a, b, middle] = [SIDE + BAR, WIDTH - SIDE - BAR, WIDTH / 2];
    return svg`<path class=${`ribbon ${flow.from}`} d=${`M${a} ${y.from}C${middle} ${y.from} ${middle} ${y.to} ${b} ${y.to}
      V${y.to + height.to}C${middle} ${y.to + height.to} ${middle} ${y.from + height.from} ${a} ${y.from + height.from}Z`} />`;
  }

  protected override render(): TemplateResult {
    const found = flows(this.home);
    const { t, format } = this;
    if (found.length === 0) return html`<p>${t("flow_none")}</p>`;
    const [given, taken] = [totals(found, (flow) => flow.from), totals(found, (flow) => flow.to)];
    const [left, right] = [this.stacks(given), this.stacks(taken)];
    const used = new Map<string, number>();
    const place = (side: string, stack: Stack | undefined, share: number): { y: number; height: number } => {
      const height = (stack?.height ?? 0) * share;
      const y = (stack?.top ?? 0) + (used.get(side) ?? 0);
      used.set(side, (used.get(side) ?? 0) + height);
      return { y, height };
    };
    const said = found.map((flow) => `${t(flow.from)} → ${t(flow.to)} ${format.power(flow.kw)}`).join(", ");
    return html`<svg viewBox=${`0 -2 ${WIDTH} ${HEIGHT + 4}`} role="img" aria-label=${said}>
      ${found.map((flow) => {
        const from = place(`from-${flow.from}`, left.get(flow.from), flow.kw / (given.get(flow.from) ?? 1));
        const to = place(`to-${flow.to}`, right.get(flow.to), flow.kw / (taken.get(flow.to) ?? 1));
        return this.ribbon(flow, { from: from.y, to: to.y }, { from: from.height, to: to.height });
      })}
      ${this.ends(left, given, true)}${this.ends(right, taken, false)}
    </svg>`;
  }
}
