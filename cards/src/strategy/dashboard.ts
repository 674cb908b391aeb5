/** A whole dashboard in one line: `strategy: {type: custom:merit-order}`. */

import { translator } from "../i18n/translate";

import { deviceCards, type Registries } from "./devices";

const CARD = "custom:merit-order-";

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
          cards: [{ type: `${CARD}now` }, { type: `${CARD}price` }, { type: `${CARD}needs` }],
        },
        { title: t("view.devices"), path: "devices", icon: "mdi:devices", cards: deviceCards(hass) },
      ],
    };
  }
}
