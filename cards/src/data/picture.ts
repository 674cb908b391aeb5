import type { Wire } from "./hass";
import { grown } from "./history";
import type { History, Picture } from "./types";

/** The parts that changed; of the history what was added to it. */
type Message = Partial<Picture> & { history_add?: History };
type Listener = (picture: Picture, error: string | null) => void;

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * One subscription for all cards on the page, which comes back by itself.
 *
 * Home Assistant's connection would renew it after a loss, but only once: at that moment the server may be up and the
 * integration not yet, and a wall panel has nobody who reloads the page. So it is renewed here, for as long as it takes.
 */
class Feed {
  private picture: Picture = { plan: null, home: null, entities: {} };
  private listeners = new Set<Listener>();
  private stop: (() => Promise<void>) | null = null;
  private error: string | null = null;
  private attempt = 0;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connection: Wire) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    listener(this.picture, this.error);
    if (this.listeners.size === 1) this.begin();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end();
    };
  }

  private begin(): void {
    this.connection.addEventListener("ready", this.open);
    this.open();
  }

  private end(): void {
    this.connection.removeEventListener("ready", this.open);
    this.attempt++;
    clearTimeout(this.timer);
    this.stop?.().catch(() => undefined);
    this.stop = null;
  }

  private open = async (): Promise<void> => {
    const attempt = ++this.attempt;
    clearTimeout(this.timer);
    try {
      const stop = await this.connection.subscribeMessage<Message>(
        (part) => {
          if (attempt === this.attempt) this.take(part);
        },
        { type: "merit_order/subscribe" },
        { resubscribe: false },
      );
      if (attempt !== this.attempt) await stop().catch(() => undefined);
      else this.stop = stop;
      this.wait = FIRST_WAIT_MS;
    } catch (problem) {
      if (attempt === this.attempt) this.tryLater(problem as { message?: string });
    }
  };

  private tryLater(problem: { message?: string }): void {
    this.error = problem.message ?? String(problem);
    this.timer = setTimeout(this.open, this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    this.tell();
  }

  private take({ history_add: added, ...part }: Message): void {
    this.error = null;
    this.picture = { ...this.picture, ...part };
    if (added) this.picture = { ...this.picture, history: grown(this.picture.history, added) };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.picture, this.error);
  }
}

const feeds = new WeakMap<Wire, Feed>();

/** Calls `listener` now and at every change until the returned function is called. */
export function listen(connection: Wire, listener: Listener): () => void {
  let feed = feeds.get(connection);
  if (!feed) {
    feed = new Feed(connection);
    feeds.set(connection, feed);
  }
  return feed.listen(listener);
}
