import { css } from "lit";

export const planStyles = css`
  .heading { display: flex; justify-content: space-between; align-items: center; margin: 22px 0 8px; }
  .below { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; margin-top: 6px; min-height: 34px; }
  .travel { display: flex; gap: 2px; margin-inline-start: auto; direction: ltr; }
  .travel button { font: inherit; font-size: 14px; min-width: 34px; min-height: 34px; padding: 0 10px; border: 0; border-radius: 99px; background: none; color: var(--mo-text); cursor: pointer; }
  .travel button:hover { background: color-mix(in srgb, var(--mo-text) 8%, transparent); }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0; font-size: 13px; color: var(--mo-quiet); }
  .legend span { display: inline-flex; align-items: center; gap: 6px; }
  .legend svg { width: 22px; height: 10px; fill: var(--mo-quiet); }
  .legend .planned { fill: none; stroke: var(--mo-text); stroke-width: 1.4; stroke-dasharray: 3 2.5; }
  .choices { display: flex; border: 1px solid var(--mo-line); border-radius: 99px; overflow: hidden; }
  .choices button { font: inherit; font-size: 13px; border: 0; background: none; color: var(--mo-quiet); padding: 4px 12px; min-height: 30px; cursor: pointer; }
  .choices button[aria-pressed="true"] { background: color-mix(in srgb, var(--mo-text) 10%, transparent); color: var(--mo-text); font-weight: 600; }
  .brief .heading { margin-top: 0; }
  .frame { min-height: 1px; }
  footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin-top: 14px; font-size: 13px; color: var(--mo-quiet); }
`;
