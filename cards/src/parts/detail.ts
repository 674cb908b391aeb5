import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { AssetEntities, AssetPlan, Block, CommandTold } from "../data/types";
import type { Key, Translate } from "../i18n/translate";
import { commandRows } from "../logic/commands";
import type { Format } from "../logic/format";
import { clockTime, nextAt } from "../logic/needs";
import { capital, PASSIVE, what, why } from "../logic/sentences";
import { commandList, commandStyles } from "./commands";
import { palette } from "./theme";

/** Of a block that is nearly over there would be nothing left to order. */
const LEAST_MS = 15 * 60_000;

/** The mode of a block that stands for a thing without any. */
export const NO_BLOCK = "none";
const HOUR_MS = 3_600_000;
const MOST_TOLD = 3;
const LEAST_KWH = 0.05;
/** As hard as the battery can: the plan keeps it within its limits, and this is the most an order may ask. */
const FULL_KW = 100;

/** What a person orders by hand, as the fields of an action of Merit Order. */
export interface Order {
  readonly action: "override" | "resume";
  readonly asset: string;
  readonly mode?: "on" | "off";
  readonly until?: string;
  /** kW, + charges: of a battery, which can do either. */
  readonly power?: number;
}

/** One block: what, when, how much, why; and whether Merit Order may run the thing. Fires `closed`, `allowed` and `ordered`. */
export class BlockDetail extends LitElement {
  static override styles = [
    palette,
    commandStyles,
    css`
      :host { display: block; margin-top: 8px; padding: 12px 14px; border-radius: 10px; border: 1px solid var(--mo-line); color: var(--mo-text); font-size: 14px; line-height: 1.5; }
      :host([inline]) { margin-top: 12px; padding: 0; border: 0; }
      header { display: flex; justify-content: space-between; gap: 12px; font-size: 16px; font-weight: 600; }
      p { margin: 4px 0 0; }
      .quiet { color: var(--mo-quiet); }
      button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; padding: 0 6px; min-width: 32px; min-height: 32px; border-radius: 8px; }
      .order { border: 1px solid var(--mo-line); border-radius: 99px; padding: 4px 14px; min-height: 36px; }
      .order:hover { background: color-mix(in srgb, var(--mo-text) 8%, transparent); }
      label { display: flex; align-items: center; gap: 8px; margin-top: 8px; min-height: 32px; cursor: pointer; }
      form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 10px; }
      .until { margin: 0; }
      input[type="time"] { font: inherit; min-height: 36px; padding: 2px 8px; border-radius: 8px; border: 1px solid var(--mo-line); background: var(--mo-surface); color: var(--mo-text); color-scheme: inherit; }
      input[type="checkbox"] { width: 18px; height: 18px; accent-color: var(--mo-battery); }
    `,
  ];

  @property({ attribute: false }) asset!: AssetPlan;
  @property({ attribute: false }) block!: Block;
  @property({ attribute: false }) entities: AssetEntities | undefined;
  /** Of a block that is over: what had been planned for its time, in kWh. */
  @property({ attribute: false }) planned: number | null = null;
  /** What the thing was told lately. */
  @property({ attribute: false }) commands: readonly CommandTold[] = [];
  @property({ attribute: false }) now = Date.now();
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  /** A part of its card, not opened above it: nothing to close. */
  @property({ type: Boolean, reflect: true }) inline = false;
  @property({ type: Boolean, reflect: true }) dark = false;

  private close = (): void => {
    this.dispatchEvent(new CustomEvent("closed"));
  };

  private order(order: Order): void {
    this.dispatchEvent(new CustomEvent<Order>("ordered", { detail: order }));
  }

