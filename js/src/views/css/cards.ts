/** Commit card, version, notices. */
export const CARDS = `
.mvt .chead{display:grid;grid-template-columns:16px minmax(0,1fr) auto;gap:0 12px;padding:14px 16px 12px}
.mvt .cdot{width:20px;height:20px;color:var(--lane1);margin:0 -2px}
.mvt .meta{display:flex;flex-wrap:wrap;align-items:center;margin-left:-14px;clip-path:inset(0 0 0 14px);color:var(--t2);font-size:var(--fs1);line-height:20px;min-width:0}
.mvt .meta>*{position:relative;display:inline-flex;align-items:center;gap:4px;min-width:0;max-width:100%;padding-left:14px} .mvt .meta>*::before{content:"·";position:absolute;left:5px} .mvt .meta>*>span:not(.br,.lb,.tg){overflow-wrap:anywhere;min-width:0}
.mvt .h .vv{margin-right:8px}
.mvt .tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr))} .mvt .tiles.of3{grid-template-columns:repeat(3,minmax(0,1fr))}
.mvt .tile{padding:10px 12px 12px 15px;min-width:0;border-left:1px solid var(--rule)} .mvt .tile:nth-child(4n+1){border-left-color:transparent} .mvt .tile:nth-child(n+5){border-top:1px solid var(--rule)}
.mvt .tiles[data-fold]{border-top:1px solid var(--rule)}
.mvt .tile .k{font-size:var(--fs1);color:var(--t2)} .mvt .tile .d{display:flex;align-items:baseline;height:28px;font-size:var(--fs4);font-weight:600;line-height:28px;letter-spacing:-.015em;white-space:nowrap} .mvt .tile .d.miss{font-size:var(--fs3);font-weight:400;color:var(--t2);letter-spacing:0} .mvt .tile .u{font-size:var(--fs2);font-weight:500;letter-spacing:0;margin-left:3px}
.mvt .tile .ft{font-size:var(--fs1);color:var(--t2);margin-bottom:2px}
.mvt .against{padding:8px 16px;font-size:var(--fs1);color:var(--t2);background:var(--f1);border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)} .mvt .against b{color:var(--t1)}
.mvt p.against{padding:8px 16px;font-size:var(--fs1)}
.mvt .also{display:flex;flex-wrap:wrap;gap:2px 20px;padding:8px 16px;font-size:var(--fs1);color:var(--t2);border-top:1px solid var(--rule)} .mvt .against+.also{border-top:0} .mvt .also .k{margin-right:6px}
.mvt .facts{display:flex;flex-wrap:wrap;gap:2px 16px;padding:8px 16px;font-size:var(--fs1);color:var(--t2);border-top:1px solid var(--rule);overflow-wrap:anywhere} .mvt .facts b{color:var(--t1);font-weight:500}
.mvt .note{display:grid;grid-template-columns:16px minmax(0,1fr) auto;gap:2px 12px;align-items:start;padding:10px 16px;border-top:1px solid var(--rule)} .mvt .note:first-child{border-top:0}
.mvt .note>.ic{margin-top:2px} .mvt .note.worse{background:color-mix(in srgb,var(--worse) 7%,transparent)} .mvt .note.worse>.ic,.mvt .wc{color:var(--worse)} .mvt .note.warn>.ic{color:var(--warn)} .mvt .note.err>.ic{color:var(--err)} .mvt .note p{overflow-wrap:anywhere}
.mvt .note.sep{border-top:1px solid var(--line);background:var(--f1)} .mvt .note.sep>.ic{color:var(--warn)} .mvt .note .cmd{margin-top:6px} .mvt .note>div:last-child:not(.acts){grid-column:2/-1} .mvt .note>.acts{margin:-2px 0}
.mvt .acts{display:flex;flex-wrap:wrap;gap:8px}
.mvt .card>.sh{border-top:1px solid var(--rule)} .mvt .sh{display:flex;align-items:baseline;gap:4px 10px;padding:14px 16px 8px;flex-wrap:wrap} .mvt .sh h4{font-weight:600;font-size:var(--fs2)} .mvt .sh .q{font-size:var(--fs1)}
@container mvt (max-width:620px){.mvt{
.tiles,.tiles.of3{grid-template-columns:1fr 1fr} .tile:nth-child(odd){border-left-color:transparent} .tile:nth-child(even){border-left-color:var(--rule)} .tile:nth-child(n+3){border-top:1px solid var(--rule)}
}}
@container mvt (max-width:400px){.mvt{
.chead{grid-template-columns:16px minmax(0,1fr);padding:12px 12px 10px;gap:2px 8px} .chead>.acts{grid-column:2;margin-top:6px}
.tile{padding:8px 8px 10px 11px} .against,p.against,.facts,.also{padding-left:12px;padding-right:12px} .facts{gap:2px 12px}
.note{grid-template-columns:16px minmax(0,1fr);padding:10px 12px;gap:2px 8px} .note>.acts{grid-column:2;margin-top:6px} .sh{padding:12px 12px 6px}
}}
`;
