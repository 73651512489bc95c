/** Status and storage. */
export const STORAGE = `
.mvt .stath>div{flex:1 1 0;min-width:0} .mvt .stath{align-items:flex-start} .mvt .stat{display:grid;grid-template-columns:20px 116px minmax(0,1fr) auto;gap:0 10px;align-items:center;min-height:30px;padding:3px 16px;border-top:1px solid var(--rule)} .mvt .stat b{font-weight:500} .mvt .stat>*{min-width:0;overflow-wrap:anywhere}
.mvt .bdg{font:600 var(--fs0)/16px var(--mono);text-align:center;width:18px;height:18px;border-radius:var(--r1);border:1px solid var(--line);color:var(--t2)} .mvt .bdg.m{border-color:var(--ctl);color:var(--t1)}
.mvt .sums{display:flex;flex-wrap:wrap;gap:8px 32px} .mvt .sums>div{display:flex;flex-direction:column-reverse} .mvt .sums dd{font-size:var(--fs4);font-weight:600;line-height:26px;letter-spacing:-.015em;order:1} .mvt .sums dt{font-size:var(--fs1);color:var(--t2)}
.mvt .tmap{padding-bottom:12px} .mvt .sw.ver{background:color-mix(in srgb,var(--lane1) 16%,var(--bg))} .mvt .sw.shr{background:var(--f2)} .mvt .sw.hat{border:1px dashed var(--ctl);background:repeating-linear-gradient(135deg,transparent 0 3px,var(--f3) 3px 5px)} .mvt .more.wrap{flex-wrap:wrap;gap:4px 16px}
@container mvt (max-width:400px){.mvt{
.more.wrap>.btn{margin-left:auto} .sums{gap:8px 12px;align-items:flex-start} .sums:not(:has(>:nth-child(4))){flex-wrap:nowrap}
.stat{grid-template-columns:18px minmax(0,1fr) auto;gap:0 8px;padding:4px 12px} .stat>:nth-child(3){grid-column:2/-1;grid-row:2}
}}
@container mvt (max-width:280px){.mvt .sums dd{font-size:var(--fs3)}}
`;
