import { css, html, nothing, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import { notices, waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

/** This moment: what power costs, what the home does and why, what comes next, and what feeds what. */
export class NowCard extends PictureCard {
  static override styles = [
    palette,
    cardStyles,
    css`
      merit-order-flow { margin-top: 18px; }
      .charge { margin: 10px 0 0; text-align: center; font-size: 14px; }
    `,
  ];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return { schema: [] };
  }

  getCardSize(): number {
    return 7;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  private body(hass: Hass): TemplateResult {
    const { home, plan, t, dark } = this;
    const format = this.format(hass);
    const { now } = this.clock;
    const wait = waiting(plan, home, this.problem, t);
    return html`${notices(plan, home, hass.connected, now, t, format).map(
      (notice) => html`<p class="notice" role="status">${notice}</p>`,
    )}
      ${
        home
          ? html`<merit-order-summary .home=${home} .plan=${plan?.home ? plan : null} .now=${now} .format=${format} .t=${t} ?dark=${dark}></merit-order-summary>
            <merit-order-flow .home=${home} .format=${format} .t=${t} ?dark=${dark}></merit-order-flow>
            ${home.battery_soc === null ? nothing : html`<p class="charge quiet">${t("charge_now", { percent: format.percent(home.battery_soc) })}</p>`}`
          : nothing
      }
      ${wait ? html`<p class="wait" role="status">${wait}</p>` : nothing}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
