import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The time, renewed every `seconds` while its host is on the page. */
export class Clock implements ReactiveController {
  now = Date.now();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly seconds: number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.now = Date.now();
    this.timer = setInterval(() => {
      this.now = Date.now();
      this.host.requestUpdate();
    }, this.seconds * 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }
}
