import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Now, Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import { isKey } from "../i18n/translate";
import type { Format } from "../logic/format";
import { doing, flow, levelNow, untilNext, upcoming } from "../logic/sentences";
import { palette } from "./theme";

const MOST_SAID = 3;

/** What power costs now, what the home does and why, and what comes next: for a person who reads only this. */
export class Summary extends LitElement {
  static override styles = [
    palette,
    css`
      :host { display: block; color: var(--mo-text); font-size: 16px; line-height: 1.45; }
      .price { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; }
      .number { font-size: 44px; font-weight: 600; line-height: 1.1; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
      .unit { font-size: 16px; color: var(--mo-quiet); }
      .level { align-self: center; padding: 3px 12px; border-radius: 99px; font-weight: 600; font-size: 15px; color: var(--mo-on-colour); }
      .cheap { background: var(--mo-cheap); }
      .normal { background: color-mix(in srgb, var(--mo-normal) 30%, var(--mo-surface)); color: var(--mo-text); }
      .expensive { background: var(--mo-expensive); }
      .quiet { color: var(--mo-quiet); }
      p { margin: 6px 0 0; }
      b { font-weight: 600; }
    `,
  ];

  @property({ attribute: false }) home: Now | null = null;
  @property({ attribute: false }) plan: Plan | null = null;
  @property({ attribute: false }) now = Date.now();
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  @property({ type: Boolean, reflect: true }) dark = false;

  private price(): TemplateResult | typeof nothing {
    const { home, t, format } = this;
    if (home?.price_now === null || home?.price_now === undefined) return nothing;
    const { value, unit } = format.price(home.price_now);
    const word = levelNow(this.plan, home, this.now);
    const level = `level.${word}`;
    return html`<div class="price">
      <span><span class="number">${value}</span><span class="unit">&nbsp;${unit}</span></span>
      ${isKey(level) ? html`<span class=${`level ${word}`}>${t(level)}</span>` : nothing}
      <span class="quiet">${this.plan ? untilNext(this.plan, this.now, t, format) : nothing}</span>
    </div>`;
  }

  private doings(): TemplateResult {
    const { plan, now, t, format } = this;
    if (!plan) return html``;
    const found = doing(plan, now, t, format).slice(0, MOST_SAID);
    if (found.length === 0) return html`<p><b>${t("does.nothing")}</b></p>`;
    return html`${found.map((one) => html`<p><b>${one.what}</b> <span class="quiet">${one.until}</span>${one.why ? html`<span class="quiet">${t("colon")} ${one.why}</span>` : nothing}</p>`)}`;
  }

  protected override render(): TemplateResult {
    const { home, plan, now, t, format } = this;
    return html`${this.price()}
      ${
        home && (plan || home.price_now !== null)
          ? html`<p>${flow(home.cost_per_hour, t, format)} ${
              home.updated_at
                ? html`<span class="quiet">· <merit-order-ago .at=${Date.parse(home.updated_at)} .t=${t}></merit-order-ago></span>`
                : nothing
            }</p>`
          : nothing
      }
      ${this.doings()}
      ${plan ? html`<p class="quiet">${upcoming(plan, now, t, format)}</p>` : nothing}`;
  }
}
