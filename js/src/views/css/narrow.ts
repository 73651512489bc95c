/**
 * Each view follows its own width, never the window's; and what people ask of their system. What only
 * one sheet has, that sheet makes narrow itself.
 */
export const NARROW = `
@container mvt (max-width:620px){.mvt .w{display:none!important}}
@container mvt (max-width:400px){.mvt{
.selbar,.slot,.more{padding-left:12px;padding-right:12px}
.pad{padding:12px} .bar{padding:8px 8px 8px 12px} .bar>.row.bl{flex:1 1 0;min-width:96px} .bar>.bl+.sp{display:none} .state{padding:16px 12px} .none{padding:16px 12px}
.y{display:none} .nx{display:block} .more{flex-wrap:wrap;padding-top:7px;padding-bottom:7px} .px{padding-left:12px;padding-right:12px} .slot{flex-wrap:wrap}
.x4{display:none!important}
}}
@media (prefers-reduced-motion:reduce){.mvt *{transition:none!important;animation:none!important}}
@media (forced-colors:active){.mvt .lb,.mvt .vd.pill,.mvt .cmd,.mvt pre.raw{border:1px solid CanvasText} .mvt .lb.production{forced-color-adjust:none} .mvt .btn[aria-pressed=true]{forced-color-adjust:none;background:Highlight;color:HighlightText} .mvt .lr[aria-selected=true]{outline:1px solid Highlight;outline-offset:-1px} .mvt tr.base>*{border-top:1px solid Highlight;border-bottom:1px solid Highlight} .mvt .br::before,.mvt .sw,.mvt .ramp,.mvt .key,.mvt .trk>i,.mvt .vd .ic,.mvt .ln.add,.mvt .ln.del,.mvt .tab[aria-selected=true]::after{forced-color-adjust:none} .mvt .trk>i{background:CanvasText} .mvt .vd.better .ic{color:var(--better)} .mvt .vd.worse .ic{color:var(--worse)}}
`;
