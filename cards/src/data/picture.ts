import type { Connection } from "./hass";
import type { Picture } from "./types";

type Listener = (picture: Picture, error: string | null) => void;

/** One subscription for all cards on the page; Home Assistant's connection renews it by itself when it was lost. */
class Feed {
  private picture: Picture = { plan: null, home: null, entities: {} };
  private listeners = new Set<Listener>();
  private unsubscribe: Promise<() => Promise<void>> | null = null;
  private error: string | null = null;

  constructor(private readonly connection: Connection) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    listener(this.picture, this.error);
    this.unsubscribe ??= this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  private open(): Promise<() => Promise<void>> {
    const opened = this.connection.subscribeMessage<Partial<Picture>>((part) => this.take(part), {
      type: "merit_order/subscribe",
    });
    opened.catch((problem: { message?: string }) => {
      // The integration may still be starting: say what it says, and let the next card that appears try again.
      this.unsubscribe = null;
      this.error = problem.message ?? String(problem);
      this.tell();
    });
    return opened;
  }

  private close(): void {
    const opened = this.unsubscribe;
    this.unsubscribe = null;
    opened?.then((stop) => stop()).catch(() => undefined);
  }

  private take(part: Partial<Picture>): void {
    this.error = null;
    this.picture = { ...this.picture, ...part };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.picture, this.error);
  }
}

const feeds = new WeakMap<Connection, Feed>();

/** Calls `listener` now and at every change until the returned function is called. */
export function listen(connection: Connection, listener: Listener): () => void {
  let feed = feeds.get(connection);
  if (!feed) {
    feed = new Feed(connection);
    feeds.set(connection, feed);
  }
  return feed.listen(listener);
}
