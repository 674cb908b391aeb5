/** A whole dashboard in one line: `strategy: {type: custom:merit-order}`. */

import { translator } from "../i18n/translate";

import { type Registries, things } from "./devices";
import { views } from "./views";

export class DashboardStrategy extends HTMLElement {
  static async generate(_: object, hass: Registries): Promise<object> {
    return { title: "Merit Order", views: views(things(hass), translator(hass.language)) };
  }
}
