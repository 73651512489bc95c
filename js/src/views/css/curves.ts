/** Curves: small charts side by side. */
export const CURVES = `
.mvt .crv{padding-top:14px} .mvt .crv>figure{min-width:0} .mvt .crv .plot{margin-top:4px}
.mvt .lgd{display:flex;flex-wrap:wrap;gap:0 12px;min-height:20px;font-size:var(--fs1)} .mvt .lgd>.row{gap:5px;max-width:100%} .mvt .key{width:10px;height:3px;border-radius:2px;flex:none}
`;
