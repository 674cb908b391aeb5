import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import type { Now, Plan } from "../data/types";
import { isKey } from "../i18n/translate";
import type { Format } from "../logic/format";
import { type Bar, hoursAhead, isNight } from "../logic/kiosk";
import { doing, levelNow, untilNext, upcoming } from "../logic/sentences";
import { type Moment, type Notice, notices, waiting } from "../logic/state";
import { form, options } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { LEVEL_SIGNS, palette } from "../parts/theme";
import { kioskStyles } from "./styles";

const MOST_SAID = 2;
/** Letters that fit on a line beside a time. */
const LONGEST_SAID = 30;
const HOURS_BETWEEN_LABELS = 6;

interface Config {
  readonly type: string;
  /** Cover the whole glass, also what Home Assistant draws around a dashboard. */
  readonly full_screen?: boolean;
  /** When to be dark: while the sun is down (`auto`), always or never. */
  readonly night?: "auto" | "always" | "never";
}

/** The wall panel: price, money an hour, what runs and why, what comes; to be read from two metres, nothing to scroll. */
export class KioskCard extends PictureCard<Config> {
  static override styles = [palette, kioskStyles];

  /** Set by Home Assistant while the card is shown in an editor. */
  @property({ type: Boolean }) preview = false;
  /** Set by Home Assistant: "grid" in a view of sections, whose rows say how tall the card is. */
  @property({ reflect: true }) layout?: string;
  @state() private left = false;

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return form([
      { name: "full_screen", selector: { boolean: {} } },
      { name: "night", default: "auto", selector: options("night", ["auto", "always", "never"]) },
    ]);
  }

  getCardSize(): number {
    return 8;
  }

  getGridOptions(): object {
    return { columns: "full", min_columns: 6, rows: 8, min_rows: 5 };
  }

  private get panel(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".panel");
  }

  private get night(): boolean {
    const { hass } = this;
    const wanted = this.config?.night ?? "auto";
    if (!hass || wanted !== "auto") return wanted === "always";
    return isNight(hass.states["sun.sun"]?.state, this.clock.now, hass.config.time_zone);
  }

  protected override willUpdate(): void {
    super.willUpdate();
    this.dark ||= this.night;
  }

  protected override updated(): void {
    const { panel } = this;
    const cover = Boolean(this.config?.full_screen) && !this.preview && !this.left;
    // Browsers older than the top layer show the card below Home Assistant's header instead.
    if (!panel?.showPopover || !this.isConnected || panel.matches(":popover-open") === cover) return;
    if (cover) panel.showPopover();
    else panel.hidePopover();
  }

  private leave = (): void => {
    this.left = true;
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.leave();
  };

  private price(home: Now, plan: Plan | null, now: number, format: Format): TemplateResult {
    const { t } = this;
    if (home.price_now === null) return html`<div class="price"></div>`;
    const { value, unit } = format.price(home.price_now);
    const word = levelNow(plan, home, now);
    const level = `level.${word}`;
    return html`<div class="price"><span class="number">${value}</span><span class="unit">&nbsp;${unit}</span><div class="called">${isKey(level) ? html`<span class=${`level ${word}`}><span aria-hidden="true">${LEVEL_SIGNS[word ?? ""] ?? "■"}</span> ${t(level)}</span>` : nothing}
<span class="until">${plan ? untilNext(plan, now, t, format) : nothing}</span></div></div>`;
  }

  private money(home: Now, now: number, format: Format): TemplateResult {
    const { t } = this;
    const cost = home.cost_per_hour;
    const clock = html`<div class="clock">${format.time(now)}</div>`;
    if (cost === null) return html`<div class="money">${clock}${t("no_meter")}</div>`;
    return html`<div class="money">${clock}<span>${t(cost < 0 ? "kiosk.earns" : "kiosk.pays")}</span>
      <b>${format.money(Math.abs(cost))}</b><span>${t("kiosk.hour")}</span></div>`;
  }

  private says(
    plan: Plan | null,
    grave: Notice | undefined,
    wait: string | null,
    now: number,
    format: Format,
  ): TemplateResult {
    const { t } = this;
    const warned = grave ? html`<p class=${grave.kind} role="status">${grave.text}</p>` : nothing;
    if (wait || !plan) return html`<div class="says">${warned}<p role="status">${wait}</p></div>`;
    const found = doing(plan, now, t, format, this.picture?.entities).slice(0, grave ? 1 : MOST_SAID);
    return html`<div class="says">${warned}
      ${found.length === 0 ? html`<p><b>${t("does.nothing")}</b></p>` : nothing}
      ${found.map((one) => html`<p><b>${one.what.length > LONGEST_SAID ? one.short : one.what}</b> ${one.until}</p>${one.why ? html`<p>${one.why}</p>` : nothing}`)}
      <p class="next">${upcoming(plan, now, t, format, MOST_SAID, true)}</p></div>`;
  }

  private ahead(plan: Plan, now: number, format: Format): TemplateResult | typeof nothing {
    const { t } = this;
    const bars = hoursAhead(plan, now);
    const [first, last] = [bars[0], bars[bars.length - 1]];
    if (!first || !last) return nothing;
    const most = Math.max(...bars.map((bar) => bar.price), 0.01);
    const least = Math.min(...bars.map((bar) => bar.price), 0);
    const tall = (bar: Bar): string => `${(100 * (bar.price - least)) / (most - least)}%`;
    const place = (index: number): string => `left:${(100 * index) / bars.length}%`;
    return html`<div class="ahead" role="img" aria-label=${t("kiosk.ahead", { time: format.when(last.at, now) })}>
      <div class="bars">${bars.map(
        (bar, index) =>
          html`<div class=${bar.known ? "bar" : "bar open"} style=${`--level:var(--mo-${bar.level});height:${tall(bar)}`}>${bars[index - 1]?.level === bar.level ? nothing : LEVEL_SIGNS[bar.level]}</div>`,
      )}</div>
      <div class="hours">${bars.map((bar, index) =>
        index % HOURS_BETWEEN_LABELS === 0
          ? html`<span style=${place(index)}>${index === 0 ? t("view.now") : format.time(bar.at)}</span>`
          : nothing,
      )}</div></div>`;
  }

  private body(hass: Hass, moment: Moment): TemplateResult {
    const { home, t } = this;
    const plan = this.plan?.home ? this.plan : null;
    const format = this.format(hass);
    const { now } = moment;
    const [grave] = notices(moment, t, format);
    const heard = home?.updated_at ? Date.parse(home.updated_at) : null;
    return html`<div class=${grave?.cut ? "all old" : "all"}>
      ${home ? html`${this.price(home, plan, now, format)}${this.money(home, now, format)}` : nothing}
      ${this.says(plan, grave, waiting(moment, t), now, format)}
      ${plan ? this.ahead(plan, now, format) : nothing}
      <div class="foot"><span>${heard === null ? nothing : html`<merit-order-ago .at=${heard} .t=${t}></merit-order-ago>`}</span>
        <span>${home ? t(`mode.${home.mode}`) : nothing}</span></div></div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, t } = this;
    if (!hass) return nothing;
    const moment = this.moment(hass);
    return html`<div class=${this.night ? "panel night" : "panel"} popover="manual" @keydown=${this.key}>
      ${this.body(hass, moment)}
      <button class="leave" aria-label=${t("kiosk.leave")} @click=${this.leave}>✕</button></div>`;
  }
}
