import { css } from "lit";

export const planStyles = css`
  .heading { display: flex; justify-content: space-between; align-items: center; margin: 22px 0 8px; }
  .choices { display: flex; border: 1px solid var(--mo-line); border-radius: 99px; overflow: hidden; }
  .choices button { font: inherit; font-size: 13px; border: 0; background: none; color: var(--mo-quiet); padding: 4px 12px; min-height: 30px; cursor: pointer; }
  .choices button[aria-pressed="true"] { background: color-mix(in srgb, var(--mo-text) 10%, transparent); color: var(--mo-text); font-weight: 600; }
  .frame { min-height: 1px; }
  footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin-top: 14px; font-size: 13px; color: var(--mo-quiet); }
`;
