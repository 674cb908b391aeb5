/** Neighbouring slots that look alike, drawn as one. */

export interface Run<T> {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
  readonly value: T;
}

/** Groups neighbours whose values are `alike`. */
export function runs<T>(values: readonly T[], alike: (a: T, b: T) => boolean): Run<T>[] {
  const found: { first: number; last: number; value: T }[] = [];
  values.forEach((value, slot) => {
    const open = found[found.length - 1];
    if (open && alike(open.value, value)) open.last = slot + 1;
    else found.push({ first: slot, last: slot + 1, value });
  });
  return found;
}
