import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import { type Change, changes } from "../data/statistics";
import type { Savings, SavingsPeriod } from "../data/types";
import type { Format } from "../logic/format";
import { DAYS, dayBars, isFlat, MONTHS, monthBars, PERIODS, percentSaved, shareRows } from "../logic/savings";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { form, options } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";
import { savingsStyles } from "./styles";

const DAY = 86_400_000;
/** Statistics of an hour are written once it is over. */
const RENEW_MS = 15 * 60_000;
const SMALL = 0.005;
/** Stretches of five minutes: until a day was measured the plan says more than the past. */
const FIRST_DAY = 288;

interface Config {
  readonly type: string;
  /** What is shown at first. */
  readonly period?: SavingsPeriod;
}

/** What was saved today, this month, this year and in all, against the same home left to itself; and by which device. */
export class SavingsCard extends PictureCard<Config> {
  static override styles = [palette, cardStyles, savingsStyles];

  @state() private period: SavingsPeriod | null = null;
  @state() private found: readonly Change[] | null = null;
  @state() private unknown = false;
  private asked: { entity: string; unit: "day" | "month"; at: number } | null = null;

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return form([{ name: "period", default: "month", selector: options("period", PERIODS) }]);
  }

  getCardSize(): number {
    return 7;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  private get shown(): SavingsPeriod {
    return this.period ?? this.config?.period ?? "month";
  }

  private get unit(): "day" | "month" {
    return this.shown === "today" || this.shown === "month" ? "day" : "month";
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const entity = this.picture?.savings?.entity;
    if (this.hass && this.isConnected && entity) this.ask(this.hass, entity);
  }

  /** Days or months, anew when others are shown or time has passed. */
  private ask(hass: Hass, entity: string): void {
    const { unit, asked } = this;
    const { now } = this.clock;
    if (asked && asked.entity === entity && asked.unit === unit && now - asked.at < RENEW_MS) return;
    if (asked?.unit !== unit) this.found = null;
    const mine = { entity, unit, at: now };
    this.asked = mine;
    const days = unit === "day" ? DAYS : MONTHS * 31;
    changes(hass, entity, unit, now - days * DAY).then(
      (found) => {
        if (this.asked === mine) [this.found, this.unknown] = [found, false];
      },
      () => {
        if (this.asked === mine) [this.found, this.unknown] = [[], true];
      },
    );
  }

  private choices(): TemplateResult {
    const { t } = this;
    return html`<div class="choices" role="group" aria-label=${t("savings.period")}>${PERIODS.map(
      (period) =>
        html`<button aria-pressed=${period === this.shown} @click=${() => {
          this.period = period;
        }}>${t(`savings.${period}`)}</button>`,
    )}</div>`;
  }

  /** While nothing was measured: what the plan promises. */
  private promised(format: Format): TemplateResult | typeof nothing {
    const { t, plan } = this;
    if (!plan?.home || plan.baseline_cost === 0) return nothing;
    const end = Date.parse(plan.edges[plan.edges.length - 1] ?? "");
    const words = {
      saved: format.money(plan.expected_saving),
      cost: format.money(plan.baseline_cost - plan.expected_saving),
      without: format.money(plan.baseline_cost),
      time: format.when(end, this.clock.now),
    };
    return html`<h3>${t("savings.promised")}</h3><p class="figure"><span class="number">${words.saved}</span></p>
      <p>${t("savings.promised_text", words)}</p>`;
  }

  private figure(savings: Savings, format: Format): TemplateResult {
    const { t, shown } = this;
    const { saved, uncertainty, paid } = savings[shown];
    const percent = percentSaved(savings, shown);
    const words = {
      paid: format.money(paid),
      without: format.money(saved + paid),
      percent: percent === null ? "" : format.percent(Math.abs(percent)),
    };
    const open = Math.abs(saved) <= uncertainty;
    const compared =
      percent === null || open ? "savings.paid" : saved < -SMALL ? "savings.paid_more" : "savings.paid_less";
    return html`<p class="figure"><span class="number">${format.money(saved)}</span>
        <span class="quiet">${t(open ? "savings.open" : saved < -SMALL ? "savings.lost" : "savings.saved")}${
          uncertainty >= SMALL
            ? html` · ${t("savings.doubt", { money: format.money(uncertainty) })}`
            : nothing
        }</span></p>
      <p>${t(compared, words)}</p>
      ${isFlat(this.plan) ? html`<p class="quiet">${t("savings.flat")}</p>` : nothing}`;
  }

  private chart(savings: Savings, format: Format): TemplateResult | typeof nothing {
    const { t, found, unit } = this;
    const { now } = this.clock;
    if (this.unknown || !savings.entity) return html`<p class="quiet">${t("savings.no_statistics")}</p>`;
    if (found === null) return nothing;
    const bars =
      unit === "day"
        ? dayBars(found, savings.today.saved, now, format)
        : monthBars(found, savings.month.saved, now, format);
    return html`<merit-order-bars .bars=${bars} .format=${format} .label=${t(unit === "day" ? "savings.by_day" : "savings.by_month")}
      ?dark=${this.dark}></merit-order-bars>`;
  }

  private devices(savings: Savings, format: Format): TemplateResult | typeof nothing {
    const { t, plan, shown } = this;
    const rows = shareRows(savings, shown, plan, t);
    if (rows.length === 0) return nothing;
    const most = Math.max(...rows.map((row) => Math.abs(row.value)), SMALL);
    return html`<h3>${t("savings.by_device")}</h3><ul>${rows.map(
      (row) => html`<li><span>${row.name}</span>
        <span class="track" aria-hidden="true"><span class=${row.value < 0 ? "loss" : "gain"} style=${`width:${(100 * Math.abs(row.value)) / most}%`}></span></span>
        <span class="money">${format.money(row.value)}${
          row.doubt !== null && row.doubt >= SMALL
            ? html` <span class="quiet">± ${format.money(row.doubt)}</span>`
            : nothing
        }</span></li>`,
    )}</ul>`;
  }

  private method(savings: Savings, format: Format): TemplateResult {
    const { t, shown } = this;
    const { counted, left_out } = savings[shown];
    const all = counted + left_out;
    const share = format.percent(all > 0 ? (100 * counted) / all : 0);
    return html`<details><summary>${t("savings.method")}</summary>
      <p>${t("savings.method_text")}</p><p>${t("savings.method_devices")}</p>
      <p>${t("savings.method_counted", { share, date: format.date(Date.parse(savings.since)) })}</p></details>`;
  }

  private body(hass: Hass): TemplateResult {
    const { home, t } = this;
    const format = this.format(hass);
    const wait = waiting(this.moment(hass), t);
    const savings = this.picture?.savings;
    const heading = html`<div class="heading"><h2>${t("view.savings")}</h2>${savings ? this.choices() : nothing}</div>`;
    if (!savings)
      return html`${heading}<p class="wait" role="status">${home ? t("savings.none") : wait}</p>${this.promised(format)}`;
    return html`${heading}${home?.mode === "automatic" ? nothing : html`<p class="quiet">${t("savings.advise")}</p>`}
      ${this.figure(savings, format)}${savings.total.counted < FIRST_DAY ? this.promised(format) : nothing}${this.chart(savings, format)}${this.devices(savings, format)}${this.method(savings, format)}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.hass ? html`<ha-card>${this.body(this.hass)}</ha-card>` : nothing;
  }
}
