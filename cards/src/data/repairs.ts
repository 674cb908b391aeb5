/** What Home Assistant's repairs list of us, as sentences in the person's language. */

import type { Hass } from "./hass";

const DOMAIN = "merit_order";
const CHANGED = "repairs_issue_registry_updated";

interface Issue {
  readonly domain: string;
  readonly issue_id: string;
  readonly translation_key: string;
  readonly translation_placeholders: Record<string, string> | null;
  readonly ignored: boolean;
}

export interface Repair {
  readonly title: string;
  readonly text: string;
}

async function list(hass: Hass): Promise<Repair[]> {
  const [{ issues }, localize] = await Promise.all([
    hass.callWS<{ issues: Issue[] }>({ type: "repairs/list_issues" }),
    hass.loadBackendTranslation("issues", DOMAIN),
  ]);
  return issues
    .filter((issue) => issue.domain === DOMAIN && !issue.ignored)
    .map((issue) => {
      const say = (part: string): string =>
        localize(
          `component.${DOMAIN}.issues.${issue.translation_key}.${part}`,
          issue.translation_placeholders ?? {},
        );
      return { title: say("title") || issue.issue_id, text: say("description") };
    });
}

/** Calls `listener` with all repairs now and whenever they change, until the returned function is called. */
export function listenRepairs(hass: Hass, listener: (repairs: readonly Repair[]) => void): () => void {
  const tell = (): void => {
    list(hass).then(listener, () => undefined);
  };
  const stop = hass.connection.subscribeEvents(tell, CHANGED);
  stop.catch(() => undefined);
  tell();
  return () => {
    stop.then((end) => end()).catch(() => undefined);
  };
}
