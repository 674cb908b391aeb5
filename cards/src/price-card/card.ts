import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Plan } from "../data/types";
import { isKey } from "../i18n/translate";
import type { Format } from "../logic/format";
import { advice, RUN_FORM, type RunConfig } from "../logic/run";
import { scale } from "../logic/scale";
import { levelNow } from "../logic/sentences";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { form } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const USUAL_HOURS = 2;
const TALL = 56;

type Config = RunConfig & { readonly type: string };

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
    `,
  ];

  static getStubConfig(): object {
    return { hours: USUAL_HOURS };
  }

  static getConfigForm(): object {
    return form(RUN_FORM);
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

  private bars(plan: Plan): TemplateResult | typeof nothing {
    const home = plan.home;
    if (!home) return nothing;
    const known = home.import_price.filter((_, slot) => home.price_quality[slot] === "known");
    const row = scale([known], 2, TALL, 0.05);
    const zero = row.y(0);
    return html`<svg viewBox=${`0 0 ${Math.max(known.length, 1)} ${TALL}`} preserveAspectRatio="none" aria-hidden="true">
      ${known.map((price, slot) =>
        price === null
          ? null
          : svg`<rect x=${slot} width="0.86" y=${Math.min(row.y(price), zero)} height=${Math.max(Math.abs(zero - row.y(price)), 1)} style=${`fill:var(--mo-${home.price_level[slot] ?? "normal"})`} />`,
      )}</svg>`;
  }

  private body(hass: Hass): TemplateResult {
    const { home, plan, t } = this;
    const format = this.format(hass);
    const wait = waiting(this.moment(hass), t);
    const word = levelNow(plan, home, this.clock.now);
    const level = `level.${word}`;
    const cost = home?.price_now;
    const price = cost === null || cost === undefined ? null : format.price(cost);
    const next = home?.next_price;
    const at = home?.next_price_at;
    return html`${
      price
        ? html`<div class="now"><span class="number">${price.value}</span><span class="quiet">${price.unit}</span>
            ${isKey(level) ? html`<span class=${`level ${word}`}>${t(level)}</span>` : nothing}</div>`
        : nothing
    }
      ${typeof next === "number" && at ? html`<p class="quiet">${t("price_next", { time: format.time(Date.parse(at)), price: format.priceText(next) })}</p>` : nothing}
      ${plan?.home ? html`${this.bars(plan)}${this.advice(plan, format)}` : nothing}
      ${wait ? html`<p class="wait">${wait}</p>` : nothing}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
