import { type SVGTemplateResult, svg } from "lit";
import type { Translate } from "../../i18n/translate";
import { type Tick, x } from "../../logic/axis";
import type { Format } from "../../logic/format";
import type { Band, View } from "../../logic/view";

/** What every row is drawn with. */
export interface Pen {
  readonly view: View;
  readonly format: Format;
  readonly t: Translate;
}

/** The name of a row: left of it where there is room, above it on a phone. */
export function title(pen: Pen, band: Band, name: string, note = "", colour = ""): SVGTemplateResult {
  const { narrow } = pen.view;
  const y = narrow ? band.top - 6 : band.top + 12;
  return svg`<text class="name" x=${narrow ? 1 : 0} y=${y} style=${colour ? `fill:var(--mo-${colour})` : ""}>${name}
    ${note && svg`<tspan class="note" dx="4">${note}</tspan>`}</text>`;
}

/** Hour lines behind all rows, and the hours below them. */
export function grid(pen: Pen, marks: readonly Tick[]): SVGTemplateResult {
  const { axis, bottom } = pen.view;
  return svg`${marks.map((tick) => {
    const at = x(axis, tick.at);
    const room = tick.label.length * 3.2;
    const cut = at + room > axis.right || at - room < axis.left;
    return svg`<line class=${tick.midnight ? "midnight" : "hour"} x1=${at} x2=${at} y1="14" y2=${bottom} />
      <text class=${tick.midnight ? "tick day" : "tick"} x=${at} y=${bottom + 15} text-anchor="middle">${cut ? "" : tick.label}</text>`;
  })}`;
}

/** Now, across all rows. */
export function nowLine(pen: Pen): SVGTemplateResult | null {
  const { axis, now, bottom } = pen.view;
  if (now < axis.from || now > axis.to) return null;
  const at = x(axis, now);
  const anchor = at - axis.left < 22 ? "start" : "middle";
  return svg`<line class="now" x1=${at} x2=${at} y1="14" y2=${bottom} />
    <text class="now" x=${anchor === "start" ? axis.left : at} y="10" text-anchor=${anchor}>${pen.t("now", {
      time: pen.format.time(now),
    })}</text>`;
}
