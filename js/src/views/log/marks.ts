import { laneColor, LANES } from "../atoms/chips";
import { s } from "../h";
import type { Node } from "./model";

/** A version's mark: a dot in its lane's colour, hollow if newest, a diamond if it regressed. */
export function mark(node: Node, x: number, y: number, radius = 4.5): SVGElement {
  if (node.row.regressed.length > 0) {
    const r = radius + 2;
    return s("path", {
      d: `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}z`,
      style: "fill:var(--worse);stroke:var(--bg);stroke-width:1.5",
    });
  }
  const color = laneColor(node.lane);
  const [fill, stroke] = node.newest ? ["var(--bg)", color] : [color, "var(--bg)"];
  return s("circle", { cx: x, cy: y, r: radius, style: `fill:${fill};stroke:${stroke};stroke-width:2` });
}

/** The stroke of a lane; past the sixth colours repeat, dashed. */
export function laneStroke(lane: number): string {
  const dash = lane >= LANES ? ";stroke-dasharray:6 3" : "";
  return `stroke:${laneColor(lane)};stroke-width:2;fill:none;stroke-linecap:round${dash}`;
}
