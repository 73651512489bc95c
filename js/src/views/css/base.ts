/** Type, buttons, chips, verdicts and tables: what every view is made of. */
export const BASE = `
.mvt{container:mvt/inline-size;color:var(--t1);font:400 var(--fs2)/var(--lh) var(--ui);font-variant-numeric:tabular-nums;text-align:left;-webkit-font-smoothing:antialiased;color-scheme:light}
[data-jp-theme-light="false"] .mvt,.mvt.mvt-dark{color-scheme:dark}
.mvt *,.mvt *::before{box-sizing:border-box}
.mvt [hidden]{display:none!important}
.mvt p,.mvt h3,.mvt h4,.mvt ul,.mvt dl,.mvt dl dt,.mvt dl dd,.mvt figure{margin:0;padding:0;font:inherit} .mvt dl dt,.mvt dl dd{float:none;width:auto}
.mvt p.s{line-height:calc(var(--lh) - 2px)} .mvt p.q.s{font-size:var(--fs1)}
.mvt ul{list-style:none} .mvt svg{display:block;flex:none}
.mvt svg text{font-family:var(--ui);fill:var(--t2);font-size:var(--fs0)}
.mvt svg text.over{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round} .mvt svg text.ink{fill:var(--t1)} .mvt svg text.strong{fill:var(--t1);font-weight:500} .mvt svg text.wt{fill:var(--worse);font-weight:500}
.mvt :is(code,.mono){font-family:var(--mono);font-size:calc(var(--fs2) - 1px)}
.mvt .q{color:var(--t2)} .mvt b,.mvt .b{font-weight:600} .mvt .s{font-size:var(--fs1)} .mvt .nw{white-space:nowrap}
.mvt .n{text-align:right;white-space:nowrap}
.mvt .el{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
.mvt .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.mvt .row{display:flex;align-items:center;gap:8px;min-width:0} .mvt .row.bl{align-items:baseline;flex-wrap:wrap;gap:0 8px}
.mvt .wrap{flex-wrap:wrap} .mvt .px{padding-left:16px;padding-right:16px} .mvt .sp{flex:1 1 0;min-width:0}
.mvt .card{position:relative;background:var(--bg);border:1px solid var(--line);border-radius:var(--r2);overflow:hidden}
.mvt .pad{padding:12px 16px}
.mvt .h{font-size:var(--fs3);font-weight:600;line-height:20px;letter-spacing:-.005em;overflow-wrap:anywhere}
.mvt .tx{white-space:pre-line;overflow-wrap:anywhere}
.mvt .lnk{color:var(--link);text-decoration:none;background:none;border:0;padding:0;min-height:24px;font:inherit;cursor:pointer}
.mvt .lnk:hover{text-decoration:underline}
.mvt :focus-visible{outline:2px solid var(--jp-brand-color1,#1976d2);outline-offset:1px;border-radius:var(--r1)}
.mvt .ic{width:16px;height:16px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.mvt .ic.sm{width:12px;height:12px;stroke-width:2}
.mvt .btn{display:inline-flex;align-items:center;justify-content:center;gap:6px;height:24px;padding:0 8px;border:1px solid var(--line);border-radius:var(--r1);background:var(--bg);color:var(--t1);font:500 var(--fs1)/1 var(--ui);cursor:pointer;white-space:nowrap;transition:background var(--ease),border-color var(--ease)}
.mvt .btn:hover{background:var(--f2)} .mvt .btn.ghost{border-color:transparent;background:none;color:var(--t2)} .mvt .btn.ghost:hover{background:var(--f2);color:var(--t1)}
.mvt .btn.go{background:var(--acc);border-color:var(--acc);color:var(--on-acc)} .mvt .btn.go:hover{background:color-mix(in srgb,var(--acc) 88%,#000)}
.mvt .btn.lg{height:28px;padding:0 12px} .mvt .btn.icn{width:24px;padding:0} .mvt .btn[aria-pressed=true]{background:var(--sel);border-color:transparent;color:var(--t1)}
.mvt .pick{position:relative;padding:0;gap:0;max-width:220px} .mvt .pick>svg{pointer-events:none;position:absolute;right:8px} .mvt .pick>svg:first-child{left:8px;right:auto}
.mvt .pick>select{appearance:none;field-sizing:content;border:0;background:none;color:inherit;font:inherit;height:22px;padding:0 28px 0 8px;border-radius:var(--r1);cursor:pointer;max-width:100%;min-width:0;text-overflow:ellipsis} .mvt .pick>svg+select{padding-left:30px} .mvt .pick option{background:var(--bg);color:var(--t1)}
.mvt .vd{display:inline-flex;vertical-align:middle;line-height:16px;align-items:center;gap:4px;font-size:var(--fs1);font-weight:500;white-space:nowrap;color:var(--t2)}
.mvt .el>.vd{display:inline} .mvt .el>.vd>.ic{display:inline-block;vertical-align:-2px;margin-right:4px} .mvt .vd.better{color:var(--better)} .mvt .vd.worse{color:var(--worse)}
.mvt .vd.pill{height:20px;padding:0 8px;border-radius:10px;background:var(--f2)}
.mvt .vd.pill.better{background:color-mix(in srgb,var(--better) 10%,transparent)} .mvt .vd.pill.worse{background:color-mix(in srgb,var(--worse) 11%,transparent)}
.mvt .vd.pill.inconclusive{background:none;border:1px dashed var(--ctl);padding:0 7px}
.mvt .lb{display:inline-flex;align-items:center;height:18px;padding:0 6px;border-radius:var(--r1);border:1px solid var(--ctl);font-size:var(--fs0);font-weight:500;line-height:16px;white-space:nowrap;color:var(--t1);max-width:160px}
.mvt .lb.production{background:var(--t1);border-color:transparent;color:var(--bg)} .mvt .lb.canary,.mvt .lb.shadow{border-style:dashed}
.mvt .tg{display:inline-flex;align-items:center;gap:3px;font-size:var(--fs0);color:var(--t2);white-space:nowrap;max-width:160px}
.mvt .br{display:inline-flex;align-items:center;gap:6px;white-space:nowrap;min-width:0;max-width:100%}
.mvt .br::before{content:"";width:8px;height:8px;border-radius:50%;background:var(--lane,var(--lane1));flex:none}
.mvt .v{font-weight:600;white-space:nowrap}
.mvt .dl{display:inline-flex;align-items:center;justify-content:flex-end;gap:4px;white-space:nowrap;font-size:var(--fs1);color:var(--t2)} .mvt .dl.better .ic{color:var(--better)} .mvt .dl.worse .ic{color:var(--worse)} .mvt .dl.better,.mvt .dl.worse{color:var(--t1)}
.mvt .cmd{display:flex;align-items:center;gap:4px;width:100%;min-width:0;padding:4px 4px 4px 8px;border-radius:var(--r1);background:var(--f2);font-family:var(--mono);font-size:calc(var(--fs2) - 1px);color:var(--t1);position:relative} .mvt .cmd>span:first-child{flex:1;min-width:0;overflow-wrap:anywhere;line-height:18px}
.mvt .slot{display:flex;align-items:center;gap:4px 12px;padding:8px 16px;border-top:1px solid var(--rule);background:var(--f1)} .mvt .slot>.cmd{flex:1;width:auto}
.mvt .bar{display:flex;align-items:center;gap:8px;padding:8px 12px 8px 16px;min-height:40px;border-bottom:1px solid var(--rule);flex-wrap:wrap}
.mvt .bar>.row{max-width:100%} .mvt .bar>.ctl{margin-left:auto} .mvt .bar>:is(.bl,.wrap):has(~.ctl){flex:1 1 0;min-width:96px}
.mvt .none{padding:20px 16px;color:var(--t2)}
.mvt .more{display:flex;align-items:center;gap:8px;padding:4px 16px;min-height:32px;border-top:1px solid var(--rule);font-size:var(--fs1);color:var(--t2);line-height:18px} .mvt .more>.ic{flex:none} .mvt .more>.ic+span{flex:1 1 0;min-width:0}
.mvt .more.fold{flex-wrap:nowrap} .mvt .more.fold>span:first-child{flex:1 1 0;min-width:0}
.mvt .nx{display:none}
.mvt .sk{display:inline-block;height:8px;width:60%;border-radius:4px;background:var(--f2);vertical-align:middle}
.mvt .state{display:flex;flex-direction:column;align-items:flex-start;gap:8px;padding:20px 16px} .mvt .state>.ic{width:24px;height:24px;color:var(--t2);stroke-width:1.25} .mvt .state>.ic.err{color:var(--err)}
.mvt pre.raw{margin:0;width:100%;max-height:240px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;font-family:var(--mono);font-size:calc(var(--fs2) - 1px);line-height:18px;padding:8px;background:var(--f1);border-radius:var(--r1);color:var(--t1)}
`;

