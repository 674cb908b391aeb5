/** Numbers, money and times as the person's language writes them. */

const MINOR: Record<string, string> = { EUR: "ct", GBP: "p", USD: "¢", AUD: "c", CAD: "¢", NZD: "c" };

export class Format {
  constructor(
    private readonly language: string,
    private readonly zone: string,
    private readonly currency: string,
  ) {}

  number(value: number, digits = 1): string {
    return new Intl.NumberFormat(this.language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value === 0 ? 0 : value);
  }

  money(value: number): string {
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency: this.currency,
      currencyDisplay: "narrowSymbol",
    }).format(Math.abs(value) < 0.005 ? 0 : value);
  }

  /** A price per kWh in the coins people say it in: "22.7 p". */
  price(value: number): { value: string; unit: string } {
    const coin = MINOR[this.currency];
    if (coin) return { value: this.number(value * 100), unit: `${coin}/kWh` };
    return { value: this.number(value, 2), unit: `${this.currency}/kWh` };
  }

  power(kw: number): string {
    return Math.abs(kw) < 1 ? `${this.number(kw * 1000, 0)} W` : `${this.number(kw)} kW`;
  }

  energy(kwh: number): string {
    return `${this.number(kwh)} kWh`;
  }

  time(at: number): string {
    return new Intl.DateTimeFormat(this.language, {
      timeZone: this.zone,
      hour: "2-digit",
      minute: "2-digit",
    }).format(at);
  }

  /** The time, with its weekday when it is not on the same day as `now`. */
  when(at: number, now: number): string {
    const day = new Intl.DateTimeFormat(this.language, { timeZone: this.zone, weekday: "short" });
    const date = new Intl.DateTimeFormat("en-CA", { timeZone: this.zone });
    return date.format(at) === date.format(now) ? this.time(at) : `${day.format(at)} ${this.time(at)}`;
  }
}
