import type { Series } from "../data/types";

export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Pixel of a value; larger values are higher up. */
  y(value: number): number;
}

/** A scale from the values it has to show, always with zero in it, between two pixels. */
export function scale(series: readonly Series[], top: number, bottom: number, least = 0.1): Scale {
  const values = series.flatMap((one) => one.filter((value): value is number => value !== null));
  const low = Math.min(0, ...values);
  const high = Math.max(least, ...values);
  return { low, high, y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top) };
}

/** The largest round number (1, 2 or 5 times a power of ten) that is not above `value`. */
export function roundBelow(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = [5, 2, 1].find((step) => step * power <= value * 1.0000001) ?? 1;
  return lead * power;
}