/** Tables, also the sortable and the virtual ones. */
export const TABLES = `
.mvt .tw{overflow-x:auto;position:relative;background:linear-gradient(270deg,var(--bg) 50%,transparent) 100% 0/40px 100% no-repeat local,linear-gradient(270deg,var(--f3),transparent) 100% 0/14px 100% no-repeat scroll} .mvt .tw.tall{overflow-y:auto;max-height:514px}
.mvt table{border-collapse:separate;border-spacing:0;width:100%;margin:0;font-size:var(--fs2);border:0;table-layout:auto}
.mvt tr{background:none}
.mvt th,.mvt td{padding:0 12px;height:30px;border:0;border-top:1px solid var(--rule);text-align:left;vertical-align:middle;font-weight:400;background:none;max-width:none;color:inherit}
.mvt thead th{height:28px;border-top:0;font-size:var(--fs0);font-weight:500;color:var(--t2);white-space:nowrap}
.mvt .tall thead th{position:sticky;top:0;z-index:2;background:var(--bg);box-shadow:inset 0 -1px var(--rule)} .mvt .tall tbody tr:first-child>*{border-top:0}
.mvt table:not(.grid) tr>.n:first-child{width:1px}
.mvt tbody tr:hover{background:var(--f1)} .mvt th.n,.mvt td.n{text-align:right}
.mvt td:first-child,.mvt th:first-child{padding-left:16px} .mvt td:last-child,.mvt th:last-child{padding-right:16px}
.mvt tr.gap,.mvt tr.gap:hover{background:none} .mvt tr.gap>td{padding:0;border:0}
.mvt .srt{display:inline-flex;align-items:center;gap:3px;min-height:24px;padding:0;border:0;background:none;color:inherit;font:inherit;cursor:pointer;white-space:nowrap} .mvt .srt:hover{color:var(--t1)} .mvt .srt>.ic{visibility:hidden;flex:none} .mvt .srt:hover>.ic,.mvt .srt:focus-visible>.ic{visibility:visible;opacity:.6}
.mvt th[aria-sort] .srt{color:var(--t1);font-weight:600} .mvt th[aria-sort] .srt>.ic{visibility:visible;opacity:1}
.mvt th.n .srt{flex-direction:row-reverse;margin-left:-15px}
.mvt .pinned thead th:first-child,.mvt .pinned tbody th{position:sticky;left:0;z-index:1;background:var(--bg)} .mvt .pinned thead th:first-child{z-index:3}
.mvt .pinned tbody tr:hover>th,.mvt .pinned tr.base>th{background:linear-gradient(var(--f1),var(--f1)),var(--bg)} .mvt tr.base{background:var(--f1)}
.mvt .pinned.shifted tbody th,.mvt .pinned.shifted thead th:first-child{box-shadow:inset -1px 0 var(--rule)}
.mvt tbody tr:focus-visible{outline-offset:-2px}
.mvt .chg{display:flex;align-items:baseline;gap:8px;min-width:0;flex-wrap:wrap;overflow-wrap:anywhere} .mvt .chg s{color:var(--t2);text-decoration:none} .mvt .chg>*{min-width:0}
.mvt th .val,.mvt td .val{white-space:pre-wrap} .mvt .tx.few{white-space:nowrap} .mvt .tx.much{min-width:136px} @container mvt (max-width:400px){.mvt .tx.much{line-height:17px;padding-top:4px;padding-bottom:4px}}
@container mvt (max-width:400px){.mvt{
.chg{gap:4px} tbody th.tx{min-width:72px} th .br{max-width:144px} tbody th{line-height:17px;padding-top:4px;padding-bottom:4px} table th[style]{width:auto!important}
td:first-child,th:first-child{padding-left:12px} td:last-child,th:last-child{padding-right:12px} th,td{padding:0 5px} tr:has(.nx)>*{height:44px}
}}
`;
