import { css } from "lit";

/** What stands for a price level besides its colour and its word. */
export const LEVEL_SIGNS: Readonly<Record<string, string>> = { cheap: "▼", expensive: "▲" };

/** Colours with one meaning everywhere; the surfaces and the text are the theme's own. Light, then dark. */
export const palette = css`
  :host {
    --mo-cheap: var(--merit-order-cheap, #127a59);
    --mo-normal: var(--merit-order-normal, #8c96a6);
    --mo-expensive: var(--merit-order-expensive, #bf4a14);
    --mo-sun: var(--merit-order-sun, #dc9a00);
    --mo-home: var(--merit-order-home, #475467);
    --mo-battery: var(--merit-order-battery, #3a6fd0);
    --mo-car: #7e5bd0;
    --mo-water: #bd3f7c;
    --mo-heat: #b4502a;
    --mo-load-0: #0f7f8c;
    --mo-load-1: #6f62c9;
    --mo-load-2: #4f7f2a;
    --mo-text: var(--primary-text-color, #1c2430);
    --mo-quiet: var(--secondary-text-color, #667085);
    --mo-line: var(--divider-color, #e3e6ea);
    --mo-surface: var(--ha-card-background, var(--card-background-color, #fff));
    --mo-on-colour: #fff;
  }
  :host([dark]) {
    --mo-cheap: var(--merit-order-cheap, #35c493);
    --mo-normal: var(--merit-order-normal, #77839a);
    --mo-expensive: var(--merit-order-expensive, #ff8a55);
    --mo-sun: var(--merit-order-sun, #ffc233);
    --mo-home: var(--merit-order-home, #b6c0cf);
    --mo-battery: var(--merit-order-battery, #6e9cff);
    --mo-car: #ab8cff;
    --mo-water: #ee7fb4;
    --mo-heat: #f08a62;
    --mo-load-0: #3fc0cf;
    --mo-load-1: #a79bff;
    --mo-load-2: #93c462;
    --mo-text: var(--primary-text-color, #eef1f5);
    --mo-quiet: var(--secondary-text-color, #9aa4b2);
    --mo-line: var(--divider-color, #2c333d);
    --mo-surface: var(--ha-card-background, var(--card-background-color, #1a1f26));
    --mo-on-colour: #0d1117;
  }
`;
