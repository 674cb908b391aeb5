/** The few parts of Home Assistant's frontend object that the cards use. */

export interface Connection {
  subscribeMessage<T>(callback: (message: T) => void, message: { type: string }): Promise<() => Promise<void>>;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  language: string;
  locale: { language: string; time_format: string; number_format: string };
  config: { time_zone: string; currency: string };
  themes: { darkMode: boolean };
}
