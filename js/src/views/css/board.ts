/** The leaderboard. */
export const BOARD = `
.mvt .grid{table-layout:fixed} .mvt .grid th,.mvt .grid td{overflow:hidden;text-overflow:ellipsis;white-space:nowrap} .mvt .grid tbody th>.row{max-width:100%} .mvt .grid .void{padding:0} .mvt .grid tr[aria-selected=true]>*{background:linear-gradient(var(--sel),var(--sel)),var(--bg)}
.mvt .pinned .grid tbody th{box-shadow:none} .mvt .pinned .grid thead th:first-child{box-shadow:inset 0 -1px var(--rule)} .mvt .grid .pin{position:sticky;z-index:1;background:var(--bg)} .mvt .grid thead .pin{z-index:3} .mvt .grid tbody tr:hover>.pin,.mvt .grid tr.base>.pin{background:linear-gradient(var(--f1),var(--f1)),var(--bg)} .mvt .shifted .grid .pin:last-of-type{box-shadow:inset -1px 0 var(--rule)} .mvt .grid .srt{max-width:100%;min-width:0}
.mvt .hd{display:flex;align-items:center;gap:0;min-width:0} .mvt th.n .hd{justify-content:flex-end} .mvt th:not(.n) .pn{order:1} .mvt th .hd .srt{margin-left:0} .mvt .pn{flex:none;width:16px;height:24px;padding:0;border:0;background:none;color:inherit;cursor:pointer;opacity:0} .mvt th:hover .pn,.mvt .pn:focus-visible,.mvt .pn[aria-pressed=true]{opacity:1} .mvt .pn[aria-pressed=true]{color:var(--link)}
.mvt .rk{display:inline-block;text-align:right;margin-right:8px} .mvt .row>.rk{margin-right:0}
.mvt .trk{display:inline-block;position:relative;width:56px;height:4px;border-radius:2px;background:var(--f2);margin-right:8px;vertical-align:2px} .mvt .trk>i{position:absolute;left:0;top:0;bottom:0;border-radius:2px;background:var(--t2)}
`;
