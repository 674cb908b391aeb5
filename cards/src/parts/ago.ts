import { html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Translate } from "../i18n/translate";
import { Clock } from "./clock";

/** "updated 4 s ago", counting by itself. */
export class Ago extends LitElement {
  @property({ attribute: false }) at: number | null = null;
  @property({ attribute: false }) t!: Translate;
  private clock = new Clock(this, 1);

  protected override render(): TemplateResult {
    if (this.at === null) return html``;
    const seconds = Math.max(0, Math.round((this.clock.now - this.at) / 1000));
    if (seconds < 90) return html`${this.t("updated", { seconds })}`;
    return html`${this.t("updated_minutes", { minutes: Math.round(seconds / 60) })}`;
  }
}
