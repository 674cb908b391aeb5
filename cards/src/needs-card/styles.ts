import { css } from "lit";

export const needsStyles = css`
  ul { list-style: none; padding: 0; margin: 8px 0 0; }
  li { display: flex; justify-content: space-between; align-items: center; gap: 12px; padding: 8px 0; border-top: 1px solid var(--mo-line); }
  p { margin: 4px 0 0; font-size: 14px; line-height: 1.4; }
  .change { min-height: 28px; padding: 0 10px; margin-inline-start: 6px; font-size: 13px; }
  .short { color: var(--mo-expensive); }
  form { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: 10px; align-items: end; margin-top: 16px; }
  label { display: grid; gap: 4px; font-size: 13px; color: var(--mo-quiet); }
  select, input { font: inherit; font-size: 15px; min-height: 40px; box-sizing: border-box; width: 100%; padding: 4px 8px; border-radius: 8px; border: 1px solid var(--mo-line); background: var(--mo-surface); color: var(--mo-text); color-scheme: inherit; }
  button { font: inherit; font-size: 14px; min-height: 40px; padding: 4px 14px; border-radius: 99px; border: 1px solid var(--mo-line); background: none; color: var(--mo-text); cursor: pointer; }
  button:hover { background: color-mix(in srgb, var(--mo-text) 8%, transparent); }
`;
