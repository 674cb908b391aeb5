import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import { listenRepairs, type Repair } from "../data/repairs";
import { commandRows } from "../logic/commands";
import { charge, type InputRow, inputRows } from "../logic/health";
import { notices, waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { commandList, commandStyles } from "../parts/commands";
import { noticeList } from "../parts/notices";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const SIGNS: Record<InputRow["health"], string> = {
  fresh: "✓",
  provisional: "…",
  partial: "◐",
  stale: "⚠",
  suspect: "⚠",
  missing: "✕",
};

/** What the plan rests on, who is in charge, and what is to be mended. */
export class HealthCard extends PictureCard {
  static override styles = [
    palette,
    cardStyles,
    commandStyles,
    css`
      h2:not(:first-child) { margin-top: 22px; }
      ul { list-style: none; margin: 6px 0 0; padding: 0; font-size: 14px; line-height: 1.45; }
      li { display: grid; grid-template-columns: 20px 1fr auto; gap: 0 8px; padding: 7px 0; border-top: 1px solid var(--mo-line); }
      li > :nth-child(n + 4) { grid-column: 2 / -1; }
      .sign { text-align: center; color: var(--mo-cheap); }
      .stale .sign, .suspect .sign, .missing .sign, .partial .sign, .repair .sign { color: var(--mo-expensive); }
      .provisional .sign { color: var(--mo-quiet); }
      li.told { grid-template-columns: minmax(44px, auto) 1fr auto; }
      p { margin: 8px 0 0; font-size: 14px; line-height: 1.45; }
      p.text { margin: 2px 0 0; }
    `,
  ];

  @state() private repairs: readonly Repair[] = [];
  private stopRepairs: (() => void) | null = null;
  private worded: Promise<void> | null = null;

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return { schema: [] };
  }

  getCardSize(): number {
    return 8;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopRepairs?.();
    this.stopRepairs = null;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    if (!this.hass || !this.isConnected) return;
    this.worded ??= this.hass.loadBackendTranslation("entity", "merit_order").then(
      () => this.requestUpdate(),
      () => undefined,
    );
    this.stopRepairs ??= listenRepairs(this.hass, (repairs) => {
      this.repairs = repairs;
    });
  }

  private input(row: InputRow): TemplateResult {
    return html`<li class=${row.health}><span class="sign" aria-hidden="true">${SIGNS[row.health]}</span>
      <span>${row.name} <span class="quiet">${row.origin}</span></span><span>${row.word}</span>
      ${row.doubt ? html`<span class="quiet">${row.doubt}</span>` : nothing}</li>`;
  }

  private mend(): TemplateResult {
    const { repairs, t } = this;
    if (repairs.length === 0) return html`<p class="quiet">${t("health.no_repairs")}</p>`;
    return html`<ul>${repairs.map(
      (repair) => html`<li class="repair"><span class="sign" aria-hidden="true">⚠</span>
        <span><b>${repair.title}</b><p class="text quiet">${repair.text}</p></span></li>`,
    )}</ul>`;
  }

  private told(hass: Hass): TemplateResult {
    const { picture, t } = this;
    const { now } = this.clock;
    const rows = commandRows(picture?.commands ?? [], now, t, this.format(hass));
    return rows.length === 0
      ? html`<p class="quiet">${t("health.no_commands")}</p>`
      : commandList(rows, true);
  }

  private body(hass: Hass): TemplateResult {
    const { picture, plan, t } = this;
    const format = this.format(hass);
    const moment = this.moment(hass);
    const wait = waiting(moment, t);
    const cut = notices(moment, t, format).filter((notice) => notice.cut);
    const rows = plan ? inputRows(plan, moment.now, t, format) : [];
    return html`${noticeList(cut, "warning")}
      ${wait ? html`<p class="wait" role="status">${wait}</p>` : nothing}
      <h2>${t("health.charge")}</h2>
      ${picture ? charge(picture, moment.now, t, format).map((said) => html`<p>${said}</p>`) : nothing}
      <h2>${t("health.repairs")}</h2>${this.mend()}
      <h2>${t("health.inputs")}</h2>
      <ul>${rows.map((row) => this.input(row))}</ul>
      <h2>${t("health.commands")}</h2>${this.told(hass)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
