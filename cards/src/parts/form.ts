/** The visual editor of a card: Home Assistant draws it, we name its fields in the person's language. */

import { isKey, translator } from "../i18n/translate";

interface Field {
  readonly name: string;
  readonly selector: object;
}

interface Page {
  readonly hass?: { readonly language?: string };
}

/** What `getConfigForm` answers. A static function has no `hass`: the page's own is asked for the language. */
export function form(schema: readonly Field[]): object {
  const label = (part: string, { name }: Field): string => {
    const page = document.querySelector("home-assistant") as (Element & Page) | null;
    const key = `${part}.${name}`;
    return isKey(key) ? translator(page?.hass?.language ?? "en")(key) : "";
  };
  return {
    schema,
    computeLabel: (field: Field) => label("form", field) || field.name,
    computeHelper: (field: Field) => label("form_help", field),
  };
}
