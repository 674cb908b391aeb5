import { css, html, nothing, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Now } from "../data/types";
import { commandRows } from "../logic/commands";
import { notices, waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { commandList, commandStyles } from "../parts/commands";
import { noticeList } from "../parts/notices";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

/** This moment: what power costs, what the home does and why, what comes next, and what feeds what. */
export class NowCard extends PictureCard {
  static override styles = [
    palette,
    cardStyles,
    commandStyles,
    css`
      ha-card { container-type: inline-size; height: auto; }
      .moving { margin-top: 18px; }
      @container (min-width: 760px) {
        .halves { display: grid; grid-template-columns: 1fr minmax(320px, 0.8fr); gap: 32px; align-items: center; }
        .moving { margin-top: 0; }
      }
      details { margin-top: 16px; }
      summary { cursor: pointer; font-size: 14px; line-height: 32px; color: var(--mo-quiet); }
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

  private moving(hass: Hass, home: Now): TemplateResult | typeof nothing {
    const { plan, t, dark } = this;
    const format = this.format(hass);
    const measured = [home.grid_kw, home.solar_kw, home.battery_kw, home.load_kw].some((kw) => kw !== null);
    if (!measured) return plan?.home ? html`<p class="quiet">${t("flow_unmeasured")}</p>` : nothing;
    return html`<merit-order-flow .home=${home} .format=${format} .t=${t} ?dark=${dark}></merit-order-flow>
      ${home.battery_soc === null ? nothing : html`<p class="charge quiet">${t("charge_now", { percent: format.percent(home.battery_soc) })}</p>`}`;
  }

  /** The last commands, for whoever wonders; folded away. */
  private told(hass: Hass): TemplateResult | typeof nothing {
    const { home, picture, t } = this;
    const rows = commandRows(picture?.commands ?? [], this.clock.now, t, this.format(hass));
    if (rows.length === 0 || !home) return nothing;
    const heading = t(home.mode === "advise" ? "commands.would" : "commands");
    return html`<details><summary>${heading}</summary>${commandList(rows, true)}</details>`;
  }

  private body(hass: Hass): TemplateResult {
    const { home, plan, t, dark } = this;
    const format = this.format(hass);
    const moment = this.moment(hass);
    const wait = waiting(moment, t);
    const told = notices(moment, t, format);
    return html`${noticeList(told, "warning")}
      ${
        home
          ? html`<div class="halves"><div><merit-order-summary .home=${home} .plan=${plan?.home ? plan : null} .entities=${this.picture?.entities} .now=${moment.now} .format=${format} .t=${t}
              ?dark=${dark}></merit-order-summary>${noticeList(told, "info")}</div><div class="moving">${this.moving(hass, home)}</div></div>`
          : nothing
      }
      ${wait ? html`<p class="wait" role="status">${wait}</p>` : nothing}${this.told(hass)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
