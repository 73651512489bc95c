/** Diff. */
export const DIFF = `
.mvt .hl{font-size:calc(var(--fs4) + 1px);font-weight:600;line-height:28px;letter-spacing:-.015em;display:flex;flex-wrap:wrap;gap:0 24px} .mvt h3.hl{font-size:calc(var(--fs4) + 1px);font-weight:600;line-height:28px}
.mvt .hi{display:inline-flex;gap:7px;min-width:0;overflow-wrap:anywhere} .mvt .hi .ic{height:1lh;stroke-width:2} .mvt .hi.worse .ic{color:var(--worse)} .mvt .hi.better .ic{color:var(--better)} .mvt .hi.inconclusive,.mvt .hi.same,.mvt .hi.changed{font-weight:400;color:var(--t2)}
.mvt .hl+.row{margin-top:8px} .mvt .say{margin:4px 0 10px!important;max-width:780px;color:var(--t2);overflow-wrap:anywhere}
.mvt .tabs{display:flex;gap:2px;padding:0 8px;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);overflow-x:auto;scrollbar-width:none}
.mvt .tab{height:36px;padding:0 8px;border:0;background:none;color:var(--t2);font:500 var(--fs2)/1 var(--ui);cursor:pointer;position:relative;white-space:nowrap;transition:color var(--ease)} .mvt .tab:hover{color:var(--t1)} .mvt .tab:focus-visible{outline-offset:-3px}
.mvt .tab[aria-selected=true]{color:var(--t1)} .mvt .tab[aria-selected=true]::after{content:"";position:absolute;left:8px;right:8px;bottom:0;height:2px;background:var(--acc);border-radius:1px}
.mvt .ct{display:inline-block;margin-left:5px;color:var(--t2);font-size:var(--fs0);font-weight:400}
.mvt .sec+.sec{border-top:1px solid var(--line)} .mvt .sec:last-child .cx:last-child .ln{border-bottom:0}
.mvt .eff{width:174px;padding-top:0!important;padding-bottom:0!important} .mvt .effh{display:flex;justify-content:space-between;width:150px}
.mvt .grid3{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:12px 24px;padding:0 16px 14px}
.mvt .grid3>div{min-width:0}
.mvt .cx{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);font-family:var(--mono);font-size:calc(var(--jp-code-font-size,13px) - 1px);line-height:20px;border-top:1px solid var(--rule)} .mvt .cx.uni{grid-template-columns:minmax(0,1fr)}
.mvt .cx:not(.uni)>.ln.r{border-left:1px solid var(--rule)} .mvt .cx>.eq{grid-column:1/-1}
.mvt .eq{display:flex;align-items:center;gap:12px;min-height:26px;padding:0 16px;font:400 var(--fs1)/18px var(--ui);color:var(--t2);background:var(--f1)}
.mvt .ln{display:grid;grid-template-columns:minmax(30px,auto) 16px minmax(0,1fr);padding-right:8px;min-height:20px} .mvt .ln>span{color:var(--t2);text-align:right;user-select:none} .mvt .ln>span+span{text-align:center} .mvt .ln pre{margin:0;padding:0 0 0 4px;border:0;font:inherit;color:var(--t1);white-space:pre-wrap;overflow-wrap:anywhere;background:none}
.mvt .ln.del{background:var(--f2)} .mvt .ln.add{background:var(--sel)} .mvt .ln.gap{background:repeating-linear-gradient(135deg,transparent 0 5px,var(--f1) 5px 10px)} .mvt .ln mark{color:inherit;border-radius:2px;padding:1px 0} .mvt .ln.del mark{background:var(--f3);text-decoration:line-through;text-decoration-thickness:1px} .mvt .ln.add mark{background:var(--sel2)}
.mvt .ch{padding:8px 16px;border-top:1px solid var(--rule);font-size:var(--fs1);color:var(--t2)} .mvt .ch b{color:var(--t1)} .mvt .cx+.ch{margin-top:0}
.mvt .sw{display:inline-block;width:12px;height:12px;border-radius:2px;vertical-align:-2px;margin-right:6px;background:color-mix(in srgb,var(--lane1) 50%,transparent)} .mvt .sw.ln6{background:none;border-radius:0;border-top:2px solid var(--t1);height:0;vertical-align:3px}
.mvt .ramp{width:96px;height:8px;border-radius:2px;background:linear-gradient(90deg,color-mix(in srgb,var(--lane1) 7%,var(--bg)),color-mix(in srgb,var(--lane1) 50%,var(--bg)))}
.mvt .tw+.drow,.mvt .facts+.drow{padding-top:14px} .mvt .drow{padding:0 16px 10px;font-size:var(--fs2);overflow-wrap:anywhere}
.mvt .oside{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);border-top:1px solid var(--rule)} .mvt .oside>.ofig{padding:8px 16px 14px;min-width:0} .mvt .ofig+.ofig{border-left:1px solid var(--rule)}
.mvt .ofig figcaption{padding-bottom:6px;overflow-wrap:anywhere} .mvt .ofig.none{display:flex;align-items:center;justify-content:center;min-height:64px;background:repeating-linear-gradient(135deg,transparent 0 5px,var(--f1) 5px 10px)} .mvt .ofig.none p{background:var(--bg);padding:2px 8px;border-radius:var(--r1)}
.mvt .plate{display:flex;align-items:center;justify-content:center;width:fit-content;max-width:100%;min-width:96px;border:1px solid var(--rule);border-radius:var(--r1);overflow:hidden} .mvt .plate[style]{width:100%;background:var(--f1)} .mvt .plate>p{padding:8px 12px} .mvt .plate>img{display:block;max-width:100%;height:auto;background:#fff}
.mvt .ofig .tw{border:1px solid var(--rule);border-radius:var(--r1)} .mvt .ofig th,.mvt .ofig td{padding:0 10px;height:26px} .mvt .ofig tbody th{color:var(--t2)} .mvt td.mk{background:var(--f3);font-weight:600} .mvt .ofig+.ofig td.mk{background:var(--sel2)} .mvt .eqr>td{background:var(--f1)}
@container mvt (max-width:620px){.mvt .oside{grid-template-columns:minmax(0,1fr)} .mvt .ofig+.ofig{border-left:0;border-top:1px solid var(--rule)} 
.mvt .ofig.none{min-height:40px}}
@container mvt (max-width:400px){.mvt .oside>.ofig{padding-left:12px;padding-right:12px} .mvt .ofig th,.mvt .ofig td{padding:0 6px}}
.mvt .struct{padding:0 16px 12px} .mvt .struct li{font-family:var(--mono);font-size:calc(var(--fs2) - 1px);overflow-wrap:anywhere}
@container mvt (max-width:620px){.mvt .grid3{grid-template-columns:1fr;gap:12px}}
@container mvt (max-width:400px){.mvt{
.ch,.drow,.struct,.eq{padding-left:12px;padding-right:12px} .grid3{padding:0 12px 12px} .tabs{padding:0 4px} .hl,h3.hl{font-size:var(--fs3);line-height:22px}
}}
`;
