/** What only the panel has; everything else is the views' own sheet. */
export const PANEL = `
.jp-MvtPanel{overflow:hidden;min-width:220px;background:var(--jp-layout-color1,#fff)}
.mvt.panel{height:100%;background:var(--bg);display:flex;flex-direction:column;overflow:hidden}
.mvt.panel>.body{flex:1;min-height:0;overflow-y:auto;overflow-x:hidden}
.mvt .ptop{padding:8px 8px 8px 12px;display:flex;align-items:center;gap:4px;height:40px;flex:none;border-bottom:1px solid var(--rule)}
.mvt .ptop>b{min-width:0} .mvt .ptop .pick{flex:0 1 auto;border-color:transparent;font-weight:600}
.mvt .pbr{display:flex;align-items:center;gap:8px;margin:8px 12px 0;flex:none} .mvt .pbr>.pick{flex:1;max-width:none;height:28px;min-width:0} .mvt .pbr>.pick>select{width:100%;height:26px;font-size:var(--fs2);font-weight:400}
.mvt .pin{display:flex;align-items:center;gap:6px;margin:8px 12px;height:28px;padding:0 8px;border:1px solid transparent;background:var(--f2);border-radius:var(--r1);color:var(--t2)}
.mvt .pin input{border:0;background:none;outline:0;font:400 var(--fs2)/1 var(--ui);color:var(--t1);width:100%;min-width:0} .mvt .pin input::placeholder{color:var(--t2);opacity:1}
.mvt .pin:focus-within{border-color:var(--jp-brand-color1,#1976d2);background:var(--bg)}
.mvt .ph{display:flex;align-items:center;gap:4px;width:100%;height:28px;padding:0 8px;border:0;border-top:1px solid var(--rule);background:var(--f1);color:var(--t1);font:600 var(--fs0)/1 var(--ui);text-align:left;cursor:pointer} .mvt .ph .ct{margin-left:4px;font-weight:400;color:var(--t2)} .mvt .ph:hover{background:var(--f2)} .mvt .ph:focus-visible{outline-offset:-2px}
.mvt.panel .scr{max-height:min(46vh,466px);border-top:0}
.mvt.panel .lr+.lr,.mvt.panel .virtual>.lr{border-top:0}
.mvt .pd{padding:10px 12px 12px} .mvt .pd>.t{font-weight:600;margin-bottom:6px;overflow-wrap:anywhere}
.mvt .kv{display:grid;grid-template-columns:84px minmax(0,1fr);gap:4px 8px;font-size:var(--fs1)} .mvt .kv dt{color:var(--t2);overflow-wrap:anywhere} .mvt .kv dd{min-width:0;overflow-wrap:anywhere}
.mvt .pd .acts{margin-top:10px}
.mvt .lrow{display:grid;grid-template-columns:minmax(84px,auto) minmax(0,1fr) auto auto;align-items:center;gap:0 6px;min-height:36px;padding:0 8px 0 12px} .mvt .lrow>.lb{justify-self:start;max-width:120px}
.mvt .ask{margin:4px 8px 8px;padding:10px 12px 12px;border:1px solid color-mix(in srgb,var(--jp-brand-color1,#1976d2) 55%,transparent);border-radius:var(--r2);background:color-mix(in srgb,var(--jp-brand-color1,#1976d2) 5%,transparent)}
.mvt .ask.no{border-color:color-mix(in srgb,var(--worse) 55%,transparent);background:color-mix(in srgb,var(--worse) 7%,transparent)}
.mvt .ask>.b{margin-bottom:4px;overflow-wrap:anywhere} .mvt .ask table{margin:4px 0 6px} .mvt .ask table td{height:24px;padding:0 0 0 8px;border-top-color:var(--rule);font-size:var(--fs1)} .mvt .ask table td:first-child{padding-left:0} .mvt .ask table td:last-child{padding-right:0} .mvt .ask tbody tr:hover{background:none}
.mvt .ask .s{margin-bottom:8px} .mvt .ask .er{color:var(--err);font-size:var(--fs1);margin-bottom:8px}
.mvt .ask input{width:100%;height:28px;margin:4px 0 8px;padding:0 8px;border:1px solid var(--ctl);border-radius:var(--r1);background:var(--bg);color:var(--t1);font:400 var(--fs2)/1 var(--ui)}
.mvt .hist{padding:2px 12px 8px} .mvt .hist>li{display:flex;align-items:center;gap:8px;min-height:24px;font-size:var(--fs1)}
.mvt .two{display:flex;align-items:center;gap:8px;padding:6px 8px 6px 12px;border-top:1px solid var(--rule);background:var(--f1);font-size:var(--fs1)}
.mvt .pf{flex:none;display:flex;align-items:center;gap:8px;min-height:28px;padding:0 8px 0 12px;border-top:1px solid var(--rule);font-size:var(--fs0);color:var(--t2)}
.mvt .sks{padding:8px 12px;display:grid;gap:6px} .mvt .sk{height:10px;border-radius:5px;background:var(--f3);animation:mvt-pulse 1.4s ease-in-out infinite} .mvt .sk:nth-child(even){margin-bottom:10px} @keyframes mvt-pulse{50%{opacity:.45}}
.mvt.panel .card{border-left:0;border-right:0;border-radius:0}
.jp-MvtDiff{padding:16px;overflow:auto;background:var(--jp-layout-color1,#fff)}
`;
