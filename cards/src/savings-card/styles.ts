import { css } from "lit";

export const savingsStyles = css`
  .heading { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px; }
  .choices { display: flex; border: 1px solid var(--mo-line); border-radius: 99px; overflow: hidden; }
  .choices button { font: inherit; font-size: 13px; border: 0; background: none; color: var(--mo-quiet); padding: 4px 12px; min-height: 34px; cursor: pointer; }
  .choices button[aria-pressed="true"] { background: color-mix(in srgb, var(--mo-text) 10%, transparent); color: var(--mo-text); font-weight: 600; }
  p { margin: 6px 0 0; font-size: 14px; line-height: 1.45; }
  .figure { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; margin-top: 14px; }
  .number { font-size: 36px; font-weight: 600; letter-spacing: -0.02em; line-height: 1.1; font-variant-numeric: tabular-nums; }
  merit-order-bars { margin-top: 18px; }
  h3 { font-size: 14px; font-weight: 600; margin: 20px 0 0; }
  ul { list-style: none; margin: 4px 0 0; padding: 0; font-size: 14px; }
  li { display: grid; grid-template-columns: minmax(80px, 1.1fr) 1fr minmax(112px, auto); align-items: center; gap: 12px; padding: 7px 0; border-top: 1px solid var(--mo-line); }
  .track { height: 8px; border-radius: 4px; background: color-mix(in srgb, var(--mo-text) 7%, transparent); overflow: hidden; }
  .track span { display: block; height: 100%; border-radius: 4px; }
  .gain { background: var(--mo-cheap); }
  .loss { background: repeating-linear-gradient(45deg, var(--mo-expensive) 0 3px, transparent 3px 6px); }
  .money { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
  details { margin-top: 16px; font-size: 14px; }
  summary { cursor: pointer; color: var(--mo-quiet); min-height: 32px; line-height: 32px; }
`;
