import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Plan } from "../data/types";
import type { Translate } from "../i18n/translate";
import type { Format } from "../logic/format";
import { columns, csv } from "../logic/table";
import { NO_PAST, type Past } from "../logic/timeline";
import { palette } from "./theme";

/** So much of the past is in sight above now. */
const PAST_SEEN_PX = 84;

/** The past and the plan in numbers, slot by slot, to be read or copied. */
export class PlanTable extends LitElement {
  static override styles = [
    palette,
    css`
      :host { display: block; color: var(--mo-text); }
      .scroll { overflow: auto; position: relative; max-height: 480px; border: 1px solid var(--mo-line); border-radius: 10px; }
      table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
      th, td { padding: 5px 10px; text-align: end; white-space: nowrap; }
      thead th { position: sticky; top: -1px; z-index: 1; background: var(--mo-surface); font-weight: 600; border-bottom: 1px solid var(--mo-line); }
      thead small { display: block; font-weight: 400; color: var(--mo-quiet); }
      tbody th { text-align: start; font-weight: 400; color: var(--mo-quiet); position: sticky; inset-inline-start: 0; background: var(--mo-surface); }
      tr + tr td { border-top: 1px solid color-mix(in srgb, var(--mo-line) 50%, transparent); }
      tr[aria-current] th { color: var(--mo-text); font-weight: 600; }
      thead th:first-child { inset-inline-start: 0; z-index: 2; }
      .over td, .over th { background: color-mix(in srgb, var(--mo-text) 4%, var(--mo-surface)); }
      .nil { color: var(--mo-quiet); }
      td.busy, .over td.busy { background: color-mix(in srgb, var(--thing) 20%, var(--mo-surface)); }
      td small { display: block; font-size: 11px; color: var(--mo-quiet); }
      .open td:first-of-type { font-style: italic; color: var(--mo-quiet); }
      .level::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-inline-end: 6px; background: var(--level); }
      button { font: inherit; font-size: 13px; margin-top: 10px; min-height: 36px; padding: 4px 14px; border-radius: 99px; border: 1px solid var(--mo-line); background: none; color: inherit; cursor: pointer; }
    `,
  ];

  /** From the first slot that is known of on: see Timeline. */
  @property({ attribute: false }) plan!: Plan;
  @property({ attribute: false }) past: Past = NO_PAST;
  @property({ attribute: false }) now = Date.now();
  @property({ attribute: false }) format!: Format;
  @property({ attribute: false }) t!: Translate;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() private copied = false;

  private copy = async (): Promise<void> => {
    const text = csv(this, this.t, this.format);
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByHand(text, this.renderRoot);
    this.copied = true;
  };

  /** The past lies above: begin with now. */
  protected override firstUpdated(): void {
    const frame = this.renderRoot.querySelector(".scroll");
    const row = this.renderRoot.querySelector<HTMLElement>("tr[aria-current]");
    if (frame && row)
      frame.scrollTop = row.offsetTop - (frame.querySelector("thead")?.clientHeight ?? 0) - PAST_SEEN_PX;
  }

  protected override render(): TemplateResult {
    const { plan, now, format, t } = this;
    const found = columns(this, t, format);
    const coin = format.price(0).unit;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("table")}><table>
      <thead><tr><th scope="col">${t("slot")}</th>${found.map(
        (column) =>
          html`<th scope="col">${column.name}<small>${column.unit.endsWith("/kWh") ? coin : column.unit}</small></th>`,
      )}</tr></thead>
      <tbody>${plan.edges.slice(0, -1).map((edge, slot) => {
        const [start, end] = [Date.parse(edge), Date.parse(plan.edges[slot + 1] ?? edge)];
        const known = plan.home?.price_quality[slot] === "known";
        const level = `--level:var(--mo-${plan.home?.price_level[slot] ?? "normal"})`;
        const current = start <= now && now < end;
        const kind = slot < this.past.slots ? "over" : known ? "" : "open";
        return html`<tr class=${kind} aria-current=${current ? "time" : nothing}>
          <th scope="row">${format.when(start, now)}</th>${found.map((column, index) => {
            const value = column.values[slot];
            const said = typeof value === "number" ? column.say(value) : "–";
            const was = column.planned[slot];
            const planned =
              typeof was === "number"
                ? html`<small>${t("was", { value: column.say(was) })}</small>`
                : nothing;
            if (index === 0) return html`<td class="level" style=${level}>${said}</td>`;
            const busy = column.colour && value;
            return html`<td class=${busy ? "busy" : value ? "" : "nil"} style=${busy ? `--thing:var(--mo-${column.colour})` : nothing}>${said}${planned}</td>`;
          })}</tr>`;
      })}</tbody></table></div>
      <button @click=${this.copy}>${t(this.copied ? "copied" : "copy_csv")}</button>`;
  }
}

/** Over plain HTTP a browser has no clipboard for a page; the old way works there. */
function copyByHand(text: string, root: HTMLElement | DocumentFragment): void {
  const area = document.createElement("textarea");
  area.value = text;
  root.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
