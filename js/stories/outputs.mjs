// What cells showed, on two sides: figures that were redrawn, a table with other values, one that is new.
import { diff } from "./fixtures.mjs";

const INK = ["#1f77b4", "#ff7f0e"];
const course = (from, to, bend) => Array.from({ length: 41 }, (_, i) => to + (from - to) * Math.exp(-i / bend) + 0.012 * Math.sin(i * 1.7 + bend));

/** Learning curves as matplotlib would draw them. */
function curves(losses) {
  const path = (values) => values.map((value, i) => `${i ? "L" : "M"}${(64 + i * 13.4).toFixed(1)} ${(360 - 420 * value).toFixed(1)}`).join("");
  const ticks = [0.1, 0.3, 0.5, 0.7].map((y) => `<text x="56" y="${364 - 420 * y}" text-anchor="end">${y.toFixed(1)}</text>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420" viewBox="0 0 640 420" font-family="sans-serif" font-size="13"><rect width="640" height="420" fill="#fff"/><rect x="64" y="30" width="536" height="330" fill="none" stroke="#000" stroke-width=".8"/><text x="332" y="20" text-anchor="middle" font-size="15">Loss by epoch</text>${ticks}${[0, 10, 20, 30, 40].map((x) => `<text x="${64 + x * 13.4}" y="380" text-anchor="middle">${x}</text>`).join("")}<text x="332" y="404" text-anchor="middle">epoch</text>${losses.map((values, i) => `<path d="${path(values)}" fill="none" stroke="${INK[i]}" stroke-width="1.8"/>`).join("")}<g transform="translate(470 44)"><rect width="118" height="48" fill="#fff" stroke="#ccc"/>${["train", "validation"].map((name, i) => `<path d="M10 ${16 + i * 18}h24" stroke="${INK[i]}" stroke-width="1.8"/><text x="42" y="${20 + i * 18}">${name}</text>`).join("")}</g></svg>`;
}
const drawn = (svg) => btoa(svg);

const picture = (version, alt, data) => ({ version, number: 0, mime: "image/svg+xml", width: 640, height: 420, alt, ...(data ? { data } : {}) });
const side = (name, more, text = "640 × 420 SVG, 4.1 kB") => ({ name, text, ...more });

const REGIONS = ["north", "south", "east", "west", "mid", "coast", "islands", "border", "capital", "lakes"];
const value = (i, j) => (0.91 - ((i * 7 + j * 3) % 11) / 60).toFixed(3);
const table = (changed, mine) => ({
  head: [["", "precision", "recall", "f1-score", "support"]],
  rows: REGIONS.map((name, i) => ({ cells: [name, ...[0, 1, 2].map((j) => (changed.some(([r, c]) => r === i && c === j) ? mine[`${i}${j}`] : value(i, j))), String(640 + 83 * i)], marks: changed.filter(([r]) => r === i).map(([, c]) => c + 1) })),
  labels: 1,
});
const CHANGED = [[1, 0], [1, 1], [1, 2], [6, 1]];

export const outputs = {
  ...diff,
  headline: [],
  sentence: "",
  params: undefined, data: undefined, code: undefined, environment: undefined, weights: undefined, predictions: undefined, metrics: undefined,
  outputs: {
    text: "4 of 6 outputs differ",
    command: 'mvt.open().diff("v6", "v7").widget()',
    rows: [
      {
        title: "Figure 1 of cell [7]", kind: "figure", text: "changed", edits: [],
        base: side("v6", { picture: picture("a", "Figure 1 of cell [7] in v6", drawn(curves([course(0.72, 0.16, 9), course(0.74, 0.31, 8)]))) }),
        other: side("v7", { picture: picture("b", "Figure 1 of cell [7] in v7", drawn(curves([course(0.72, 0.12, 7), course(0.74, 0.22, 9)]))) }),
      },
      {
        title: "By region, table of cell [8]", kind: "table", text: "changed", edits: ["south, recall: 0.753 → 0.615"],
        base: side("v6", { grid: table(CHANGED, { 10: "0.871", 11: "0.753", 12: "0.808", 61: "0.744" }) }, "10 rows × 4 columns"),
        other: side("v7", { grid: table(CHANGED, { 10: "0.842", 11: "0.615", 12: "0.711", 61: "0.790" }) }, "10 rows × 4 columns"),
      },
      {
        title: "Figure of cell [9]", kind: "figure", text: "only in v7", edits: [],
        other: side("v7", { picture: picture("b", "Figure of cell [9] in v7") }, "1,240 × 830 PNG, 284 kB"),
      },
      {
        title: "Table of cell [11]", kind: "table", text: "only in v6", edits: [],
        base: side("v6", { grid: { head: [["feature", "importance"]], rows: [["last_contact_days", "0.31"], ["region", "0.18"]].map((cells) => ({ cells, marks: [] })), labels: 0 } }, "2 rows × 2 columns"),
      },
    ],
    equal: ["Figure 2 of cell [7]", "Table of cell [4]"],
  },
};
