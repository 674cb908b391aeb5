/** The few parts of Home Assistant's frontend object that the cards use. */

import type { Locale } from "../logic/format";

/** What a subscription needs of the connection. */
export interface Wire {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(event: "ready", listener: () => void): void;
  removeEventListener(event: "ready", listener: () => void): void;
}

export interface Connection extends Wire {
  subscribeEvents(callback: () => void, event: string): Promise<() => Promise<void>>;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  language: string;
  locale: Locale;
  config: { time_zone: string; currency: string };
  themes: { darkMode: boolean };
  states: Record<string, { state: string } | undefined>;
  localize(key: string, values?: Record<string, string>): string;
  /** Answers with a `localize` that knows the words; the one here may not yet. */
  loadBackendTranslation(category: string, integration: string): Promise<Hass["localize"]>;
  callWS<T>(message: { type: string } & Record<string, unknown>): Promise<T>;
  callService(domain: string, service: string, data: Record<string, unknown>): Promise<unknown>;
}
