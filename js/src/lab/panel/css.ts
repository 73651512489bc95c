/** What only the panel has; everything else is the views' own sheet. */
export const PANEL = `
.jp-MvtPanel{overflow:hidden;min-width:220px;background:var(--jp-layout-color1,#fff)} .jp-MvtPanel>*{height:100%}
.mvt.panel{position:relative;height:100%;background:var(--bg);display:flex;flex-direction:column;overflow:hidden}
.mvt.panel>.body{flex:1;min-height:0;display:flex;flex-direction:column;overflow:hidden}
.mvt .ptop{padding:8px 8px 8px 4px;display:flex;align-items:center;gap:4px;height:40px;flex:none;border-bottom:1px solid var(--rule)}
.mvt .btn.pname{flex:0 1 auto;min-width:0;height:28px;color:var(--t1);font:600 var(--fs2)/1 var(--ui)} .mvt .btn.pname:disabled{cursor:default;background:none;color:var(--t1)}
.mvt .btn[aria-disabled=true]{color:var(--t2);cursor:not-allowed;background:none} .mvt .btn:disabled{cursor:default;opacity:.6} .mvt .btn.pname:disabled{opacity:1}
.mvt .spin>.ic{animation:mvt-spin 1s linear infinite} @keyframes mvt-spin{to{transform:rotate(360deg)}}
.mvt .pbr{display:flex;align-items:center;gap:8px;margin:8px 12px 0;flex:none} .mvt .btn.pbranch{flex:1;min-width:0;height:28px;justify-content:flex-start;font:400 var(--fs2)/1 var(--ui)} .mvt .btn.pbranch>*{line-height:18px} .mvt .btn.pbranch>.q{font-size:var(--fs1);flex:0 8 auto} .mvt .btn.pbranch>.el:not(.q){flex:0 1 auto;min-width:4em} .mvt .btn.pcommit{flex:none;height:28px}
.mvt .dot{width:8px;height:8px;border-radius:50%;flex:none}
.mvt .pin{display:flex;align-items:center;gap:6px;margin:8px 12px;height:28px;padding:0 8px;flex:none;border:1px solid transparent;background:var(--f2);border-radius:var(--r1);color:var(--t2)}
.mvt .pin input{border:0;background:none;outline:0;font:400 var(--fs2)/1 var(--ui);color:var(--t1);width:100%;min-width:0} .mvt .pin input::placeholder{color:var(--t2);opacity:1;text-overflow:ellipsis}
.mvt .pin:focus-within{border-color:var(--jp-brand-color1,#1976d2);background:var(--bg)}
.mvt .psec{display:flex;flex-direction:column;min-height:0;flex:none} .mvt .psec>.pbody{min-height:0;overflow-y:auto;overflow-x:hidden}
.mvt .psec.pvers{flex:0 1 auto;min-height:132px;max-height:46%} .mvt .pvers>.pbody{display:flex;flex-direction:column;overflow:hidden;flex:1} .mvt.panel .pvers .scr{flex:0 1 auto;min-height:0;max-height:none;border-top:0}
.mvt .psec.pdet{flex:1 1 80px;min-height:56px} .mvt .psec.pdet.cmp{flex-grow:3} .mvt .psec.plab{max-height:44%} .mvt .psec.psto{max-height:36%} .mvt .psec.shut{flex:none!important;min-height:0;max-height:none} .mvt .body:has(.pdet.shut)>.pvers:not(.shut){flex:1 1 auto;max-height:none} .mvt .body:has(.pdet.cmp)>.pvers{max-height:30%}
.mvt .body:has(.plab .ask)>.pdet{flex:1 1 56px} .mvt .body:has(.plab .ask)>.plab{max-height:70%}
.mvt.panel.short>.body{overflow-y:auto} .mvt.panel.short .psec{flex:none!important;max-height:none!important} .mvt.panel.short .pvers .scr{max-height:252px}
.mvt .ph{display:flex;align-items:center;gap:4px;flex:none;width:100%;height:28px;padding:0 8px;border:0;border-top:1px solid var(--rule);background:var(--f1);color:var(--t1);font:600 var(--fs0)/1 var(--ui);text-align:left;cursor:pointer} .mvt .ph .ct{margin-left:4px;font-weight:400;color:var(--t2)} .mvt .ph:hover{background:var(--f2)} .mvt .ph:focus-visible{outline-offset:-2px}
@container mvt (max-width:400px){.mvt.panel .lr{grid-template-columns:auto auto minmax(0,1fr) auto;gap:0 6px} .mvt.panel .lr>.au,.mvt.panel .lr>.wh{display:block;font-size:var(--fs0);text-align:right} .mvt.panel .lr>.au::after{content:","} .mvt.panel .lr:has(.acc>.nx)>.dl{display:none} .mvt.panel .lr:has(.acc>.nx)>.acc{grid-column:1/3}}
.mvt.panel .lr+.lr,.mvt.panel .virtual>.lr{border-top:0}
.mvt .pd{padding:10px 12px 12px} .mvt .pd>.t{font-weight:600;margin-bottom:8px;overflow-wrap:anywhere;white-space:pre-line} .mvt .pd:has(.t){padding-bottom:0} .mvt .pd+.note{margin-top:8px}
.mvt .kv{display:grid;grid-template-columns:84px minmax(0,1fr);gap:4px 8px;font-size:var(--fs1)} .mvt .kv dt{color:var(--t2);overflow-wrap:anywhere} .mvt .kv dd{min-width:0;overflow-wrap:anywhere}
.mvt .lrow{display:grid;grid-template-columns:minmax(84px,auto) minmax(0,1fr) auto auto;align-items:center;gap:0 6px;min-height:36px;padding:0 8px 0 12px} .mvt .lrow>.lb{justify-self:start;max-width:120px}
.mvt .ask{margin:6px 8px 8px;padding:10px 12px 12px;border:1px solid color-mix(in srgb,var(--jp-brand-color1,#1976d2) 55%,transparent);border-radius:var(--r2);background:color-mix(in srgb,var(--jp-brand-color1,#1976d2) 5%,transparent)} .mvt .pd>div>.ask{margin:10px -4px 0}
.mvt .ask.no{border-color:color-mix(in srgb,var(--worse) 55%,transparent);background:color-mix(in srgb,var(--worse) 7%,transparent)}
.mvt .ask>.b{margin-bottom:4px;overflow-wrap:anywhere} .mvt .ask table{margin:4px 0 6px} .mvt .ask table td{height:24px;padding:0 0 0 8px;border-top-color:var(--rule);font-size:var(--fs1)} .mvt .ask table td:first-child{padding-left:0} .mvt .ask table td:last-child{padding-right:0} .mvt .ask tbody tr:hover{background:none}
.mvt .ask .s{margin-bottom:8px} .mvt .ask .er{color:var(--err);font-size:var(--fs1);margin-bottom:8px;overflow-wrap:anywhere} .mvt .ask .er .cmd{margin-top:4px} .mvt .ask>.cmd{margin:8px 0} .mvt .ask .card{border-radius:var(--r1);margin-top:6px}
.mvt .ask input,.mvt .ask textarea{display:block;width:100%;margin:4px 0 8px;padding:0 8px;border:1px solid var(--ctl);border-radius:var(--r1);background:var(--bg);color:var(--t1);font:400 var(--fs2)/1.4 var(--ui)} .mvt .ask input{height:28px} .mvt .ask textarea{padding:5px 8px;resize:vertical;min-height:56px} .mvt .ask ::placeholder{color:var(--t2);opacity:1}
.mvt .hist{padding:2px 12px 8px} .mvt .hist>li{display:flex;align-items:center;gap:8px;min-height:24px;font-size:var(--fs1)}
.mvt .two{display:flex;align-items:center;gap:8px;flex:none;padding:6px 8px 6px 12px;border-top:1px solid var(--rule);background:var(--f1);font-size:var(--fs1)} .mvt .two:empty{display:none} .mvt .pbody>.two:first-child{position:sticky;top:0;z-index:1;border-top:0;background:linear-gradient(var(--f1),var(--f1)),var(--bg)}
.mvt .pf{flex:none;display:flex;align-items:center;gap:8px;min-height:28px;padding:0 8px 0 12px;border-top:1px solid var(--rule);font-size:var(--fs0);color:var(--t2)} .mvt .pf>.row{width:100%;justify-content:space-between} .mvt .pf .wrapped{padding:6px 0;overflow-wrap:anywhere;line-height:16px}
.mvt .sks{padding:8px 12px;display:grid;gap:6px} .mvt .sk{height:10px;border-radius:5px;background:var(--f3);animation:mvt-pulse 1.4s ease-in-out infinite} .mvt .sk:nth-child(even){margin-bottom:10px} @keyframes mvt-pulse{50%{opacity:.45}}
.mvt.panel .card{border-left:0;border-right:0;border-radius:0} .mvt.panel .ask .card{border:1px solid var(--rule);border-radius:var(--r1)}
.mvt .work{padding:12px} .mvt .ask>.work{padding:12px 0 0} .mvt .prog{height:3px;margin:8px 0;background:var(--f2);border-radius:2px;overflow:hidden} .mvt .prog>i{display:block;width:40%;height:100%;background:var(--acc);border-radius:2px;animation:mvt-run 1.6s ease-in-out infinite} @keyframes mvt-run{from{transform:translateX(-100%)}to{transform:translateX(250%)}}
.mvt .away{border-top:0;border-bottom:1px solid var(--rule)} .mvt .away .lnk{min-height:0}
.mvt .menu{position:absolute;z-index:20;min-width:200px;max-width:calc(100% - 16px);overflow-y:auto;padding:4px;background:var(--bg);border:1px solid var(--jp-border-color1,#bdbdbd);border-radius:var(--r2);box-shadow:0 4px 12px rgba(0,0,0,.14)}
.mvt .mi{display:flex;align-items:center;gap:8px;width:100%;min-height:28px;padding:0 8px 0 4px;border:0;border-radius:var(--r1);background:none;color:var(--t1);font:400 var(--fs2)/18px var(--ui);text-align:left;cursor:pointer} .mvt .mi:hover,.mvt .mi:focus{background:var(--f2)} .mvt .mi:focus-visible{outline-offset:-2px} .mvt .mi[aria-disabled=true]{color:var(--t2);cursor:not-allowed} .mvt .mi .q{font-size:var(--fs1)} .mvt .mk{display:flex;justify-content:center;width:16px;flex:none;color:var(--t2)}
.mvt .mhead{padding:6px 8px 2px;font-size:var(--fs0);font-weight:600;color:var(--t2)} .mvt .mrule{height:1px;margin:4px 0;background:var(--rule)} .mvt .mfind{width:100%;height:28px;margin-bottom:4px;padding:0 8px;border:1px solid var(--ctl);border-radius:var(--r1);background:var(--bg);color:var(--t1);font:400 var(--fs2)/1 var(--ui)}
@media (forced-colors:active){.mvt .mi:focus,.mvt .menu,.mvt .ask,.mvt .pin{outline:1px solid CanvasText} .mvt .mi[aria-checked=true]{font-weight:600} .mvt .dot,.mvt .prog>i{forced-color-adjust:none} .mvt .btn[aria-disabled=true]{color:GrayText}}
.jp-MvtWide{padding:16px;overflow:auto;background:var(--jp-layout-color1,#fff)}
`;
