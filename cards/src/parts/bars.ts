import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Format } from "../logic/format";
import type { Bar } from "../logic/savings";
import { scale } from "../logic/scale";
import { palette } from "./theme";

const TALL = 110;
const LABEL = 16;
const LABEL_ROOM = 34;

/** Money per day or month, gains above the line and losses hatched below it. One bar at a time is said in words. */
export class MoneyBars extends LitElement {
  static override styles = [
    palette,
    css`
      :host { display: block; color: var(--mo-text); direction: ltr; }
      svg { display: block; width: 100%; overflow: visible; outline: none; }
      svg:focus-visible { outline: 2px solid var(--mo-text); outline-offset: 4px; border-radius: 6px; }
      .gain { fill: var(--mo-cheap); }
      .loss { fill: url(#loss); stroke: var(--mo-expensive); }
      .base { stroke: var(--mo-quiet); opacity: 0.5; }
      .chosen { fill: var(--mo-text); opacity: 0.09; }
      text { font-size: 11px; fill: var(--mo-quiet); }
      p { margin: 0 0 8px; min-height: 1.45em; font-size: 14px; line-height: 1.45; color: var(--mo-quiet); }
      p b { color: var(--mo-text); font-weight: 600; }
    `,
  ];

  @property({ attribute: false }) bars: readonly Bar[] = [];
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) label = "";
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() private chosen: number | null = null;
  @state() private width = 0;
  private sized = new ResizeObserver((entries) => {
    this.width = Math.round(entries[0]?.contentRect.width ?? 0);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  private point = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    this.chosen = Math.min(Math.max(Math.floor(share * this.bars.length), 0), this.bars.length - 1);
  };

  private key = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const last = this.bars.length - 1;
    this.chosen = Math.min(Math.max((this.chosen ?? last) + step, 0), last);
  };

  private leave = (): void => {
    this.chosen = null;
  };

  private said(bar: Bar): string {
    return `${bar.name} ${this.format.money(bar.value)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { bars, chosen, width } = this;
    const last = bars.length - 1;
    const shown = bars[chosen ?? last];
    if (!shown || width === 0) return nothing;
    const row = scale([bars.map((bar) => bar.value)], 4, TALL, 0.01);
    const [zero, wide] = [row.y(0), width / bars.length];
    const every = Math.ceil(LABEL_ROOM / wide);
    return html`<p aria-hidden="true">${shown.name} <b>${this.format.money(shown.value)}</b></p>
      <svg viewBox=${`0 0 ${width} ${TALL + LABEL + 2}`} height=${TALL + LABEL + 2} role="slider" tabindex="0" aria-label=${this.label}
        aria-valuemin="0" aria-valuemax=${last} aria-valuenow=${chosen ?? last} aria-valuetext=${this.said(shown)}
        @pointermove=${this.point} @pointerdown=${this.point} @pointerleave=${this.leave} @keydown=${this.key} @blur=${this.leave}>
        <defs><pattern id="loss" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.4" height="6" style="fill:var(--mo-expensive)" /></pattern></defs>
        <rect width=${width} height=${TALL + LABEL} fill="transparent" />
        ${chosen === null ? nothing : svg`<rect class="chosen" x=${chosen * wide} width=${wide} height=${TALL + LABEL} rx="3" />`}
        ${bars.map((bar, i) => {
          const y = row.y(bar.value);
          return svg`<rect class=${bar.value < 0 ? "loss" : "gain"} x=${i * wide + wide * 0.12} width=${wide * 0.76} rx="2"
              y=${Math.min(y, zero)} height=${Math.abs(zero - y)} />
            ${(last - i) % every === 0 ? svg`<text text-anchor="middle" x=${(i + 0.5) * wide} y=${TALL + LABEL}>${bar.label}</text>` : null}`;
        })}
        <line class="base" x1="0" x2=${width} y1=${zero} y2=${zero} />
      </svg>`;
  }
}
