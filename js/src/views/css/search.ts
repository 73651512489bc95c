/** The search in a bar. */
export const SEARCH = `
.mvt .find{display:flex;align-items:center;gap:6px;height:24px;padding:0 8px;border:1px solid var(--jp-brand-color1,#1976d2);border-radius:var(--r1);color:var(--t2);min-width:0;flex:0 1 220px} .mvt .find input{border:0;background:none;outline:0;padding:0;font:400 var(--fs1)/1 var(--ui);color:var(--t1);width:100%;min-width:0} .mvt .find input::placeholder{color:var(--t2);opacity:1}
@container mvt (max-width:400px){.mvt .find{flex:1 1 100%}}
`;
