import { html, type TemplateResult } from "lit";
import type { Notice } from "../logic/state";

/** The notices of one kind: what is wrong stands above the sentences, what is merely so below them. A sign beside the colour tells the two apart. */
export function noticeList(found: readonly Notice[], wanted: Notice["kind"]): TemplateResult {
  const chosen = found.filter((notice) => notice.kind === wanted);
  return html`${chosen.map(
    ({ kind, text }) =>
      html`<p class=${`notice ${kind}`} role="status"><span aria-hidden="true">${kind === "warning" ? "⚠" : "ℹ"}</span>${text}</p>`,
  )}`;
}
