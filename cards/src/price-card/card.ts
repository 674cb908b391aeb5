import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Plan } from "../data/types";
import { isKey } from "../i18n/translate";
import type { Format } from "../logic/format";
import { scale } from "../logic/scale";
import { levelNow } from "../logic/sentences";
import { waiting } from "../logic/state";
import { cheapestWindow, meanPrice } from "../logic/window";
import { cardStyles } from "../parts/card-styles";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const USUAL_HOURS = 2;
const TALL = 56;
const WORTH_SAYING = 0.005;

interface Config {
  readonly type: string;
  /** How long the thing runs that a person would start. */
  readonly hours?: number;
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
    `,
  ];

  static getStubConfig(): object {
    return { hours: USUAL_HOURS };
  }

  static getConfigForm(): object {
    return {
      schema: [
        {
          name: "hours",
          default: USUAL_HOURS,
          selector: { number: { min: 0.5, max: 12, step: 0.5, unit_of_measurement: "h" } },
        },
      ],
    };
  }

  getCardSize(): number {
    return 3;
  }

  getGridOptions(): object {
    return { columns: 6, min_columns: 4, rows: "auto" };
  }

  private advice(plan: Plan, format: Format): TemplateResult | typeof nothing {
    const { t } = this;
    const { now } = this.clock;
    const hours = this.config?.hours ?? USUAL_HOURS;
    const best = cheapestWindow(plan, now, hours);
    if (!best) return nothing;
    const atOnce = meanPrice(plan, now, hours);
    const long = format.number(hours, Number.isInteger(hours) ? 0 : 1);
    const words = {
      hours: long,
      start: format.when(best.start, now),
      end: format.when(best.end, now),
      price: format.priceText(best.price),
    };
    const best_now = atOnce !== null && atOnce - best.price < WORTH_SAYING;
    return html`<p>${t(best_now ? "window_now" : "window", words)}</p>`;
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
