import { describe, expect, it } from "vitest";
import type { Connection } from "../src/data/hass";
import { listen } from "../src/data/picture";
import type { Picture } from "../src/data/types";
import { picture } from "./home";

/** A wire: what is pushed into it arrives as a message. */
class Wire implements Connection {
  opened = 0;
  closed = 0;
  push: (message: Partial<Picture>) => void = () => undefined;
  refuse: Error | null = null;

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

  it("says why it was refused, and asks again when the next card comes", async () => {
    const wire = new Wire();
    wire.refuse = new Error("Merit Order is not set up");
    let said: string | null = null;
    listen(wire, (_, error) => {
      said = error;
    });
    await settle();
    expect(said).toBe("Merit Order is not set up");
    wire.refuse = null;
    listen(wire, () => undefined);
    expect(wire.opened).toBe(2);
  });
});
