import { css, html, nothing, type TemplateResult } from "lit";
import type { CommandRow } from "../logic/commands";

const SIGNS: Record<CommandRow["grade"], string> = { good: "✓", bad: "⚠", none: "·" };

export const commandStyles = css`
  .commands { list-style: none; margin: 4px 0 0; padding: 0; font-size: 13.5px; line-height: 1.45; }
  .commands li { display: grid; grid-template-columns: 18px auto 1fr; gap: 0 8px; padding: 5px 0; }
  .commands time { color: var(--mo-quiet); font-variant-numeric: tabular-nums; white-space: nowrap; }
  .commands .good { color: var(--mo-cheap); }
  .commands .bad { color: var(--mo-expensive); }
`;

/** What was told, newest first, each with a sign and a word for what came of it. */
export function commandList(rows: readonly CommandRow[], named: boolean): TemplateResult {
  return html`<ul class="commands">${rows.map(
    ({ at, asset, what, outcome, grade }) =>
      html`<li><span class=${grade} aria-hidden="true">${SIGNS[grade]}</span><time>${at}</time>
        <span>${named ? html`<b>${asset}</b> ` : nothing}${what}${outcome ? html` <span class=${grade}>(${outcome})</span>` : nothing}</span></li>`,
  )}</ul>`;
}
