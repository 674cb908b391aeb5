import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { AssetPlan, Block, Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "../logic/format";
import { memo } from "../logic/memo";
import { around, moved, within } from "../logic/sight";
import { footer, notices, waiting } from "../logic/state";
import { energy, type Timeline, timeline } from "../logic/timeline";
import { type Sight, view } from "../logic/view";
import { cardStyles } from "../parts/card-styles";
import type { BlockPicked, SightMoved } from "../parts/chart/chart";
import type { BlockDetail } from "../parts/detail";
import { form } from "../parts/form";
import { noticeList } from "../parts/notices";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";
import { planStyles } from "./styles";

const DAY_HOURS = 24;
const WIDE = 720;

interface Config {
  readonly type: string;
  readonly hours?: number;
  /** Only prices and what is planned, from now on: beside a card that says the rest. */
  readonly brief?: boolean;
}

/** Prices, sun, home, battery and everything that is planned, on one time axis, with sentences first. */
export class PlanCard extends PictureCard<Config> {
  static override styles = [palette, cardStyles, planStyles];

  @state() private width = 0;
  @state() private hours: number | null = null;
  @state() private asTable = false;
  @state() private picked: { asset: string; block: Block } | null = null;

  /** Where a person moved to; null follows the clock. */
  @state() private sight: Sight | null = null;

  private layOut = memo(view);
  private lineUp = memo(timeline);
  private sized = new ResizeObserver((entries) => {
    this.width = Math.round(entries[0]?.contentRect.width ?? 0);
  });

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return form([
      { name: "hours", selector: { number: { min: 6, max: 48, step: 6, unit_of_measurement: "h" } } },
      { name: "brief", selector: { boolean: {} } },
    ]);
  }

  getGridOptions(): object {
    return { columns: "full", min_columns: 6, rows: "auto" };
  }

  getCardSize(): number {
    return this.config?.brief ? 6 : 12;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  protected override updated(changed: PropertyValues): void {
    // What was asked for may lie below the screen.
    if (changed.has("picked" as keyof PlanCard) && this.picked) void this.showDetail();
    const frame = this.renderRoot.querySelector(".frame");
    if (frame) this.sized.observe(frame);
  }

  private chosen(plan: Plan): { asset: AssetPlan; block: Block } | null {
    const asset = plan.assets.find((one) => one.id === this.picked?.asset);
    const now = new Date(this.clock.now).toISOString();
    // The plan moves on: its first block begins anew with every plan.
    const block =
      asset?.blocks.find((one) => one.start === this.picked?.block.start) ??
      asset?.blocks.find((one) => now < one.end && one.mode !== "off") ??
      this.picked?.block;
    return asset && block ? { asset, block } : null;
  }

  private async showDetail(): Promise<void> {
    const detail = this.renderRoot.querySelector<BlockDetail>("merit-order-block-detail");
    await detail?.updateComplete;
    detail?.scrollIntoView({ block: "nearest" });
  }

  private choices(t: Translate, hours: number): TemplateResult {
    const choice = (
      word: "span.day" | "span.all" | "table",
      chosen: boolean,
      choose: () => void,
    ): TemplateResult => html`<button aria-pressed=${chosen} @click=${choose}>${t(word)}</button>`;
    const show = (span: number): void => {
      this.hours = span;
      this.sight = null;
      this.asTable = false;
    };
    return html`<div class="choices" role="group" aria-label=${t("span")}>
      ${choice("span.day", !this.asTable && hours === DAY_HOURS, () => show(DAY_HOURS))}
      ${choice("span.all", !this.asTable && hours !== DAY_HOURS, () => show(2 * DAY_HOURS))}
      ${choice("table", this.asTable, () => {
        this.asTable = true;
      })}</div>`;
  }

  /** Back, forth, and to now again: what a finger or the wheel does, for those who use neither. */
  private travel(line: Timeline, sight: Sight, t: Translate): TemplateResult {
    const step = (share: number): void => {
      this.sight = within(line, moved(sight, share));
    };
    const now = this.clock.now;
    const away = this.sight !== null && (now < sight.from || now > sight.from + (sight.to - sight.from) / 2);
    return html`<div class="travel">
      <button aria-label=${t("earlier")} title=${t("earlier")} @click=${() => step(-0.5)}>‹</button>
      ${
        away
          ? html`<button @click=${() => {
              this.sight = null;
            }}>${t("to_now")}</button>`
          : nothing
      }
      <button aria-label=${t("later")} title=${t("later")} @click=${() => step(0.5)}>›</button></div>`;
  }

  private drawing(
    line: Timeline,
    sight: Sight,
    t: Translate,
    format: Format,
  ): TemplateResult | typeof nothing {
    const { now } = this.clock;
    const brief = Boolean(this.config?.brief);
    const drawn = this.layOut(line, now, this.width, sight.from, sight.to, brief);
    if (!drawn) return nothing;
    return html`<merit-order-plan-chart .view=${drawn} .format=${format} .t=${t} ?dark=${this.dark}
        @sight-moved=${(event: SightMoved) => {
          this.sight = within(line, event.detail);
        }}
        @block-picked=${(event: BlockPicked) => {
          this.picked = { asset: event.detail.asset.id, block: event.detail.block };
        }}></merit-order-plan-chart>
      ${brief ? nothing : html`<div class="below">${drawn.past.slots > 0 && sight.from < now ? pastLegend(t) : nothing}${this.travel(line, sight, t)}</div>`}`;
  }

  private detail(line: Timeline, t: Translate, format: Format): TemplateResult | typeof nothing {
    const chosen = this.chosen(line.plan);
    if (!chosen) return nothing;
    const { asset, block } = chosen;
    const edges = line.plan.edges.slice(0, line.past.slots + 1).map((edge) => Date.parse(edge));
    const planned = energy(
      line.past.planned[asset.id],
      edges,
      Date.parse(block.start),
      Date.parse(block.end),
    );
    return html`<merit-order-block-detail .asset=${asset} .block=${block} .planned=${planned} .now=${this.clock.now}
      .format=${format} .t=${t} .entities=${this.picture?.entities[asset.id]} .commands=${this.picture?.commands ?? []} ?dark=${this.dark}
      @allowed=${this.allow} @ordered=${this.order}
      @closed=${() => {
        this.picked = null;
      }}></merit-order-block-detail>`;
  }

  private body(plan: Plan, t: Translate, format: Format): TemplateResult {
    const { now } = this.clock;
    const line = this.lineUp(plan, this.picture?.history);
    const brief = this.config?.brief;
    const usual = this.width < WIDE || brief ? DAY_HOURS : 2 * DAY_HOURS;
    const hours = this.hours ?? this.config?.hours ?? usual;
    const sight = this.sight ? within(line, this.sight) : around(line, now, hours, brief ? 0 : undefined);
    const { left, right } = footer(plan, this.picture?.home ?? null, t, format);
    return html`<div class="heading"><h2>${t(brief ? "plan.brief" : "plan")}</h2>${brief ? nothing : this.choices(t, hours)}</div>
      <div class="frame">${
        this.asTable
          ? html`<merit-order-table .plan=${line.plan} .past=${line.past} .now=${now} .format=${format} .t=${t} ?dark=${this.dark}></merit-order-table>`
          : this.drawing(line, sight, t, format)
      }</div>
      ${this.detail(line, t, format)}
      ${brief ? nothing : html`<footer><span>${left}</span><span>${right}</span></footer>`}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (!hass) return nothing;
    const { t, home, plan } = this;
    const format = this.format(hass);
    const moment = this.moment(hass);
    const wait = waiting(moment, t);
    const brief = this.config?.brief;
    const told = brief ? [] : notices(moment, t, format);
    return html`<ha-card class=${brief ? "brief" : ""}>
      ${noticeList(told, "warning")}
      ${
        home && !brief
          ? html`<merit-order-summary short .home=${home} .plan=${plan?.home ? plan : null} .entities=${this.picture?.entities} .now=${this.clock.now} .format=${format}
              .t=${t} ?dark=${this.dark}></merit-order-summary>`
          : nothing
      }
      ${noticeList(told, "info")}
      ${brief && wait ? html`<h2>${t("plan.brief")}</h2>` : nothing}
      ${wait ? html`<p class="wait" role="status">${wait}</p>` : plan ? this.body(plan, t, format) : nothing}
    </ha-card>`;
  }
}

/** How the past is read: filled and drawn through as it went, dashed as it had been planned. */
function pastLegend(t: Translate): TemplateResult {
  return html`<p class="legend">${t("past")}
    <span><svg viewBox="0 0 22 10" aria-hidden="true"><rect x="1" y="2" width="20" height="6" rx="2" /></svg>${t("past.measured")}</span>
    <span><svg viewBox="0 0 22 10" aria-hidden="true"><rect class="planned" x="1" y="1" width="20" height="8" rx="2" /></svg>${t("past.planned")}</span></p>`;
}
