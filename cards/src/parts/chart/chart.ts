import { html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { AssetPlan, Block } from "../../data/types";
import type { Translate } from "../../i18n/translate";
import { instant, slotAt, ticks, x } from "../../logic/axis";
import type { Format } from "../../logic/format";
import { facts, span } from "../../logic/slot";
import type { View } from "../../logic/view";
import { palette } from "../theme";
import { charge, meter, power } from "./curves";
import { grid, nowLine, type Pen } from "./frame";
import { lane } from "./lane";
import { prices } from "./prices";
import { chartStyles } from "./styles";

const LEVELS = ["cheap", "normal", "expensive"];
const HOUR_OF_SLOTS = 4;

/** A block was picked: its asset and itself. */
export type BlockPicked = CustomEvent<{ asset: AssetPlan; block: Block }>;

/** The plan on one time axis. Fires `block-picked`. */
export class PlanChart extends LitElement {
  static override styles = [palette, chartStyles];

  @property({ attribute: false }) view!: View;
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() private slotShown: number | null = null;

  private pick = (asset: AssetPlan, block: Block): void => {
    this.slotShown = null;
    this.dispatchEvent(
      new CustomEvent("block-picked", { detail: { asset, block }, bubbles: true, composed: true }),
    );
  };

  private point = (event: PointerEvent): void => {
    const left = this.getBoundingClientRect().left;
    this.slotShown = slotAt(this.view.edges, instant(this.view.axis, event.clientX - left) - 1);
  };

  private leave = (): void => {
    this.slotShown = null;
  };

  private key = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -HOUR_OF_SLOTS,
      PageDown: HOUR_OF_SLOTS,
      Home: -this.view.shown,
      End: this.view.shown,
    };
    const step = steps[event.key];
    if (event.key === "Escape") this.slotShown = null;
    if (step === undefined) return;
    event.preventDefault();
    const from = this.slotShown ?? this.view.slot ?? 0;
    this.slotShown = Math.min(Math.max(from + (this.slotShown === null ? 0 : step), 0), this.view.shown - 1);
  };

  private said(slot: number): string {
    const { view, t, format } = this;
    const told = facts(view.plan, slot, t, format).map((fact) => `${fact.name} ${fact.value}`);
    return [span(view.plan, slot, view.now, format), ...told].join(", ");
  }

  private tip(slot: number): TemplateResult {
    const { view, t, format } = this;
    const middle = x(view.axis, view.edges[slot] ?? 0);
    const onLeft = middle > (view.axis.left + view.axis.right) / 2;
    const place = onLeft ? `right:${view.width - middle + 10}px` : `left:${middle + 16}px`;
    return html`<div class="tip" style=${place}>
      <strong>${span(view.plan, slot, view.now, format)}</strong>
      <dl>${facts(view.plan, slot, t, format).map((fact) => html`<dt>${fact.name}</dt><dd>${fact.value}</dd>`)}</dl>
    </div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view, format, t, slotShown: slot } = this;
    const home = view?.plan.home;
    if (!home) return nothing;
    const pen: Pen = { view, format, t };
    const { axis, edges, bottom } = view;
    const hatches = LEVELS.map(
      (
        level,
      ) => svg`<pattern id=${`open-${level}`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" style=${`fill:var(--mo-${level})`} opacity="0.22" />
        <rect width="1.6" height="5" style=${`fill:var(--mo-${level})`} opacity="0.55" /></pattern>`,
    );
    const at = slot ?? view.slot ?? 0;
    return html`<svg role="group" aria-label=${t("chart", {
      from: format.when(axis.from, view.now),
      to: format.when(axis.to, view.now),
    })} viewBox=${`0 0 ${view.width} ${view.height}`} height=${view.height}
        @pointermove=${this.point} @pointerdown=${this.point} @pointerleave=${this.leave}>
      <defs>${hatches}</defs>
      <g aria-hidden="true">${grid(pen, ticks(axis, format))}${prices(pen, home)}${power(pen, home)}${charge(pen)}${meter(pen, home)}</g>
      <rect class="cursor" x=${axis.left} y="0" width=${axis.right - axis.left} height=${bottom} rx="4" role="slider" tabindex="0"
        aria-label=${t("hint")} aria-valuemin="0" aria-valuemax=${view.shown - 1} aria-valuenow=${at}
        aria-valuetext=${this.said(at)} @keydown=${this.key} @blur=${this.leave} />
      ${
        slot === null
          ? nothing
          : svg`<rect class="slot" x=${x(axis, edges[slot] ?? 0)} y="14" height=${bottom - 14}
              width=${Math.max(x(axis, edges[slot + 1] ?? 0) - x(axis, edges[slot] ?? 0), 2)} />`
      }
      ${view.lanes.map((row) => lane(pen, row, this.pick))}
      <g aria-hidden="true">${nowLine(pen)}</g>
    </svg>
    ${slot === null ? nothing : this.tip(slot)}`;
  }
}
