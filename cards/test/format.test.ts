import { describe, expect, it } from "vitest";
import { Format } from "../src/logic/format";

const AT = Date.parse("2026-11-21T14:05:00Z");
const make = (locale: object, currency = "EUR") =>
  new Format({ language: "en", ...locale }, "Europe/Brussels", currency);

describe("format", () => {
  it("says prices in the coins people use", () => {
    expect(make({}).price(0.2267)).toEqual({ value: "22.7", unit: "ct/kWh" });
    expect(make({}, "GBP").priceText(-0.031)).toBe("-3.1 p/kWh");
    expect(make({}, "SEK").price(1.5)).toEqual({ value: "1.50", unit: "SEK/kWh" });
  });

  it("follows the person's settings rather than the language", () => {
    expect(make({ number_format: "decimal_comma" }).number(1234.5)).toBe("1.234,5");
    expect(make({ number_format: "none" }).number(1234.5)).toBe("1234.5");
    expect(make({ language: "de" }).money(2.5)).toBe("2,50\u00a0€");
    expect(make({ time_format: "24" }).time(AT)).toBe("15:05");
    expect(make({ time_format: "12" }).time(AT)).toBe("3:05 PM");
    expect(make({ language: "fr" }).time(AT)).toBe("15:05");
  });

  it("never writes a negative nothing", () => {
    expect(make({}).number(-0.01)).toBe("0.0");
    expect(make({}).money(-0.001)).toBe("€0.00");
  });

  it("names the weekday only on another day of the home", () => {
    const format = make({ language: "en-GB" });
    expect(format.when(AT, AT - 3_600_000)).toBe("15:05");
    expect(format.when(AT, AT - 86_400_000)).toBe("Sat 15:05");
    expect(format.when(Date.parse("2026-11-21T23:30:00Z"), AT)).toBe("Sun 00:30");
  });
});
