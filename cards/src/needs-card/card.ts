import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import type { AssetPlan } from "../data/types";
import type { Format } from "../logic/format";
import { askable, nextAt, UNITS, unitOf } from "../logic/needs";
import { explained } from "../logic/shortfalls";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";
import { needsStyles } from "./styles";

const USUAL_TIME = "07:00";

/** What the household needs and by when; whether it can be met; asked for and taken back here. */
export class NeedsCard extends PictureCard {
  static override styles = [palette, cardStyles, needsStyles];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return { schema: [] };
  }

  @state() private chosen = "";

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): object {
    return { columns: 6, min_columns: 6, rows: "auto" };
  }

  private ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const { hass } = this;
    if (!hass) return;
    const fields = new FormData(event.target as HTMLFormElement);
    const asset = askable(this.plan?.assets ?? []).find((one) => one.id === fields.get("asset"));
    if (!asset) return;
    hass.callService("merit_order", "need", {
      asset: asset.id,
      amount: Number(fields.get("amount")),
      unit: unitOf(asset),
      by: nextAt(String(fields.get("by")), Date.now(), this.format(hass)),
    });
  };

  private takeBack(asset: AssetPlan): void {
    this.hass?.callService("merit_order", "resume", { asset: asset.id });
  }

  private row(asset: AssetPlan, format: Format): TemplateResult | typeof nothing {
    const { t, plan } = this;
    const { now } = this.clock;
    const entities = this.picture?.entities[asset.id];
    const needs = entities?.needs ?? [];
    const orders = entities?.overrides ?? [];
    const short = plan?.shortfalls.filter((one) => one.asset === asset.id) ?? [];
    if (needs.length + orders.length + short.length === 0) return nothing;
    return html`<li><div><b>${asset.name}</b>
      ${needs.map((need) => {
        const amount = `${format.number(need.amount, 0)} ${UNITS[need.unit]}`;
        return html`<p>${t("need", { amount, time: format.when(Date.parse(need.by), now) })}</p>`;
      })}
      ${orders.map((order) => html`<p>${t(`override.${order.mode}`, { time: format.when(Date.parse(order.end), now) })}</p>`)}
      ${short.map((one) => {
        const amount = `${format.number(one.amount)} ${UNITS[one.unit.toLowerCase()] ?? one.unit}`;
        return html`<p class="short">${t("need_short", { amount, time: format.when(Date.parse(one.by), now) })}</p>
          <p>${explained(one, plan, now, t, format).join(" ")}</p>`;
      })}</div>
      ${
        needs.length + orders.length > 0
          ? html`<button type="button" @click=${() => this.takeBack(asset)}>${t("override.resume")}</button>`
          : nothing
      }</li>`;
  }

  private form(assets: readonly AssetPlan[]): TemplateResult | typeof nothing {
    const { t } = this;
    const asset = assets.find((one) => one.id === this.chosen) ?? assets[0];
    if (!asset) return nothing;
    const choose = (event: Event): void => {
      this.chosen = (event.target as HTMLSelectElement).value;
    };
    return html`<form @submit=${this.ask}>
      <label>${t("need_what")}<select name="asset" @change=${choose}>
        ${assets.map((one) => html`<option value=${one.id} ?selected=${one === asset}>${one.name}</option>`)}</select></label>
      <label>${t("need_amount", { unit: UNITS[unitOf(asset)] ?? "" })}<input name="amount" type="number" min="0" step="any" required /></label>
      <label>${t("need_by")}<input name="by" type="time" .defaultValue=${USUAL_TIME} required /></label>
      <button>${t("need_ask")}</button></form>`;
  }

  private body(hass: Hass): TemplateResult {
    const { plan, t } = this;
    const wait = waiting(this.moment(hass), t);
    if (wait || !plan) return html`<h2>${t("needs")}</h2><p class="wait">${wait}</p>`;
    const assets = askable(plan.assets);
    const format = this.format(hass);
    const rows = assets.map((asset) => this.row(asset, format)).filter((row) => row !== nothing);
    return html`<h2>${t("needs")}</h2>
      ${rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p class="quiet">${t("need_none")}</p>`}
      ${this.form(assets)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
