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

/** What is over lies in the shade, behind all rows. */
export function pastShade(pen: Pen): SVGTemplateResult | null {
  const { axis, now, bottom, past } = pen.view;
  const width = x(axis, Math.min(now, axis.to)) - axis.left;
  if (past.slots === 0 || width <= 0) return null;
  return svg`<rect class="past" x=${axis.left} y="14" width=${width} height=${bottom - 14} />`;
}

function rows(view: View): Band[] {
  const found = [{ top: 14, bottom: 18 }, view.price, view.power, ...view.lanes, view.grid, view.soc];
  return found.filter((band) => band !== null);
}

/** Now, across all rows. */
export function nowLine(pen: Pen): SVGTemplateResult | null {
  const { axis, now, bottom } = pen.view;
  if (now < axis.from || now > axis.to) return null;
  const at = x(axis, now);
  const room = 26;
  const anchor = at - axis.left < room ? "start" : axis.right - at < room ? "end" : "middle";
  const place = anchor === "start" ? axis.left : anchor === "end" ? axis.right : at;
  // On a phone the names of the rows stand above them: the line leaves them alone.
  const pieces = pen.view.narrow ? rows(pen.view) : [{ top: 14, bottom }];
  return svg`${pieces.map((row) => svg`<line class="now" x1=${at} x2=${at} y1=${row.top} y2=${row.bottom} />`)}
    <text class="now" x=${place} y="10" text-anchor=${anchor}>${pen.t("now", {
      time: pen.format.time(now),
    })}</text>`;
}
