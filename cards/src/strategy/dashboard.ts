/** A whole dashboard in one line: `strategy: {type: custom:merit-order}`. */

import { translator } from "../i18n/translate";

interface Registries {
  readonly language: string;
  readonly devices: Record<string, { id: string; name: string | null; name_by_user: string | null }>;
  readonly entities: Record<
    string,
    { entity_id: string; device_id?: string; platform?: string; hidden?: boolean; entity_category?: string }
  >;
}

const CARD = "custom:merit-order-";
const MOST_PER_CARD = 16;

/** One card per device with what it says and what it lets be set; what is for diagnosis is left to its own page. */
export function deviceCards(hass: Registries): object[] {
  const byDevice = new Map<string, string[]>();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform !== "merit_order" || !entity.device_id || entity.hidden) continue;
    if (entity.entity_category === "diagnostic") continue;
    byDevice.set(entity.device_id, [...(byDevice.get(entity.device_id) ?? []), entity.entity_id]);
  }
  return [...byDevice].map(([id, entities]) => ({
    type: "entities",
    title: hass.devices[id]?.name_by_user ?? hass.devices[id]?.name ?? "",
    entities: entities.slice(0, MOST_PER_CARD),
  }));
}

export class DashboardStrategy extends HTMLElement {
  static async generate(_: object, hass: Registries): Promise<object> {
    const t = translator(hass.language);
    return {
      title: "Merit Order",
      views: [
        {
          title: t("plan"),
          path: "plan",
          icon: "mdi:chart-timeline",
          type: "panel",
          cards: [{ type: `${CARD}plan` }],
        },
        {
          title: t("view.now"),
          path: "now",
          icon: "mdi:home-lightning-bolt",
          cards: [{ type: `${CARD}now` }, { type: `${CARD}price` }],
        },
        { title: t("view.devices"), path: "devices", icon: "mdi:devices", cards: deviceCards(hass) },
      ],
    };
  }
}
