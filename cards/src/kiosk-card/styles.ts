import { css } from "lit";

/** Sizes are in units of the panel (1/100 of 800 × 480): what is read from two metres has to fill the glass. */
export const kioskStyles = css`
  :host { display: block; height: calc(100dvh - var(--header-height, 56px)); min-height: 240px; }
  :host([layout="grid"]) { height: 100%; min-height: 0; }
  .panel {
    display: block; position: relative; inset: auto; container-type: size; box-sizing: border-box; width: 100%; height: 100%; margin: 0; padding: 0; border: 0; overflow: hidden;
    background: var(--mo-surface); color: var(--mo-text); font-family: inherit; line-height: 1.2;
  }
  .panel:popover-open { position: fixed; inset: 0; width: 100vw; height: 100dvh; max-width: none; max-height: none; }
  .night {
    --mo-surface: #000; --mo-text: #c9ced6; --mo-quiet: #858d99; --mo-line: #2a2f36; --mo-on-colour: #05070a;
    --mo-cheap: #2aa37a; --mo-normal: #5d6675; --mo-expensive: #d9723f;
  }
  .all {
    --u: min(1cqw, 1.666cqh); box-sizing: border-box; height: 100%; padding: calc(2.2 * var(--u)) calc(3 * var(--u)) calc(1.4 * var(--u));
    display: grid; grid-template: "price money" auto "says says" 1fr "ahead ahead" auto "foot foot" auto / auto minmax(0, 1fr); gap: calc(1.3 * var(--u)) calc(4 * var(--u));
  }
  .price { grid-area: price; }
  .number { font-size: calc(14.5 * var(--u)); font-weight: 700; letter-spacing: -0.03em; line-height: 0.95; font-variant-numeric: tabular-nums; }
  .unit { font-size: calc(4 * var(--u)); color: var(--mo-quiet); }
  .called { display: flex; align-items: center; gap: calc(1.6 * var(--u)); white-space: nowrap; margin-top: calc(0.7 * var(--u)); }
  .level { padding: 0 calc(1.8 * var(--u)); border-radius: 99px; font-size: calc(4.4 * var(--u)); line-height: 1.35; font-weight: 700; color: var(--mo-on-colour); }
  .level.cheap { background: var(--mo-cheap); }
  .level.normal { background: color-mix(in srgb, var(--mo-normal) 34%, var(--mo-surface)); color: var(--mo-text); }
  .level.expensive { background: var(--mo-expensive); }
  .until { font-size: calc(3.2 * var(--u)); color: var(--mo-quiet); }
  .money { grid-area: money; text-align: end; font-size: calc(3.4 * var(--u)); line-height: 1.1; }
  .money b { display: block; font-size: calc(9 * var(--u)); line-height: 1; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; white-space: nowrap; }
  .clock { color: var(--mo-quiet); font-size: calc(3.4 * var(--u)); padding-inline-end: 28px; font-variant-numeric: tabular-nums; }
  .says { grid-area: says; align-self: center; min-height: 0; overflow: hidden; }
  .says p { margin: 0; font-size: calc(3.2 * var(--u)); color: var(--mo-quiet); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .says b { font-size: calc(4 * var(--u)); color: var(--mo-text); }
  .says p:has(b), .says .next { margin-top: calc(0.6 * var(--u)); }
  .says .next { color: var(--mo-text); }
  .says .warning, .says .info { white-space: normal; }
  .says .warning { color: var(--mo-text); padding: calc(0.6 * var(--u)) calc(1.4 * var(--u)); border-radius: calc(1 * var(--u)); background: color-mix(in srgb, var(--mo-expensive) 26%, var(--mo-surface)); }
  .ahead { grid-area: ahead; height: calc(10 * var(--u)); }
  .bars { display: flex; align-items: flex-end; height: calc(7 * var(--u)); direction: ltr; border-bottom: 1px solid var(--mo-line); }
  .bar { flex: 1; margin-inline-end: 2px; border-radius: 2px 2px 0 0; background: var(--level); min-height: 2px; }
  .bar { display: flex; align-items: flex-end; justify-content: center; overflow: hidden; font-size: calc(1.9 * var(--u)); line-height: 1.2; color: var(--mo-on-colour); }
  .bar.open { color: var(--mo-text); }
  .bar.open { background: repeating-linear-gradient(45deg, var(--level) 0 2px, transparent 2px 6px); }
  .hours { position: relative; height: calc(3 * var(--u)); direction: ltr; font-size: calc(2.5 * var(--u)); color: var(--mo-quiet); }
  .hours span { position: absolute; white-space: nowrap; }
  .foot { grid-area: foot; display: flex; justify-content: space-between; font-size: calc(2.2 * var(--u)); color: var(--mo-quiet); }
  .leave { position: absolute; top: 0; inset-inline-end: 0; width: 44px; height: 44px; border: 0; background: none; color: var(--mo-quiet); font-size: 16px; opacity: 0.6; cursor: pointer; }
  .leave:focus-visible { outline: 2px solid var(--mo-text); opacity: 1; }
  .panel:not(:popover-open) .leave { display: none; }
  .old .price, .old .money, .old .ahead { opacity: 0.4; }
  @container (max-aspect-ratio: 1/1) {
    .all { --u: min(1.9cqw, 1.06cqh); grid-template: "price" auto "money" auto "says" 1fr "ahead" auto "foot" auto / minmax(0, 1fr); }
    .money { text-align: start; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 calc(1.4 * var(--u)); }
    .money b { display: inline; font-size: calc(8 * var(--u)); }
    .clock { display: none; }
    .called { flex-wrap: wrap; }
    .says p { white-space: normal; }
  }
`;