  private orders(start: number, end: number): TemplateResult | typeof nothing {
    const { asset, entities, now, format, t } = this;
    if (!entities || !asset.controlled) return nothing;
    const held = entities.overrides[0];
    if (held) {
      const time = format.when(Date.parse(held.end), now);
      return html`<p>${t(`override.${held.mode}`, { time })}</p>
        <p><button class="order" @click=${() => this.order({ action: "resume", asset: asset.id })}>${t("override.resume")}</button></p>`;
    }
    const running = start <= now && now < end;
    const hour = asset.kind === "battery" ? now + HOUR_MS : end;
    const until = running ? Math.min(end, hour) : now + Math.max(end - start, LEAST_MS);
    const send = (event: Event, mode: "on" | "off", power?: number): void => {
      const fields = new FormData((event.target as HTMLButtonElement).form ?? undefined);
      const time = nextAt(String(fields.get("until")), now, format);
      const narrowed = power === undefined ? {} : { power };
      this.order({ action: "override", asset: asset.id, mode, until: time, ...narrowed });
    };
    const button = (mode: "on" | "off", word: Key, power?: number): TemplateResult =>
      html`<button type="button" class="order" @click=${(event: Event) => send(event, mode, power)}>${t(word)}</button>`;
    const buttons =
      asset.kind === "battery"
        ? html`${button("on", "override.charge", FULL_KW)}${button("on", "override.discharge", -FULL_KW)}${button("off", "override.hold")}`
        : html`${button("on", "override.run_now")}${button("off", "override.not_now")}`;
    return html`<form>${buttons}
      <label class="until">${t("override.until")}<input name="until" type="time" .defaultValue=${clockTime(until, format)} required /></label></form>`;
  }

  private allow = (event: Event): void => {
    const allowed = (event.target as HTMLInputElement).checked;
    this.dispatchEvent(new CustomEvent("allowed", { detail: { entity: this.entities?.switch, allowed } }));
  };

  private get advises(): boolean {
    return this.commands.some((command) => command.happening === "would");
  }

  /** Power, energy, and what it costs; of what is over, what had been planned. */
  private amounts(over: boolean): string[] {
    const { block, planned, format, t } = this;
    const money = format.money(Math.abs(block.cost));
    const last = over
      ? planned !== null && t("detail.planned", { energy: format.energy(Math.abs(planned)) })
      : t(block.cost < 0 ? "detail.earns" : "detail.cost", { money });
    if (PASSIVE.has(block.mode) && Math.abs(block.energy_kwh) < LEAST_KWH) return [];
    const amounts = [format.power(Math.abs(block.power_kw)), format.energy(Math.abs(block.energy_kwh))];
    return last ? [...amounts, last] : amounts;
  }

  /** What a thing does by itself needs none, nor what a person ordered. */
  private reason(): TemplateResult | typeof nothing {
    const { asset, block, entities, format, t } = this;
    if (entities?.overrides.length) return nothing;
    const said = why(asset, block, t, format);
    if (said) return html`<p>${capital(said)}</p>`;
    return this.inline || PASSIVE.has(block.mode)
      ? nothing
      : html`<p class="quiet">${t("detail.not_measured")}</p>`;
  }

  protected override render(): TemplateResult {
    const { asset, block, entities, now, format, t } = this;
    const [start, end] = [Date.parse(block.start), Date.parse(block.end)];
    const over = block.mode.startsWith("did.");
    const planned = block.mode !== NO_BLOCK;
    const told = commandRows(this.commands, now, t, format, asset.id).slice(0, MOST_TOLD);
    return html`<header><span>${planned ? what(asset, block, t) : this.inline ? "" : asset.name}</span>
        ${this.inline ? nothing : html`<button aria-label=${t("detail.close")} @click=${this.close}>✕</button>`}</header>
      <p>${
        planned
          ? html`${format.when(start, now)} – ${format.when(end, start)} <span class="quiet">${this.amounts(over).map((amount) => ` · ${amount}`)}</span>`
          : t("lane_empty")
      }</p>
      ${over || !planned ? nothing : this.reason()}
      ${over ? nothing : this.orders(start, end)}
      ${
        entities?.switch
          ? html`<label><input type="checkbox" .checked=${entities.enabled} @change=${this.allow} />${t("detail.allowed")}</label>`
          : nothing
      }
      ${told.length > 0 ? html`<p class="quiet">${t(this.advises ? "commands.would" : "commands")}</p>${commandList(told, false)}` : nothing}`;
  }
}
