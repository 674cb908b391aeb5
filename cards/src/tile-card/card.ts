import { css, html, nothing, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import { isKey } from "../i18n/translate";
import { advice, RUN_FORM, type RunConfig } from "../logic/run";
import { levelNow, nextPrice } from "../logic/sentences";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { form } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const SIGNS = { cheap: "▼", normal: "●", expensive: "▲" } as const;

type Config = RunConfig & { readonly type: string };

/** The price in the size of a tile: now, next, and when to start the thing that a person would start. */
export class PriceTile extends PictureCard<Config> {
  static override styles = [
    palette,
    cardStyles,
    css`
      ha-card { display: flex; align-items: center; gap: 12px; padding: 8px 12px; min-height: 56px; overflow: hidden; }
      .sign { flex: none; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; font-size: 15px; color: var(--level); background: color-mix(in srgb, var(--level) 18%, transparent); }
      .words { min-width: 0; line-height: 1.4; }
      .now { font-size: 14px; font-weight: 600; }
      .more { font-size: 12.5px; color: var(--mo-quiet); }
      p { margin: 0; }
      .line { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    `,
  ];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return form(RUN_FORM);
  }

  getCardSize(): number {
    return 1;
  }

  getGridOptions(): object {
    // A sentence needs the width that a number does not.
    return this.config?.hours
      ? { columns: 12, min_columns: 6, rows: "auto" }
      : { columns: 6, min_columns: 4, rows: 1, min_rows: 1 };
  }

  private lines(hass: Hass): TemplateResult {
    const { home, plan, t, config } = this;
    const { now } = this.clock;
    const wait = waiting(this.moment(hass), t);
    const price = home?.price_now;
    if (price === null || price === undefined)
      return html`<p class="more" role="status">${wait ?? t("no_price")}</p>`;
    const format = this.format(hass);
    const level = `level.${levelNow(plan, home, now)}`;
    const next = nextPrice(plan, home, now, format);
    const said = plan?.home && config?.hours ? advice(plan, now, config, t, format) : null;
    const word = isKey(level) ? t(level) : "";
    const later = next
      ? t("price_next", { time: format.when(next[1], now), price: format.price(next[0]).value })
      : "";
    return html`<p class="now">${format.priceText(price)}</p>
      <p class="more line" title=${later || nothing}>${[word, later].filter(Boolean).join(" · ")}</p>
      ${said ? html`<p class="more">${said}</p>` : nothing}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (!hass) return nothing;
    const level = levelNow(this.plan, this.home, this.clock.now) ?? "normal";
    return html`<ha-card style=${`--level:var(--mo-${level === "normal" ? "quiet" : level})`}>
      <span class="sign" aria-hidden="true">${SIGNS[level]}</span><div class="words">${this.lines(hass)}</div></ha-card>`;
  }
}
