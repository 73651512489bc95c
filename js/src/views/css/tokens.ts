const LIGHT_HUES = `--link:#1565c0;--better:#0b6e74;--worse:#b4430f;--warn:#7a5600;--err:#b3261e;
--lane1:#1976d2;--lane2:#a04177;--lane3:#a5802b;--lane4:#516000;--lane5:#2b2f8c;--lane6:#5a2618;`;

const DARK_HUES = `--link:#64b5f6;--better:#55cdc4;--worse:#fb8f5a;--warn:#e0b04a;--err:#ff9a90;
--lane1:#64b5f6;--lane2:#d76797;--lane3:#877b37;--lane4:#abc54b;--lane5:#6977f0;--lane6:#f5c5b4;`;

/** The tokens of the visual language: names and values are the design's, not to be varied here. */
export const TOKENS = `
.mvt{
--bg:var(--jp-layout-color1,#fff);--ink:var(--jp-ui-font-color0,#000);
--t1:var(--jp-ui-font-color1,rgba(0,0,0,.87));
--t2:color-mix(in srgb,var(--ink) 66%,transparent);   /* JupyterLab's font-color2 is 54 %: fails AA on a tint */
--f1:color-mix(in srgb,var(--ink) 3.5%,transparent);  /* header, quiet fill */
--f2:color-mix(in srgb,var(--ink) 7%,transparent);    /* hover, track */
--f3:color-mix(in srgb,var(--ink) 13%,transparent);   /* pressed, bar */
--line:var(--jp-border-color2,#e0e0e0);--rule:color-mix(in srgb,var(--ink) 8%,transparent);
--ctl:color-mix(in srgb,var(--ink) 46%,transparent);  /* control outline, 3:1 */
--sel:color-mix(in srgb,var(--jp-brand-color1,#1976d2) 12%,transparent);
--sel2:color-mix(in srgb,var(--jp-brand-color1,#1976d2) 24%,transparent);
--acc:#1976d2;--on-acc:#fff;${LIGHT_HUES}
--fs0:calc(var(--jp-ui-font-size1,13px) - 2px);--fs1:calc(var(--jp-ui-font-size1,13px) - 1px);--fs2:var(--jp-ui-font-size1,13px);
--fs3:calc(var(--jp-ui-font-size1,13px) + 2px);--fs4:calc(var(--jp-ui-font-size1,13px) + 6px);
--lh:calc(var(--jp-ui-font-size1,13px) + 7px);
--ui:var(--jp-ui-font-family,system-ui,sans-serif);--mono:var(--jp-code-font-family,monospace);
--r1:3px;--r2:6px;--ease:150ms cubic-bezier(.2,0,.2,1)}
`;

const DARK = `${DARK_HUES}
--f1:color-mix(in srgb,var(--ink) 4%,transparent);--f2:color-mix(in srgb,var(--ink) 8%,transparent);--f3:color-mix(in srgb,var(--ink) 16%,transparent);
--rule:color-mix(in srgb,var(--ink) 10%,transparent);--ctl:color-mix(in srgb,var(--ink) 40%,transparent);
--sel:color-mix(in srgb,var(--jp-brand-color1,#2196f3) 18%,transparent);--sel2:color-mix(in srgb,var(--jp-brand-color1,#2196f3) 34%,transparent)`;

/**
 * Dark values follow JupyterLab's attribute. `.mvt-dark` stands for it where that cannot be seen:
 * inside a shadow root, and in front ends that have no `--jp-*` variables at all.
 */
export const DARK_TOKENS = `
[data-jp-theme-light="false"] .mvt{${DARK}}
.mvt.mvt-dark{--bg:var(--jp-layout-color1,#1f1f1f);--ink:var(--jp-ui-font-color0,#fff);
--t1:var(--jp-ui-font-color1,rgba(255,255,255,.87));--line:var(--jp-border-color2,#424242);${DARK}}
`;

/**
 * Forced colours know nothing of JupyterLab's theme: ink and ground are the system's, and hues go by
 * the ground. A selection says itself by an outline.
 */
export const FORCED_TOKENS = `
@media (forced-colors:active){.mvt.mvt{--bg:Canvas;--ink:CanvasText;--t1:CanvasText;--t2:CanvasText;--line:CanvasText;--rule:color-mix(in srgb,CanvasText 40%,Canvas);--ctl:CanvasText;${LIGHT_HUES}}}
@media (forced-colors:active) and (prefers-color-scheme:dark){.mvt.mvt{${DARK_HUES}}}
`;
