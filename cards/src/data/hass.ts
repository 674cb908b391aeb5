/** The few parts of Home Assistant's frontend object that the cards use. */

import type { Locale } from "../logic/format";

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(event: "ready", listener: () => void): void;
  removeEventListener(event: "ready", listener: () => void): void;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  language: string;
  locale: Locale;
  config: { time_zone: string; currency: string };
  themes: { darkMode: boolean };
  callService(domain: string, service: string, data: Record<string, unknown>): Promise<unknown>;
}
