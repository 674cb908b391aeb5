import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Capacity } from "../data/types";
import type { Format } from "../logic/format";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const WIDTH = 400;
const BAR = { top: 22, height: 20 };
const TALL = 62;
const QUARTER = 15;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The quarter hour (or another window) that a charge on demand counts: what it has had, where it is heading, what is free. */
export class CapacityCard extends PictureCard {
  static override styles = [
    palette,
    cardStyles,
    css`
      .figure { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; margin: 10px 0 0; }
      .number { font-size: 32px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.1; font-variant-numeric: tabular-nums; }
      p { margin: 6px 0 0; font-size: 14px; line-height: 1.45; }
      .over { color: var(--mo-expensive); font-weight: 600; }
      svg { display: block; width: 100%; height: auto; margin-top: 14px; direction: ltr; overflow: visible; }
      text { font-size: 14px; fill: var(--mo-quiet); }
      .room { fill: color-mix(in srgb, var(--mo-text) 7%, transparent); }
      .had { fill: var(--mo-home); }
      .heading { fill: url(#heading); stroke: var(--mo-home); stroke-width: 1; }
      .heading.above { fill: url(#above); stroke: var(--mo-expensive); }
      .free { stroke: var(--mo-text); stroke-width: 2; }
      dl { display: grid; grid-template-columns: 1fr auto; margin: 12px 0 0; font-size: 14px; }
      dt, dd { margin: 0; padding: 7px 0; border-top: 1px solid var(--mo-line); }
      dt { padding-inline-end: 12px; }
      dd { text-align: end; font-variant-numeric: tabular-nums; }
    `,
  ];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return { schema: [] };
  }

  getCardSize(): number {
    return 5;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  /** What the window has had as a filled bar, what it is heading for hatched, and a line at what is free. */
  private bar(capacity: Capacity, format: Format): TemplateResult {
    const { t } = this;
    const hours = capacity.window_minutes / 60;
    const had = (capacity.so_far_kwh ?? 0) / hours;
    const heading = Math.max(capacity.heading_kw ?? had, had);
    const most = Math.max(heading, capacity.free_kw) * 1.15;
    const x = (kw: number): number => (WIDTH * kw) / most;
    const free = x(capacity.free_kw);
    const anchor = free > WIDTH / 2 ? "end" : "start";
    const above = heading > capacity.free_kw;
    return html`<svg viewBox=${`0 0 ${WIDTH} ${TALL}`} aria-hidden="true">
      <defs>${(
        [
          ["heading", "home"],
          ["above", "expensive"],
        ] as const
      ).map(
        ([
          id,
          colour,
        ]) => svg`<pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.2" height="6" style=${`fill:var(--mo-${colour})`} /></pattern>`,
      )}</defs>
      <rect class="room" width=${WIDTH} y=${BAR.top} height=${BAR.height} rx="5" />
      <rect class=${above ? "heading above" : "heading"} width=${x(heading)} y=${BAR.top} height=${BAR.height} rx="5" />
      <rect class="had" width=${x(had)} y=${BAR.top} height=${BAR.height} rx="5" />
      <line class="free" x1=${free} x2=${free} y1=${BAR.top - 6} y2=${BAR.top + BAR.height + 6} />
      <text x=${free} y=${BAR.top - 10} text-anchor=${anchor}>${t("capacity.free", { power: format.power(capacity.free_kw) })}</text>
      <text x="0" y=${TALL - 3}>${t("capacity.had", { energy: format.number(capacity.so_far_kwh ?? 0, 2) })}</text>
    </svg>`;
  }

  private body(capacity: Capacity, format: Format): TemplateResult {
    const { t } = this;
    const { heading_kw: heading, allowed_kw: allowed, free_kw: free } = capacity;
    const end = format.time(Date.parse(capacity.window) + capacity.window_minutes * MINUTE);
    const over = heading !== null && heading > free + 0.005;
    const left = Date.parse(capacity.window) + capacity.window_minutes * MINUTE - this.clock.now;
    const known = capacity.window_minutes === QUARTER ? "capacity.heading" : "capacity.heading_window";
    const said = heading === null ? "capacity.unseen" : known;
    const extra = over ? (heading - free) * capacity.price_per_kw : 0;
    return html`<p class="figure"><span class="number">${heading === null ? "–" : format.power(heading)}</span>
        <span class="quiet">${t(said, { time: end, minutes: capacity.window_minutes })}</span></p>
      ${this.bar(capacity, format)}
      ${over ? html`<p class="over" role="status">⚠ ${t("capacity.over", { money: format.money(extra) })}</p>` : nothing}
      ${allowed === null || left <= 0 || left > HOUR ? nothing : html`<p>${t("capacity.allowed", { power: format.power(allowed), time: end })}</p>`}
      <dl><dt>${t("capacity.peak")}</dt><dd>${format.power(capacity.peak_kw)}</dd>
        <dt>${t("capacity.price")}</dt><dd>${format.money(capacity.price_per_kw)}</dd>
        <dt>${t("capacity.due")}</dt><dd>${format.money(capacity.due)}</dd></dl>`;
  }

  private content(hass: Hass): TemplateResult {
    const { t, picture } = this;
    const wait = waiting(this.moment(hass), t);
    const capacity = picture?.capacity;
    if (capacity) return this.body(capacity, this.format(hass));
    return html`<p class="wait" role="status">${picture?.home ? t("capacity.none") : wait}</p>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    return hass ? html`<ha-card><h2>${this.t("capacity")}</h2>${this.content(hass)}</ha-card>` : nothing;
  }
}
