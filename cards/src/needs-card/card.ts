import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import type { AssetPlan, Need, Shortfall } from "../data/types";
import type { Format } from "../logic/format";
import { askable, clockTime, nextAt, served, UNITS, unitOf } from "../logic/needs";
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
  /** A need that is being changed. */
  @state() private changing: { asset: string; need: Need } | null = null;

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
    const by = nextAt(String(fields.get("by")), Date.now(), this.format(hass));
    void this.want(hass, asset, { amount: Number(fields.get("amount")), unit: unitOf(asset), by });
  };

  /** A changed need takes the place of the one before; what else was asked of the thing stays. */
  private async want(hass: Hass, asset: AssetPlan, need: Need): Promise<void> {
    const before = this.changing?.asset === asset.id ? this.changing.need : null;
    const all = this.picture?.entities[asset.id]?.needs ?? [];
    this.changing = null;
    if (before) await hass.callService("merit_order", "resume", { asset: asset.id });
    const kept = before ? all.filter((one) => one.by !== before.by || one.unit !== before.unit) : [];
    for (const one of [...kept, need])
      await hass.callService("merit_order", "need", { asset: asset.id, ...one });
  }

  private async change(asset: AssetPlan, need: Need): Promise<void> {
    this.chosen = asset.id;
    this.changing = { asset: asset.id, need };
    await this.updateComplete;
    // What was typed before gives way to what is to be changed.
    const fields = this.renderRoot.querySelector("form");
    fields?.reset();
    fields?.querySelector("input")?.focus();
  }

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
    return html`<li><div><b>${asset.name}</b>
      ${needs.map((need) => {
        const amount = `${format.number(need.amount, Number.isInteger(need.amount) ? 0 : 1)} ${UNITS[need.unit]}`;
        return html`<p>${t("need", { amount, time: format.when(Date.parse(need.by), now) })}
          <button type="button" class="change" @click=${() => this.change(asset, need)}>${t("need_change")}</button></p>`;
      })}
      ${this.comes(asset, needs, short, format)}
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

  /** What comes of it: when it runs and what that costs. */
  private comes(
    asset: AssetPlan,
    needs: readonly Need[],
    short: readonly Shortfall[],
    format: Format,
  ): TemplateResult | typeof nothing {
    const { t } = this;
    const { now } = this.clock;
    const last = needs.length > 0 ? Math.max(...needs.map((need) => Date.parse(need.by))) : null;
    const found = served(asset, now, last);
    if (!found) return short.length > 0 ? nothing : html`<p class="quiet">${t("lane_empty")}</p>`;
    const words = {
      start: found.start <= now ? t("view.now") : format.when(found.start, now),
      end: format.when(found.end, Math.max(found.start, now)),
      energy: format.energy(found.energy),
      money: format.money(found.cost),
    };
    // Something else of it may be missed: what is set for every day.
    const missed = short.some((one) => needs.some((need) => Date.parse(need.by) === Date.parse(one.by)));
    return html`<p class="quiet">${t(last !== null && !missed ? "need_met" : "need_planned", words)}</p>`;
  }

  private form(assets: readonly AssetPlan[], format: Format): TemplateResult | typeof nothing {
    const { t } = this;
    const asset = assets.find((one) => one.id === this.chosen) ?? assets[0];
    if (!asset) return nothing;
    const change = this.changing?.asset === asset.id ? this.changing.need : null;
    const choose = (event: Event): void => {
      this.changing = null;
      this.chosen = (event.target as HTMLSelectElement).value;
    };
    return html`<form @submit=${this.ask}>
      <label>${t("need_what")}<select name="asset" @change=${choose}>
        ${assets.map((one) => html`<option value=${one.id} ?selected=${one === asset}>${one.name}</option>`)}</select></label>
      <label>${t("need_amount", { unit: UNITS[unitOf(asset)] ?? "" })}<input name="amount" type="number" min="0" step="any" required .defaultValue=${change ? String(change.amount) : ""} /></label>
      <label>${t("need_by")}<input name="by" type="time" .defaultValue=${change ? clockTime(Date.parse(change.by), format) : USUAL_TIME} required /></label>
      <button>${t(change ? "need_change" : "need_ask")}</button></form>`;
  }

  private body(hass: Hass): TemplateResult {
    const { plan, t } = this;
    const wait = waiting(this.moment(hass), t);
    if (wait || !plan) return html`<h2>${t("needs")}</h2><p class="wait">${wait}</p>`;
    const assets = askable(plan.assets);
    const format = this.format(hass);
    const asked = assets.some((asset) => this.picture?.entities[asset.id]?.needs.length);
    return html`<h2>${t("needs")}</h2>
      ${asked ? nothing : html`<p class="quiet">${t("need_none")}</p>`}
      <ul>${assets.map((asset) => this.row(asset, format))}</ul>
      ${this.form(assets, format)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
