import { describe, expect, it } from "vitest";
import de from "../src/i18n/de.json";
import en from "../src/i18n/en.json";
import fr from "../src/i18n/fr.json";
import nl from "../src/i18n/nl.json";
import { translator } from "../src/i18n/translate";
import { offeredCards, offeredStrategy } from "../src/offered";

const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((hole) => hole[0]).sort();

describe("translations", () => {
  it.each(Object.entries({ de, fr, nl }))("%s has every word with the same holes", (_, words) => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    const other: Record<string, string> = words;
    for (const [key, text] of Object.entries(en))
      expect([key, holes(other[key] ?? "")]).toEqual([key, holes(text)]);
  });

  it("names every card that is offered", () => {
    for (const card of offeredCards() as { name: string; description: string }[]) {
      expect(card.name).toMatch(/^Merit Order: /);
      expect(card.description.length).toBeGreaterThan(20);
    }
    expect(offeredStrategy()).toMatchObject({ description: en["offer.dashboard.text"] });
  });

  it("takes the language of a region, and English for what it does not speak", () => {
    expect(translator("de-CH")("price")).toBe("Preis");
    expect(translator("fi")("earns", { money: "€1.00" })).toBe("The home earns €1.00 an hour");
  });
});
