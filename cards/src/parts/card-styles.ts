import { css } from "lit";

export const cardStyles = css`
  :host { display: block; }
  ha-card { display: block; height: 100%; padding: 20px; color: var(--mo-text); box-sizing: border-box; }
  h2 { font-size: 16px; font-weight: 600; margin: 0; }
  .quiet { color: var(--mo-quiet); }
  .notice { display: flex; gap: 8px; margin: 0 0 8px; padding: 8px 12px; border-radius: 8px; font-size: 14px; line-height: 1.4; background: color-mix(in srgb, var(--mo-normal) 16%, transparent); }
  .notice.info { margin: 10px 0 0; }
  .notice.warning { background: color-mix(in srgb, var(--mo-expensive) 14%, transparent); }
  .wait { margin: 16px 0 4px; font-size: 16px; line-height: 1.45; color: var(--mo-quiet); }
  @media (max-width: 500px) {
    ha-card { padding: 16px; }
  }
`;
