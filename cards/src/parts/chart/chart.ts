import { html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { AssetPlan, Block } from "../../data/types";
import type { Translate } from "../../i18n/translate";
import { instant, slotAt, ticks, x } from "../../logic/axis";
import type { Format } from "../../logic/format";
import { moved, zoomed } from "../../logic/sight";
import { facts, span } from "../../logic/slot";
import type { Sight, View } from "../../logic/view";
import { palette } from "../theme";
import { charge, meter, power } from "./curves";
import { grid, nowLine, type Pen, pastShade } from "./frame";
import { lane } from "./lane";
import { Moves } from "./moves";
import { prices } from "./prices";
import { chartStyles } from "./styles";

const LEVELS = ["cheap", "normal", "expensive"];
const HOUR_OF_SLOTS = 4;

/** A block was picked: its asset and itself. */
export type BlockPicked = CustomEvent<{ asset: AssetPlan; block: Block }>;

/** What is to come in sight. */
export type SightMoved = CustomEvent<Sight>;

/** The past and the plan on one time axis. Fires `block-picked` and `sight-moved`. */
export class PlanChart extends LitElement {
  static override styles = [palette, chartStyles];

  @property({ attribute: false }) view!: View;
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() private slotShown: number | null = null;

  private moves = new Moves((sight) => {
    this.slotShown = null;
    this.dispatchEvent(new CustomEvent("sight-moved", { detail: sight }));
  });
  private dragged = false;

  private pick = (asset: AssetPlan, block: Block): void => {
    if (this.dragged) return;
    this.slotShown = null;
    this.dispatchEvent(
      new CustomEvent("block-picked", { detail: { asset, block }, bubbles: true, composed: true }),
    );
  };

  private get left(): number {
    return this.getBoundingClientRect().left;
  }

  private down = (event: PointerEvent): void => {
    this.dragged = false;
    this.moves.down(event, this.view);
    this.point(event);
  };

  private move = (event: PointerEvent): void => {
    this.moves.move(event, this.view, this.left);
    if (!this.moves.active) {
      this.point(event);
      return;
    }
    // From here on the pointer may leave the chart, and letting go picks no block.
    if (!this.dragged) (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.dragged = true;
  };

  private up = (event: PointerEvent): void => {
    this.moves.up(event, this.view);
  };

  private wheel = (event: WheelEvent): void => this.moves.wheel(event, this.view, this.left);

  private point(event: PointerEvent): void {
    this.slotShown = slotAt(this.view.edges, instant(this.view.axis, event.clientX - this.left) - 1);
  }

  private leave = (): void => {
    this.slotShown = null;
  };

  private key = (event: KeyboardEvent): void => {
    const { first, last, axis } = this.view;
    const zoom: Record<string, number> = { "+": 0.5, "=": 0.5, "-": 2 };
    const factor = zoom[event.key];
    if (event.key === "Escape") this.slotShown = null;
    if (factor !== undefined) {
      const at = this.view.edges[this.slotShown ?? this.view.slot ?? first] ?? axis.from;
      this.dispatchEvent(new CustomEvent("sight-moved", { detail: zoomed(axis, factor, at) }));
    }
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -HOUR_OF_SLOTS,
      PageDown: HOUR_OF_SLOTS,
      Home: first - last,
      End: last - first,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = this.slotShown ?? this.view.slot ?? first;
    this.show(from + (this.slotShown === null ? 0 : step), Math.abs(step) > HOUR_OF_SLOTS);
  };

  /** Shows a slot; the time in sight follows it past its ends, unless it is to stop there. */
  private show(slot: number, stop: boolean): void {
    const { edges, axis, first, last } = this.view;
    const [low, high] = stop ? [first, last - 1] : [0, edges.length - 2];
    const shown = Math.min(Math.max(slot, low), high);
    if (shown < first || shown >= last) {
      const share = (shown < first ? -1 : 1) / 4;
      this.dispatchEvent(new CustomEvent("sight-moved", { detail: moved(axis, share) }));
    }
    this.slotShown = shown;
  }

  private said(slot: number): string {
    const { view, t, format } = this;
    const told = facts(view, slot, t, format).map((fact) => `${fact.name} ${fact.value}`);
    return [span(view.plan, slot, view.now, format), ...told].join(", ");
  }

  private tip(slot: number): TemplateResult {
    const { view, t, format } = this;
    const middle = Math.max(x(view.axis, view.edges[slot] ?? 0), view.axis.left);
    const onLeft = middle > (view.axis.left + view.axis.right) / 2;
    // On a phone it would not fit beside the slot.
    const beside = onLeft ? `right:${view.width - middle + 10}px` : `left:${middle + 16}px`;
    const place = view.narrow ? (onLeft ? "left:0" : "right:0") : beside;
    return html`<div class="tip" style=${place}>
      <strong>${span(view.plan, slot, view.now, format)}</strong>
      <dl>${facts(view, slot, t, format).map((fact) => html`<dt>${fact.name}</dt><dd>${fact.value}</dd>`)}</dl>
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
    const at = slot ?? view.slot ?? view.first;
    return html`<svg role="group" aria-label=${t("chart", {
      from: format.when(axis.from, view.now),
      to: format.when(axis.to, view.now),
    })} viewBox=${`0 0 ${view.width} ${view.height}`} height=${view.height}
        @pointermove=${this.move} @pointerdown=${this.down} @pointerup=${this.up} @pointercancel=${this.up}
        @pointerleave=${this.leave} @wheel=${this.wheel}>
      <defs>${hatches}</defs>
      <defs><clipPath id="sight"><rect x=${axis.left} y="0" width=${axis.right - axis.left} height=${view.height} /></clipPath></defs>
      <g aria-hidden="true">${grid(pen, ticks(axis, format))}${pastShade(pen)}${prices(pen, home)}${power(pen, home)}${charge(pen)}${meter(pen, home)}</g>
      <rect class="cursor" x=${axis.left} y="0" width=${axis.right - axis.left} height=${bottom} rx="4" role="slider" tabindex="0"
        aria-label=${t("hint")} aria-valuemin="0" aria-valuemax=${edges.length - 2} aria-valuenow=${at}
        aria-valuetext=${this.said(at)} @keydown=${this.key} @blur=${this.leave} />
      ${
        slot === null
          ? nothing
          : svg`<rect class="slot" clip-path="url(#sight)" x=${x(axis, edges[slot] ?? 0)} y="14" height=${bottom - 14}
              width=${Math.max(x(axis, edges[slot + 1] ?? 0) - x(axis, edges[slot] ?? 0), 2)} />`
      }
      ${view.lanes.map((row) => lane(pen, row, this.pick))}
      <g aria-hidden="true">${nowLine(pen)}</g>
    </svg>
    ${slot === null ? nothing : this.tip(slot)}`;
  }
}
