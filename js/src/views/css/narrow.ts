/** Each view follows its own width, never the window's; and what people ask of their system. */
export const NARROW = `
@container mvt (max-width:620px){.mvt{
.tiles,.tiles.of3{grid-template-columns:1fr 1fr} .tile:nth-child(odd){border-left-color:transparent} .tile:nth-child(even){border-left-color:var(--rule)} .tile:nth-child(n+3){border-top:1px solid var(--rule)}
.lr{grid-template-columns:minmax(0,1fr) minmax(56px,auto) 84px;padding-right:12px} .lr>.au,.lr>.wh{display:none}
.grid3{grid-template-columns:1fr;gap:12px} .w{display:none!important}
}}
@container mvt (max-width:400px){.mvt{
.chead{grid-template-columns:16px minmax(0,1fr);padding:12px 12px 10px;gap:2px 8px} .chead>.acts{grid-column:2;margin-top:6px}
.tile{padding:8px 8px 10px 11px} .against,p.against,.facts,.also,.selbar,.slot,.more,.ch,.drow,.struct,.eq{padding-left:12px;padding-right:12px} .facts{gap:2px 12px}
.note{grid-template-columns:16px minmax(0,1fr);padding:10px 12px;gap:2px 8px} .note>.acts{grid-column:2;margin-top:6px}
.pad{padding:12px} .bar{padding:8px 8px 8px 12px} .sh{padding:12px 12px 6px} .grid3{padding:0 12px 12px} .tabs{padding:0 4px} .state{padding:16px 12px} .none{padding:16px 12px}
.y{display:none} .nx{display:block} .more{flex-wrap:wrap;padding-top:7px;padding-bottom:7px} .px{padding-left:12px;padding-right:12px} .slot{flex-wrap:wrap}
.chg{gap:4px} tbody th.tx{min-width:72px} tbody th{line-height:17px;padding-top:4px;padding-bottom:4px} table th[style]{width:auto!important}
td:first-child,th:first-child{padding-left:12px} td:last-child,th:last-child{padding-right:12px} th,td{padding:0 5px} tr:has(.nx)>*{height:44px}
.find{flex:1 1 100%}
.lr{grid-template-columns:minmax(0,1fr) auto;height:42px;padding:3px 12px 3px var(--rw,44px);grid-template-rows:18px 18px;gap:0 8px} .lr .ms{grid-column:1/-1} .lr .acc{display:flex;gap:8px;align-items:center;text-align:left;font-size:var(--fs0);color:var(--t2);min-width:0} .acc>.nx{display:inline-flex;min-width:0} .lr .dl{font-size:var(--fs0)}
.hl,h3.hl{font-size:var(--fs3);line-height:22px}
.stat{grid-template-columns:18px minmax(0,1fr) auto;gap:0 8px;padding:4px 12px} .stat>:nth-child(3){grid-column:2/-1;grid-row:2}
.x4{display:none!important}
}}
@media (prefers-reduced-motion:reduce){.mvt *{transition:none!important;animation:none!important}}
@media (forced-colors:active){.mvt .lb,.mvt .lb.production,.mvt .vd.pill,.mvt .btn[aria-pressed=true]{border:1px solid CanvasText} .mvt .lr[aria-selected=true],.mvt tr.base{outline:1px solid Highlight;outline-offset:-1px} .mvt .trk>i{background:CanvasText} .mvt .ln.add,.mvt .ln.del,.mvt .tab[aria-selected=true]::after{forced-color-adjust:none}}
`;
