/** Numbers, money and times as the person's own settings in Home Assistant write them. */

export interface Locale {
  readonly language: string;
  readonly time_format?: string;
  readonly number_format?: string;
}

const MINOR: Record<string, string> = { EUR: "ct", GBP: "p", USD: "¢", AUD: "c", CAD: "¢", NZD: "c" };
const NUMBERS: Record<string, string> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
};

export class Format {
  private readonly formatters = new Map<string, unknown>();
  private readonly numbers: string | undefined;
  private readonly clock: Intl.DateTimeFormatOptions;
  private readonly clockLanguage: string | undefined;

  constructor(
    readonly locale: Locale,
    readonly zone: string,
    private readonly currency: string,
  ) {
    const { language, number_format = "language", time_format = "language" } = locale;
    this.numbers = number_format === "system" ? undefined : (NUMBERS[number_format] ?? language);
    this.clockLanguage = time_format === "system" ? undefined : language;
    const usual = new Intl.DateTimeFormat(this.clockLanguage, { hour: "numeric" }).resolvedOptions().hour12;
    const hour12 = time_format === "12" || (time_format !== "24" && usual === true);
    this.clock = {
      timeZone: zone,
      hour: hour12 ? "numeric" : "2-digit",
      minute: "2-digit",
      hourCycle: hour12 ? "h12" : "h23",
    };
  }

  /** Making one of these takes a browser longer than using it a thousand times. */
  private kept<Formatter>(key: string, make: () => Formatter): Formatter {
    const found = (this.formatters.get(key) as Formatter | undefined) ?? make();
    this.formatters.set(key, found);
    return found;
  }

  number(value: number, digits = 1): string {
    const least = 0.5 * 10 ** -digits;
    return this.kept(
      `number ${digits}`,
      () =>
        new Intl.NumberFormat(this.numbers, {
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
          useGrouping: this.locale.number_format !== "none",
        }),
    ).format(Math.abs(value) < least ? 0 : value);
  }

  money(value: number): string {
    return this.kept(
      "money",
      () =>
        new Intl.NumberFormat(this.numbers, {
          style: "currency",
          currency: this.currency,
          currencyDisplay: "narrowSymbol",
        }),
    ).format(Math.abs(value) < 0.005 ? 0 : value);
  }

  /** A price per kWh in the coins people say it in: "22.7" "p/kWh". */
  price(value: number, digits = 1): { value: string; unit: string } {
    const coin = MINOR[this.currency];
    if (coin) return { value: this.number(value * 100, digits), unit: `${coin}/kWh` };
    return { value: this.number(value, 2), unit: `${this.currency}/kWh` };
  }

  priceText(value: number): string {
    const { value: number, unit } = this.price(value);
    return `${number} ${unit}`;
  }

  power(kw: number): string {
    return Math.abs(kw) < 1 ? `${this.number(kw * 1000, 0)} W` : `${this.number(kw)} kW`;
  }

  /** The same for small places: "5 kW". */
  powerShort(kw: number): string {
    return Math.abs(kw) < 1 ? this.power(kw) : `${this.number(kw, 0)} kW`;
  }

  energy(kwh: number): string {
    return `${this.number(kwh)} kWh`;
  }

  percent(value: number): string {
    return `${this.number(value, 0)} %`;
  }

  time(at: number): string {
    return this.kept("time", () => new Intl.DateTimeFormat(this.clockLanguage, this.clock)).format(at);
  }

  weekday(at: number): string {
    return new Intl.DateTimeFormat(this.locale.language, { timeZone: this.zone, weekday: "short" }).format(
      at,
    );
  }

  private dated(key: string, options: Intl.DateTimeFormatOptions, at: number): string {
    return this.kept(
      key,
      () => new Intl.DateTimeFormat(this.locale.language, { timeZone: this.zone, ...options }),
    ).format(at);
  }

  /** The day of the month. */
  day(at: number): string {
    return this.dated("day", { day: "numeric" }, at);
  }

  /** A day in full words: "Tuesday, 24 November". */
  date(at: number): string {
    return this.dated("long date", { weekday: "long", day: "numeric", month: "long" }, at);
  }

  /** The month alone, short. */
  month(at: number): string {
    return this.dated("month", { month: "short" }, at);
  }

  /** The month and its year. */
  monthYear(at: number): string {
    return this.dated("month year", { month: "long", year: "numeric" }, at);
  }

  /** Local midnight at or before an instant. Days with a clock change stay right. */
  dayStart(at: number): number {
    return this.localMidnight(at, false);
  }

  /** Local midnight of the first of the month. */
  monthStart(at: number): number {
    return this.localMidnight(at, true);
  }

  private localMidnight(at: number, first: boolean): number {
    const clock = this.kept(
      "wall clock",
      () =>
        new Intl.DateTimeFormat("en-GB", {
          timeZone: this.zone,
          hourCycle: "h23",
          year: "numeric",
          month: "2-digit",
          day: "2-digit",
          hour: "2-digit",
          minute: "2-digit",
          second: "2-digit",
        }),
    );
    const wall = (instant: number): number => {
      const part = (type: string): number =>
        Number(clock.formatToParts(instant).find((found) => found.type === type)?.value ?? 0);
      return Date.UTC(
        part("year"),
        part("month") - 1,
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
      );
    };
    const here = new Date(wall(at));
    const wanted = Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), first ? 1 : here.getUTCDate());
    // The offset at that midnight may be another one than now.
    const guess = wanted - (wall(at) - Math.floor(at / 1000) * 1000);
    return guess + (wanted - wall(guess));
  }

  /** The time, with its weekday when it is not on the same day as `now`. */
  when(at: number, now: number): string {
    const date = this.kept("date", () => new Intl.DateTimeFormat("en-CA", { timeZone: this.zone }));
    return date.format(at) === date.format(now) ? this.time(at) : `${this.weekday(at)} ${this.time(at)}`;
  }
}
