import { html, type TemplateResult } from "lit";
import type { Notice } from "../logic/state";

/** What a person has to know before reading on; a sign beside the colour tells wrong from merely so. */
export function noticeList(found: readonly Notice[]): TemplateResult {
  return html`${found.map(
    ({ kind, text }) =>
      html`<p class=${`notice ${kind}`} role="status"><span aria-hidden="true">${kind === "warning" ? "⚠" : "ℹ"}</span>${text}</p>`,
  )}`;
}
