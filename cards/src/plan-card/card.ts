import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import { listen } from "../data/picture";
import type { AssetPlan, Block, Picture, Plan } from "../data/types";
import { type Translate, translator } from "../i18n/translate";
import { Format } from "../logic/format";
import { footer, notices, waiting } from "../logic/state";
import { view } from "../logic/view";
import type { BlockPicked } from "../parts/chart/chart";
import { Clock } from "../parts/clock";
import { palette } from "../parts/theme";
import { cardStyles } from "./styles";

const DAY_HOURS = 24;
const WIDE = 720;

interface Config {
  readonly type: string;
  readonly hours?: number;
}

/** Prices, sun, home, battery and everything that is planned, on one time axis, with sentences first. */
export class PlanCard extends LitElement {
  static override styles = [palette, cardStyles];

  @property({ attribute: false }) hass?: Hass;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() private config: Config = { type: "" };
  @state() private picture: Picture | null = null;
  @state() private problem: string | null = null;
  @state() private width = 0;
  @state() private hours: number | null = null;
  @state() private picked: { asset: string; start: string } | null = null;

  private clock = new Clock(this, 20);
  private stop: (() => void) | null = null;
  private sized = new ResizeObserver((entries) => {
    this.width = Math.round(entries[0]?.contentRect.width ?? 0);
  });

  setConfig(config: Config): void {
    this.config = config;
  }

  getCardSize(): number {
    return 12;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = null;
    this.sized.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(): void {
    if (!this.hass || !this.isConnected) return;
    this.dark = this.hass.themes.darkMode;
    this.stop ??= listen(this.hass.connection, (picture, problem) => {
      this.picture = picture;
      this.problem = problem;
    });
  }

  protected override updated(): void {
    const frame = this.renderRoot.querySelector(".frame");
    if (frame) this.sized.observe(frame);
  }

  private chosen(plan: Plan): { asset: AssetPlan; block: Block } | null {
    const asset = plan.assets.find((one) => one.id === this.picked?.asset);
    const block = asset?.blocks.find((one) => one.start === this.picked?.start);
    return asset && block ? { asset, block } : null;
  }

  private allow = (event: CustomEvent<{ entity: string; allowed: boolean }>): void => {
    const { entity, allowed } = event.detail;
    this.hass?.callService("switch", allowed ? "turn_on" : "turn_off", { entity_id: entity });
  };

  private span(t: Translate, hours: number): TemplateResult {
    const button = (value: number, word: "span.day" | "span.all"): TemplateResult =>
      html`<button aria-pressed=${hours === value} @click=${() => {
        this.hours = value;
      }}>${t(word)}</button>`;
    return html`<div class="span" role="group" aria-label=${t("span")}>
      ${button(DAY_HOURS, "span.day")}${button(2 * DAY_HOURS, "span.all")}</div>`;
  }

  private body(plan: Plan, t: Translate, format: Format): TemplateResult {
    const { now } = this.clock;
    const hours = this.hours ?? this.config.hours ?? (this.width < WIDE ? DAY_HOURS : 2 * DAY_HOURS);
    const drawn = view(plan, now, this.width, hours);
    const chosen = this.chosen(plan);
    const { left, right } = footer(plan, this.picture?.home ?? null, t, format);
    return html`<div class="heading"><h2>${t("plan")}</h2>${this.span(t, hours)}</div>
      <div class="frame">${
        drawn
          ? html`<merit-order-plan-chart .view=${drawn} .format=${format} .t=${t} ?dark=${this.dark}
              @block-picked=${(event: BlockPicked) => {
                this.picked = { asset: event.detail.asset.id, start: event.detail.block.start };
              }}></merit-order-plan-chart>`
          : nothing
      }</div>
      ${
        chosen
          ? html`<merit-order-block-detail .asset=${chosen.asset} .block=${chosen.block} .now=${now} .format=${format} .t=${t}
              .entities=${this.picture?.entities[chosen.asset.id]} ?dark=${this.dark} @allowed=${this.allow}
              @closed=${() => {
                this.picked = null;
              }}></merit-order-block-detail>`
          : nothing
      }
      <footer><span>${left}</span><span>${right}</span></footer>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, picture } = this;
    if (!hass) return nothing;
    const t = translator(hass.language);
    const home = picture?.home ?? null;
    const plan = picture?.plan ?? null;
    const zone = home?.timezone ?? plan?.timezone ?? hass.config.time_zone;
    const format = new Format(hass.locale, zone, home?.currency ?? plan?.currency ?? hass.config.currency);
    const wait = waiting(plan, home, this.problem, t);
    return html`<ha-card>
      ${notices(plan, home, hass.connected, this.clock.now, t, format).map(
        (notice) => html`<p class="notice" role="status">${notice}</p>`,
      )}
      ${
        home
          ? html`<merit-order-summary .home=${home} .plan=${plan?.home ? plan : null} .now=${this.clock.now} .format=${format}
              .t=${t} ?dark=${this.dark}></merit-order-summary>`
          : nothing
      }
      ${wait ? html`<p class="wait" role="status">${wait}</p>` : plan ? this.body(plan, t, format) : nothing}
    </ha-card>`;
  }
}
