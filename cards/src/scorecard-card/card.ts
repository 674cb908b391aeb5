import { css, html, nothing, type TemplateResult } from "lit";
import type { Hass } from "../data/hass";
import type { Score } from "../data/types";
import { type ScoreRow, scoreRows } from "../logic/scores";
import { waiting } from "../logic/state";
import { cardStyles } from "../parts/card-styles";
import { PictureCard } from "../parts/picture-card";
import { palette } from "../parts/theme";

const SIGNS: Record<ScoreRow["grade"], string> = { good: "✓", learning: "…", bad: "⚠" };

/** How well the forecasts held up that the plan rests on; a bad one in plain words. */
export class ScorecardCard extends PictureCard {
  static override styles = [
    palette,
    cardStyles,
    css`
      ul { list-style: none; margin: 8px 0 0; padding: 0; font-size: 14px; line-height: 1.45; }
      li { display: grid; grid-template-columns: 20px 1fr; gap: 0 8px; padding: 10px 0; border-top: 1px solid var(--mo-line); }
      li > :nth-child(n + 3) { grid-column: 2; }
      b { font-weight: 600; }
      .sign { text-align: center; color: var(--mo-quiet); }
      .good .sign { color: var(--mo-cheap); }
      .bad .sign { color: var(--mo-expensive); }
    `,
  ];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return { schema: [] };
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  private rows(hass: Hass, scores: readonly Score[]): TemplateResult {
    return html`<ul>${scoreRows(scores, this.t, this.format(hass)).map(
      (row) => html`<li class=${row.grade}><span class="sign" aria-hidden="true">${SIGNS[row.grade]}</span>
        <b>${row.name}</b><span>${row.sentence}</span>
        ${row.figures ? html`<span class="quiet">${row.figures}</span>` : nothing}</li>`,
    )}</ul>`;
  }

  private body(hass: Hass): TemplateResult {
    const { t, picture } = this;
    const scores = picture?.scorecard ?? [];
    if (scores.length > 0) return this.rows(hass, scores);
    return html`<p class="wait" role="status">${picture?.home ? t("score.none") : waiting(this.moment(hass), t)}</p>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    return hass ? html`<ha-card><h2>${this.t("scorecard")}</h2>${this.body(hass)}</ha-card>` : nothing;
  }
}
