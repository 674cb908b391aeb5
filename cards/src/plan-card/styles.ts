import { css } from "lit";

export const cardStyles = css`
  :host { display: block; }
  ha-card { display: block; padding: 20px; color: var(--mo-text); box-sizing: border-box; }
  .heading { display: flex; justify-content: space-between; align-items: center; margin: 22px 0 8px; }
  h2 { font-size: 16px; font-weight: 600; margin: 0; }
  .span { display: flex; border: 1px solid var(--mo-line); border-radius: 99px; overflow: hidden; }
  .span button { font: inherit; font-size: 13px; border: 0; background: none; color: var(--mo-quiet); padding: 4px 12px; min-height: 30px; cursor: pointer; }
  .span button[aria-pressed="true"] { background: color-mix(in srgb, var(--mo-text) 10%, transparent); color: var(--mo-text); font-weight: 600; }
  .frame { min-height: 1px; }
  footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin-top: 14px; font-size: 13px; color: var(--mo-quiet); }
  .notice { margin: 0 0 12px; padding: 8px 12px; border-radius: 8px; font-size: 14px; line-height: 1.4; background: color-mix(in srgb, var(--mo-expensive) 14%, transparent); }
  .wait { margin: 16px 0 4px; font-size: 16px; line-height: 1.45; color: var(--mo-quiet); }
  @media (max-width: 500px) {
    ha-card { padding: 16px; }
  }
`;
