/** The visual editor of a card: Home Assistant draws it, we name its fields in the person's language. */

import { isKey, translator } from "../i18n/translate";

/** The options of a choice, in the person's language: "form.night.auto" is how `auto` of `night` is called. */
export function options(field: string, values: readonly string[]): object {
  const t = translator(pageLanguage());
  const named = values.map((value) => {
    const key = `form.${field}.${value}`;
    return { value, label: isKey(key) ? t(key) : value };
  });
  return { select: { mode: "dropdown", options: named } };
}

interface Field {
  readonly name: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly selector: object;
}

interface Page {
  readonly hass?: { readonly language?: string };
}

/** What is static has no `hass`: the page's own is asked for the language. */
export function pageLanguage(): string {
  const page = globalThis.document?.querySelector("home-assistant") as (Element & Page) | null;
  return page?.hass?.language ?? "en";
}

/** What `getConfigForm` answers. */
export function form(schema: readonly Field[]): object {
  const label = (part: string, { name }: Field): string => {
    const key = `${part}.${name}`;
    return isKey(key) ? translator(pageLanguage())(key) : "";
  };
  return {
    schema,
    computeLabel: (field: Field) => label("form", field) || field.name,
    computeHelper: (field: Field) => label("form_help", field),
  };
}
