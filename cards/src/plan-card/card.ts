import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { AssetPlan, Block, Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "../logic/format";
import { memo } from "../logic/memo";
import { footer, notices, waiting } from "../logic/state";
import { view } from "../logic/view";
import { cardStyles } from "../parts/card-styles";
import type { BlockPicked } from "../parts/chart/chart";
import type { Order } from "../parts/detail";
import { noticeList } from "../parts/notices";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";
import { planStyles } from "./styles";

const DAY_HOURS = 24;
const WIDE = 720;

interface Config {
  readonly type: string;
  readonly hours?: number;
}

/** Prices, sun, home, battery and everything that is planned, on one time axis, with sentences first. */
export class PlanCard extends PictureCard<Config> {
  static override styles = [palette, cardStyles, planStyles];

  @state() private width = 0;
  @state() private hours: number | null = null;
  @state() private asTable = false;
  @state() private picked: { asset: string; start: string } | null = null;

  private layOut = memo(view);
  private sized = new ResizeObserver((entries) => {
    this.width = Math.round(entries[0]?.contentRect.width ?? 0);
  });

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return {
      schema: [
        { name: "hours", selector: { number: { min: 6, max: 48, step: 6, unit_of_measurement: "h" } } },
      ],
    };
  }

  getGridOptions(): object {
    return { columns: "full", min_columns: 6, rows: "auto" };
  }

  getCardSize(): number {
    return 12;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  protected override updated(): void {
    const frame = this.renderRoot.querySelector(".frame");
    if (frame) this.sized.observe(frame);
  }

  private chosen(plan: Plan): { asset: AssetPlan; block: Block } | null {
    const asset = plan.assets.find((one) => one.id === this.picked?.asset);
    const now = new Date(this.clock.now).toISOString();
    // The plan moves on: its first block begins anew with every plan.
    const block =
      asset?.blocks.find((one) => one.start === this.picked?.start) ??
      asset?.blocks.find((one) => now < one.end);
    return asset && block ? { asset, block } : null;
  }

  private allow = (event: CustomEvent<{ entity: string; allowed: boolean }>): void => {
    const { entity, allowed } = event.detail;
    this.hass?.callService("switch", allowed ? "turn_on" : "turn_off", { entity_id: entity });
  };

  private order = (event: CustomEvent<Order>): void => {
    const { action, ...fields } = event.detail;
    this.hass?.callService("merit_order", action, fields);
  };

  private choices(t: Translate, hours: number): TemplateResult {
    const choice = (
      word: "span.day" | "span.all" | "table",
      chosen: boolean,
      choose: () => void,
    ): TemplateResult => html`<button aria-pressed=${chosen} @click=${choose}>${t(word)}</button>`;
    const show = (span: number): void => {
      this.hours = span;
      this.asTable = false;
    };
    return html`<div class="choices" role="group" aria-label=${t("span")}>
      ${choice("span.day", !this.asTable && hours === DAY_HOURS, () => show(DAY_HOURS))}
      ${choice("span.all", !this.asTable && hours !== DAY_HOURS, () => show(2 * DAY_HOURS))}
      ${choice("table", this.asTable, () => {
        this.asTable = true;
      })}</div>`;
  }

  private drawing(plan: Plan, hours: number, t: Translate, format: Format): TemplateResult | typeof nothing {
    const { now } = this.clock;
    if (this.asTable)
      return html`<merit-order-table .plan=${plan} .now=${now} .format=${format} .t=${t} ?dark=${this.dark}></merit-order-table>`;
    const drawn = this.layOut(plan, now, this.width, hours);
    return drawn
      ? html`<merit-order-plan-chart .view=${drawn} .format=${format} .t=${t} ?dark=${this.dark}
          @block-picked=${(event: BlockPicked) => {
            this.picked = { asset: event.detail.asset.id, start: event.detail.block.start };
          }}></merit-order-plan-chart>`
      : nothing;
  }

  private body(plan: Plan, t: Translate, format: Format): TemplateResult {
    const { now } = this.clock;
    const hours = this.hours ?? this.config?.hours ?? (this.width < WIDE ? DAY_HOURS : 2 * DAY_HOURS);
    const chosen = this.chosen(plan);
    const { left, right } = footer(plan, this.picture?.home ?? null, t, format);
    return html`<div class="heading"><h2>${t("plan")}</h2>${this.choices(t, hours)}</div>
      <div class="frame">${this.drawing(plan, hours, t, format)}</div>
      ${
        chosen
          ? html`<merit-order-block-detail .asset=${chosen.asset} .block=${chosen.block} .now=${now} .format=${format} .t=${t}
              .entities=${this.picture?.entities[chosen.asset.id]} ?dark=${this.dark} @allowed=${this.allow} @ordered=${this.order}
              @closed=${() => {
                this.picked = null;
              }}></merit-order-block-detail>`
          : nothing
      }
      <footer><span>${left}</span><span>${right}</span></footer>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (!hass) return nothing;
    const { t, home, plan } = this;
    const format = this.format(hass);
    const moment = this.moment(hass);
    const wait = waiting(moment, t);
    return html`<ha-card>
      ${noticeList(notices(moment, t, format))}
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
