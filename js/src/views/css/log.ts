/** Timeline and log. */
export const LOG = `
.mvt .plot{position:relative;min-height:20px;touch-action:pan-y} .mvt .plot:focus-visible{outline-offset:-2px}
.mvt .plot canvas{display:block;width:100%}
.mvt .strip{position:relative;cursor:crosshair;touch-action:none}
.mvt .lgn{padding:0 16px 4px;display:flex;flex-wrap:wrap;gap:0 16px;font-size:var(--fs1);color:var(--t2)}
.mvt .tip{position:absolute;z-index:2;pointer-events:none;background:var(--bg);border:1px solid var(--jp-border-color1,#bdbdbd);border-radius:var(--r2);padding:8px 12px;font-size:var(--fs1);line-height:18px;box-shadow:0 4px 12px rgba(0,0,0,.14);opacity:0;transition:opacity var(--ease);min-width:168px;max-width:min(320px,90%);overflow-wrap:anywhere}
.mvt .tip.on{opacity:1}
.mvt .scr{position:relative;max-height:510px;overflow-y:auto;border-top:1px solid var(--rule)} .mvt .log{position:relative} .mvt .log .rail{position:absolute;left:0;top:0;pointer-events:none;z-index:1}
.mvt .lr{display:grid;grid-template-columns:minmax(0,1fr) minmax(56px,auto) 84px minmax(40px,72px) 88px;align-items:center;gap:0 12px;height:34px;padding:0 16px 0 var(--rw,60px);cursor:default;transition:background var(--ease)} .mvt .lr+.lr{border-top:1px solid var(--rule)} .mvt .virtual>.lr{position:absolute;left:0;right:0;border-top:1px solid var(--rule)}
.mvt .lr:hover{background:var(--f1)} .mvt .lr[aria-selected=true]{background:var(--sel)} .mvt .lr:focus-visible{outline-offset:-2px}
.mvt .lr .ms{display:flex;align-items:center;gap:8px;min-width:0} .mvt .lr .ms>.el:first-of-type{flex:0 1 auto} .mvt .ms>.w{display:flex} .mvt .ms>.rg{min-width:0;flex:0 2 auto} .mvt .ms>.lb,.mvt .ms>.tg{flex:none}
.mvt .lr .v{min-width:22px;flex:none}
.mvt .selbar{display:flex;align-items:center;gap:8px 12px;padding:8px 16px;border-top:1px solid var(--line);background:var(--f1);flex-wrap:wrap} .mvt .selbar>.cmd{flex:1 1 240px;width:auto}
@container mvt (max-width:620px){.mvt{
.lr{grid-template-columns:minmax(0,1fr) minmax(56px,auto) 84px;padding-right:12px} .lr>.au,.lr>.wh{display:none}
}}
@container mvt (max-width:480px){.mvt{
.lr{grid-template-columns:minmax(0,1fr) auto;height:42px;padding:3px 12px 3px var(--rw,44px);grid-template-rows:18px 18px;gap:0 8px} .lr .ms{grid-column:1/-1} .lr .acc{display:flex;gap:8px;align-items:center;text-align:left;font-size:var(--fs0);color:var(--t2);min-width:0} .acc>.nx{display:block;min-width:0} .lr .dl{font-size:var(--fs0)}
}}
@container mvt (max-width:400px){.mvt .lgn{padding:0 12px 4px}}
`;
