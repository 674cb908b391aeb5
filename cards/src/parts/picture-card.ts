import { LitElement } from "lit";
import { property, state } from "lit/decorators.js";
import type { Hass } from "../data/hass";
import { listen } from "../data/picture";
import type { Now, Picture, Plan } from "../data/types";
import { type Translate, translator } from "../i18n/translate";
import { Format, type Locale } from "../logic/format";
import { memo } from "../logic/memo";
import type { Moment } from "../logic/state";
import { Clock } from "./clock";
import type { Order } from "./detail";

/** What every card is: it listens while it is on the page and speaks as the person's settings say. */
export abstract class PictureCard<Config extends { type: string } = { type: string }> extends LitElement {
  @property({ attribute: false }) hass?: Hass;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() protected config!: Config;
  @state() protected picture: Picture | null = null;
  @state() protected problem: string | null = null;

  protected clock = new Clock(this, 20);
  private words = memo(translator);
  private write = memo(
    (locale: Locale, zone: string, currency: string) => new Format(locale, zone, currency),
  );
  private stop: (() => void) | null = null;
  private since = Date.now();

  setConfig(config: Config): void {
    this.config = config;
  }

  protected get home(): Now | null {
    return this.picture?.home ?? null;
  }

  protected get plan(): Plan | null {
    return this.picture?.plan ?? null;
  }

  /** All that decides which state the card is in. */
  protected moment(hass: Hass): Moment {
    const { picture, problem, since } = this;
    return { picture, problem, since, connected: hass.connected, now: this.clock.now };
  }

  /** May Merit Order run it? */
  protected allow = (event: CustomEvent<{ entity: string; allowed: boolean }>): void => {
    const { entity, allowed } = event.detail;
    this.hass?.callService("switch", allowed ? "turn_on" : "turn_off", { entity_id: entity });
  };

  /** What a person wants done by hand. */
  protected order = (event: CustomEvent<Order>): void => {
    const { action, ...fields } = event.detail;
    this.hass?.callService("merit_order", action, fields);
  };

  protected get t(): Translate {
    return this.words(this.hass?.language ?? "en");
  }

  protected format(hass: Hass): Format {
    const { home, plan } = this;
    const zone = home?.timezone ?? plan?.timezone ?? hass.config.time_zone;
    return this.write(hass.locale, zone, home?.currency ?? plan?.currency ?? hass.config.currency);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.since = Date.now();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = null;
  }

  protected override willUpdate(): void {
    if (!this.hass || !this.isConnected) return;
    this.dark = this.hass.themes.darkMode;
    this.stop ??= listen(this.hass.connection, (picture, problem) => {
      this.picture = picture;
      this.problem = problem;
    });
  }
}
