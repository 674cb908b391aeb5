import { css } from "lit";

export const chartStyles = css`
  :host { display: block; position: relative; direction: ltr; }
  svg { display: block; width: 100%; user-select: none; overflow: visible; touch-action: pan-y; font-family: inherit; }
  text { fill: var(--mo-text); font-size: 12px; }
  .name { font-size: 13px; }
  .note, .tick, .scale { fill: var(--mo-quiet); font-size: 11px; }
  .value, text.now, .day { font-weight: 600; font-size: 11px; fill: var(--mo-text); }
  .value, .scale { paint-order: stroke; stroke: var(--mo-surface); stroke-width: 3px; stroke-linejoin: round; }
  .sign { font-size: 9px; fill: var(--mo-on-colour); }
  .sign.open { fill: var(--mo-text); }
  .hour, .track, .limit { stroke: var(--mo-line); stroke-width: 1; }
  .limit { stroke-dasharray: 2 4; }
  .midnight { stroke: var(--mo-quiet); stroke-width: 1; opacity: 0.5; }
  .base { stroke: var(--mo-quiet); stroke-width: 1; opacity: 0.45; }
  line.now { stroke: var(--mo-text); stroke-width: 2; }
  .sun, .soc, .home { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .sun { stroke: var(--mo-sun); }
  .sun-fill { fill: var(--mo-sun); opacity: 0.14; }
  .band { fill: var(--mo-sun); opacity: 0.2; }
  .home { stroke: var(--mo-home); stroke-width: 1.5; }
  .soc { stroke: var(--mo-battery); }
  .soc-fill { fill: var(--mo-battery); opacity: 0.16; }
  .past { fill: var(--mo-text); opacity: 0.045; }
  .planned { fill: none; stroke-width: 1.5; stroke-dasharray: 2 3; stroke-linejoin: round; }
  .was { fill: none; stroke: var(--mo-text); stroke-width: 1.5; stroke-dasharray: 3 2.5; }
  .import { fill: var(--mo-normal); }
  .export { fill: var(--mo-cheap); }
  .block { cursor: pointer; outline: none; }
  .block text { font-size: 11.5px; font-weight: 600; pointer-events: none; }
  .touch { fill: transparent; }
  .named { cursor: pointer; outline: none; }
  .named:hover .name { text-decoration: underline; }
  .named:focus-visible .touch { stroke: var(--mo-text); stroke-width: 2; }
  .block.solid .body { fill: var(--lane); }
  .block.solid text { fill: var(--mo-on-colour); }
  .block.soft .body { fill: color-mix(in srgb, var(--lane) 22%, var(--mo-surface)); }
  .block.soft text { font-weight: 400; fill: var(--mo-text); }
  .block.still .body { fill: color-mix(in srgb, var(--lane) 45%, var(--mo-surface)); }
  .block:hover .body { filter: brightness(1.1); }
  .block:focus-visible .body, .cursor:focus-visible { stroke: var(--mo-text); stroke-width: 2; stroke-dasharray: none; }
  .cursor { fill: transparent; outline: none; }
  .slot { fill: var(--mo-text); opacity: 0.09; pointer-events: none; }
  .tip {
    position: absolute; top: 26px; padding: 8px 10px; border-radius: 8px; pointer-events: none; z-index: 1;
    background: var(--mo-surface); color: var(--mo-text); border: 1px solid var(--mo-line);
    box-shadow: 0 4px 16px rgb(0 0 0 / 18%); font-size: 12px; line-height: 1.5; white-space: nowrap;
  }
  .tip dl { display: grid; grid-template-columns: auto auto; gap: 0 12px; margin: 2px 0 0; }
  .tip dt { color: var(--mo-quiet); }
  .tip dd { margin: 0; text-align: end; font-variant-numeric: tabular-nums; }
`;
