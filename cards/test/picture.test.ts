import { describe, expect, it, vi } from "vitest";
import type * as wires from "../src/data/hass";
import { listen } from "../src/data/picture";
import type { Picture } from "../src/data/types";
import { picture } from "./home";

/** A wire: what is pushed into it arrives as a message. */
class Wire implements wires.Wire {
  opened = 0;
  closed = 0;
  push: (message: Partial<Picture>) => void = () => undefined;
  refuse: Error | null = null;
  private ready = new Set<() => void>();

  addEventListener(_: "ready", listener: () => void): void {
    this.ready.add(listener);
  }

  removeEventListener(_: "ready", listener: () => void): void {
    this.ready.delete(listener);
  }

  /** The connection was lost and is there again; its subscriptions are gone. */
  reconnect(): void {
    for (const listener of this.ready) listener();
  }

  async subscribeMessage<T>(callback: (message: T) => void): Promise<() => Promise<void>> {
    this.opened++;
    if (this.refuse) throw this.refuse;
    this.push = callback as (message: Partial<Picture>) => void;
    return async () => {
      this.closed++;
    };
  }
}

const settle = () => new Promise((done) => setTimeout(done));

describe("feed", () => {
  it("is one for all cards of a connection and ends with the last", async () => {
    const wire = new Wire();
    const stops = [listen(wire, () => undefined), listen(wire, () => undefined)];
    expect(wire.opened).toBe(1);
    stops[0]?.();
    await settle();
    expect(wire.closed).toBe(0);
    stops[1]?.();
    await settle();
    expect(wire.closed).toBe(1);
  });

  it("keeps the parts that a message leaves out", async () => {
    const wire = new Wire();
    let seen: Picture | null = null;
    listen(wire, (now) => {
      seen = now;
    });
    await settle();
    const { plan, home } = picture();
    wire.push({ plan });
    wire.push({ home });
    expect(seen).toMatchObject({ plan: { id: plan?.id }, home: { currency: "GBP" } });
  });

  it("says why it was refused, and asks again by itself until it is let in", async () => {
    vi.useFakeTimers();
    const wire = new Wire();
    wire.refuse = new Error("Merit Order is not set up");
    let said: string | null = null;
    listen(wire, (_, error) => {
      said = error;
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(said).toBe("Merit Order is not set up");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(wire.opened).toBeGreaterThan(4);
    expect(wire.opened).toBeLessThan(10);
    wire.refuse = null;
    await vi.advanceTimersByTimeAsync(30_000);
    const { opened } = wire;
    wire.push({ home: picture().home });
    expect(said).toBeNull();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(wire.opened).toBe(opened);
    vi.useRealTimers();
  });

  it("comes back after the connection was lost, also when the integration starts later than the server", async () => {
    vi.useFakeTimers();
    const wire = new Wire();
    const prices: unknown[] = [];
    const stop = listen(wire, (now) => prices.push(now.home?.price_now));
    await vi.advanceTimersByTimeAsync(1);
    wire.refuse = new Error("Unknown command.");
    wire.reconnect();
    await vi.advanceTimersByTimeAsync(1);
    wire.refuse = null;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(wire.opened).toBe(3);
    wire.push({ home: { ...moment(), price_now: 0.42 } });
    expect(prices.at(-1)).toBe(0.42);
    stop();
    wire.reconnect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wire.opened).toBe(3);
    vi.useRealTimers();
  });
});

function moment() {
  const { home } = picture();
  if (!home) throw new Error("the recording has no moment");
  return home;
}
