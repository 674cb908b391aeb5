import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Plan } from "../data/types";
import { isKey } from "../i18n/translate";
import { ticks, x } from "../logic/axis";
import type { Format } from "../logic/format";
import { advice, RUN_FORM, type RunConfig } from "../logic/run";
import { scale } from "../logic/scale";
import { levelNow, nextPrice } from "../logic/sentences";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { form } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const USUAL_HOURS = 2;
const TALL = 56;
const WIDE = 300;
const BETWEEN = 1;
// A label further right would be cut.
const LABELLED = 0.88;

interface Config extends RunConfig {
  readonly type: string;
  /** Only when to start something: beside a card that tells the price. */
  readonly brief?: boolean;
}

/** The price for small places: now, next, and the cheapest time to start something by hand. */
export class PriceCard extends PictureCard<Config> {
  static override styles = [
    palette,
    cardStyles,
    css`
      .now { display: flex; align-items: baseline; gap: 8px; flex-wrap: wrap; }
      .number { font-size: 32px; font-weight: 600; letter-spacing: -0.02em; }
      .level { font-weight: 600; }
      .cheap { color: var(--mo-cheap); }
      .expensive { color: var(--mo-expensive); }
      p { margin: 6px 0 0; font-size: 14px; line-height: 1.45; }
      svg { display: block; width: 100%; height: ${TALL}px; margin-top: 12px; direction: ltr; }
      .hours { position: relative; height: 18px; overflow: hidden; direction: ltr; font-size: 11px; line-height: 18px; color: var(--mo-quiet); }
      .hours span { position: absolute; padding-inline-start: 3px; border-inline-start: 1px solid var(--mo-line); }
    `,
  ];

  static getStubConfig(): object {
    return { hours: USUAL_HOURS };
  }

  static getConfigForm(): object {
    return form([...RUN_FORM, { name: "brief", selector: { boolean: {} } }]);
  }

  getCardSize(): number {
    return 3;
  }

  getGridOptions(): object {
    return { columns: 6, min_columns: 4, rows: "auto" };
  }

  private advice(plan: Plan, format: Format): TemplateResult | typeof nothing {
    const run = { hours: USUAL_HOURS, ...this.config };
    const said = advice(plan, this.clock.now, run, this.t, format);
    return said ? html`<p>${said}</p>` : nothing;
  }

  private bars(plan: Plan, format: Format): TemplateResult | typeof nothing {
    const home = plan.home;
    const known = home?.price_quality.lastIndexOf("known") ?? -1;
    if (!home || known < 0) return nothing;
    const edges = plan.edges.slice(0, known + 2).map((edge) => Date.parse(edge));
    const row = scale([home.import_price.slice(0, known + 1)], 2, TALL, 0.05);
    const axis = { from: edges[0] ?? 0, to: edges[known + 1] ?? 0, left: 0, right: WIDE };
    const zero = row.y(0);
    return html`<div aria-hidden="true"><svg viewBox=${`0 0 ${WIDE} ${TALL}`} preserveAspectRatio="none">
      ${edges.slice(0, -1).map((edge, slot) => {
        const price = home.import_price[slot];
        if (typeof price !== "number") return null;
        const left = x(axis, edge);
        return svg`<rect x=${left} width=${Math.max(x(axis, edges[slot + 1] ?? edge) - left - BETWEEN, 0.5)} y=${Math.min(row.y(price), zero)}
          height=${Math.max(Math.abs(zero - row.y(price)), 1)} style=${`fill:var(--mo-${home.price_level[slot] ?? "normal"})`} />`;
      })}</svg>
      <div class="hours">${ticks(axis, format)
        .filter((tick) => x(axis, tick.at) < WIDE * LABELLED)
        .map(
          (tick) => html`<span style=${`left:${(100 * x(axis, tick.at)) / WIDE}%`}>${tick.label}</span>`,
        )}</div></div>`;
  }

  private body(hass: Hass): TemplateResult {
    const { home, plan, t } = this;
    const format = this.format(hass);
    const wait = waiting(this.moment(hass), t);
    const word = levelNow(plan, home, this.clock.now);
    const level = `level.${word}`;
    const cost = home?.price_now;
    const price = cost === null || cost === undefined ? null : format.price(cost);
    const next = nextPrice(plan, home, this.clock.now, format);
    if (this.config?.brief && !wait)
      return html`<h2>${t("run.title")}</h2>${plan?.home ? html`${this.advice(plan, format)}${this.bars(plan, format)}` : nothing}`;
    return html`${
      price
        ? html`<div class="now"><span class="number">${price.value}</span><span class="quiet">${price.unit}</span>
            ${isKey(level) ? html`<span class=${`level ${word}`}>${t(level)}</span>` : nothing}</div>`
        : nothing
    }
      ${next ? html`<p class="quiet">${t("price_next", { time: format.when(next[1], this.clock.now), price: format.priceText(next[0]) })}</p>` : nothing}
      ${plan?.home ? html`${this.bars(plan, format)}${this.advice(plan, format)}` : nothing}
      ${wait ? html`<p class="wait">${wait}</p>` : nothing}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
