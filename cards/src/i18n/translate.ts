import de from "./de.json";
import en from "./en.json";
import fr from "./fr.json";
import nl from "./nl.json";

export type Key = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: Key, values?: Values) => string;

const LANGUAGES: Record<string, Partial<Record<Key, string>>> = { de, en, fr, nl };

/** The words of a language ("de", "de-CH"), English where it has none. */
export function translator(language: string): Translate {
  const words = LANGUAGES[language] ?? LANGUAGES[language.split("-")[0] ?? "en"] ?? en;
  return (key, values = {}) =>
    (words[key] ?? en[key]).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Whether the word exists: for keys that are made from data. */
export function isKey(key: string): key is Key {
  return key in en;
}
