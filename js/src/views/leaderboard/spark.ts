import { s } from "../h";

const WIDE = 72;
const HIGH = 20;

/** A version's own ancestors, itself last: a line, its end dot, a diamond if it fell. */
export function sparkline(values: readonly (number | null)[], lower: boolean, lane: string): SVGElement {
  const known = values.filter((value): value is number => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (i: number): number => 5 + ((WIDE - 10) * i) / Math.max(1, values.length - 1);
  const y = (value: number): number => {
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return 4 + (HIGH - 8) * (lower ? share : 1 - share);
  };
  let path = "";
  values.forEach((value, i) => {
    if (value !== null) {
      path += `${path ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    }
  });
  const last = values.length - 1;
  const end = values[last];
  const before = known.length > 1 ? known[known.length - 2] : undefined;
  const fell = typeof end === "number" && before !== undefined && (lower ? end > before : end < before);
  return s(
    "svg",
    { class: "spark", width: WIDE, height: HIGH, "aria-hidden": "true" },
    known.length > 1 ? s("path", { d: path, style: "fill:none;stroke:var(--ctl);stroke-width:1.5;stroke-linejoin:round" }) : null,
    typeof end === "number" ? endMark(x(last), y(end), fell, lane) : null,
  );
}

function endMark(x: number, y: number, fell: boolean, lane: string): SVGElement {
  return fell
    ? s("path", { d: `M${x} ${y - 4}L${x + 4} ${y}L${x} ${y + 4}L${x - 4} ${y}z`, style: "fill:var(--worse)" })
    : s("circle", { cx: x, cy: y, r: 3, style: `fill:${lane}` });
}
