import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Now, Picture, Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import { isKey } from "../i18n/translate";
import type { Format } from "../logic/format";
import { colours } from "../logic/lanes";
import {
  capital,
  type Doing,
  doing,
  flow,
  levelNow,
  starting,
  untilNext,
  upcoming,
} from "../logic/sentences";
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
      .doing, .next { list-style: none; margin: 12px 0 0; padding: 0; display: grid; gap: 8px; }
      .doing li { padding-inline-start: 20px; position: relative; }
      .doing li::before, .next i { content: ""; box-sizing: border-box; width: 10px; height: 10px; border-radius: 50%; border: 2.5px solid var(--thing); }
      .doing li::before { position: absolute; inset-inline-start: 1px; top: 0.42em; }
      .doing .runs::before { background: var(--thing); }
      .why { display: block; }
      h3 { margin: 14px 0 0; font-size: 16px; font-weight: 600; }
      .next { margin-top: 4px; gap: 2px 10px; grid-template-columns: auto auto 1fr; align-items: center; }
      .next li { display: contents; }
      .next time { font-variant-numeric: tabular-nums; color: var(--mo-quiet); }
    `,
  ];

  @property({ attribute: false }) home: Now | null = null;
  @property({ attribute: false }) plan: Plan | null = null;
  @property({ attribute: false }) entities: Picture["entities"] = {};
  @property({ attribute: false }) now = Date.now();
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  /** One line for what comes next, where the lanes below show it. */
  @property({ type: Boolean }) short = false;
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
    const found = doing(plan, now, t, format, this.entities).slice(0, MOST_SAID);
    if (found.length === 0) return html`<p><b>${t("does.nothing")}</b></p>`;
    const coloured = colours(plan);
    const line = (
      one: Doing,
    ): TemplateResult => html`<li class=${one.runs ? "runs" : ""} style=${`--thing:var(--mo-${coloured.get(one.asset.id)})`}>
      <b>${one.what}</b> <span class="quiet">${one.until}</span>${one.why ? (this.short ? html`<span class="quiet">${t("colon")} ${one.why}</span>` : html`<span class="why quiet">${capital(one.why)}</span>`) : nothing}</li>`;
    return html`<ul class="doing">${found.map(line)}</ul>`;
  }

  /** What comes next: in rows, or in one line. */
  private next(plan: Plan): TemplateResult {
    const { now, t, format, short } = this;
    const found = starting(plan, now, t);
    if (short || found.length === 0) return html`<p class="quiet">${upcoming(plan, now, t, format)}</p>`;
    const coloured = colours(plan);
    return html`<h3>${t("next_title")}</h3><ul class="next">${found.map(
      (one) => html`<li style=${`--thing:var(--mo-${coloured.get(one.asset.id)})`}>
        <time datetime=${new Date(one.at).toISOString()}>${format.when(one.at, now)}</time><i></i><span>${one.what}</span></li>`,
    )}</ul>`;
  }

  protected override render(): TemplateResult {
    const { home, plan, t, format } = this;
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
      ${plan ? this.next(plan) : nothing}`;
  }
}
