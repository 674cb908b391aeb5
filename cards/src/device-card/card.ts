import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { AssetPlan, Block, Plan } from "../data/types";
import type { Format } from "../logic/format";
import { colours } from "../logic/lanes";
import { memo } from "../logic/memo";
import { doing } from "../logic/sentences";
import { around } from "../logic/sight";
import { waiting } from "../logic/state";
import { timeline } from "../logic/timeline";
import { view } from "../logic/view";
import { cardStyles } from "../parts/card-styles";
import type { BlockPicked } from "../parts/chart/chart";
import { emptyBlock } from "../parts/chart/lane";
import { form } from "../parts/form";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";
import type { Registries } from "../strategy/devices";

const USUAL_HOURS = 24;

interface Config {
  readonly type: string;
  /** One of its entities that the plan knows: "Controlled by the plan", "Planned now". */
  readonly entity?: string;
  readonly hours?: number;
}

/** One thing that is planned for: what it does and why, its hours below the prices, and what a person may order of it. */
export class DeviceCard extends PictureCard<Config> {
  static override styles = [
    palette,
    cardStyles,
    css`
      h2 { display: flex; align-items: center; gap: 8px; margin-bottom: 8px; }
      h2 i { width: 12px; height: 12px; border-radius: 3px; background: var(--thing); }
      .waits { margin: 0 0 8px; font-size: 14px; line-height: 1.45; }
      .frame { min-height: 1px; }
      b { font-weight: 600; }
    `,
  ];

  @state() private width = 0;
  @state() private picked: Block | null = null;

  private layOut = memo(view);
  private lineUp = memo(timeline);
  private sized = new ResizeObserver((entries) => {
    this.width = Math.round(entries[0]?.contentRect.width ?? 0);
  });

  static getStubConfig(hass?: Partial<Registries>): object {
    const found = Object.values(hass?.entities ?? {}).find(
      (entity) => entity.platform === "merit_order" && entity.translation_key === "allowed",
    );
    return found ? { entity: found.entity_id } : {};
  }

  static getConfigForm(): object {
    const filter = { integration: "merit_order", domain: "switch" };
    return form([
      { name: "entity", required: true, selector: { entity: { filter } } },
      { name: "hours", selector: { number: { min: 6, max: 48, step: 6, unit_of_measurement: "h" } } },
    ]);
  }

  getCardSize(): number {
    return 6;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  protected override updated(_: PropertyValues): void {
    const frame = this.renderRoot.querySelector(".frame");
    if (frame) this.sized.observe(frame);
  }

  /** The thing that is shown; the first there is while none was chosen. */
  private asset(plan: Plan): AssetPlan | undefined {
    const { entity } = this.config ?? {};
    const known = this.picture?.entities ?? {};
    if (!entity) return plan.assets.find((asset) => known[asset.id]?.switch);
    return plan.assets.find((asset) => Object.values(known[asset.id] ?? {}).includes(entity));
  }

  private block(asset: AssetPlan, now: number): Block {
    const { picked } = this;
    const kept = picked && asset.blocks.find((block) => block.start === picked.start);
    const next = asset.blocks.find((block) => now < Date.parse(block.end) && block.mode !== "off");
    return kept ?? next ?? emptyBlock(now);
  }

  private waits(plan: Plan, asset: AssetPlan, format: Format): TemplateResult | typeof nothing {
    const { t } = this;
    const said = doing(plan, this.clock.now, t, format, this.picture?.entities).find(
      (one) => one.asset.id === asset.id,
    );
    if (!said || said.runs) return nothing;
    return html`<p class="waits"><b>${said.what}</b> <span class="quiet">${said.until}${said.why ? `${t("colon")} ${said.why}` : ""}</span></p>`;
  }

  private body(plan: Plan, asset: AssetPlan, format: Format): TemplateResult {
    const { t, dark } = this;
    const { now } = this.clock;
    const line = this.lineUp(plan, null);
    const sight = around(line, now, this.config?.hours ?? USUAL_HOURS, 0);
    const drawn = this.layOut(line, now, this.width, sight.from, sight.to, true, asset.id);
    return html`<h2 style=${`--thing:var(--mo-${colours(plan).get(asset.id)})`}><i></i>${asset.name}</h2>
      ${this.waits(plan, asset, format)}
      <div class="frame">${
        drawn
          ? html`<merit-order-plan-chart .view=${drawn} .format=${format} .t=${t} ?dark=${dark}
              @block-picked=${(event: BlockPicked) => {
                this.picked = event.detail.block;
              }}></merit-order-plan-chart>`
          : nothing
      }</div>
      <merit-order-block-detail inline .asset=${asset} .block=${this.block(asset, now)} .now=${now} .format=${format} .t=${t}
        .entities=${this.picture?.entities[asset.id]} ?dark=${dark} @allowed=${this.allow} @ordered=${this.order}></merit-order-block-detail>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, plan, t } = this;
    if (!hass) return nothing;
    const wait = waiting(this.moment(hass), t);
    const asset = plan?.home ? this.asset(plan) : undefined;
    return html`<ha-card>${
      plan && asset && !wait
        ? this.body(plan, asset, this.format(hass))
        : html`<p class="wait" role="status">${wait ?? t("device_none")}</p>`
    }</ha-card>`;
  }
}
