import type { ColumnDrift, DataRow, DataSection, DiffView } from "../../protocol/wire";
import { textWidth } from "../atoms/measure";
import { div, h, s, span } from "../h";
import type { Scope } from "../scope";

const HEIGHT = 56;

/** Datasets that differ, with the columns that drifted. */
export function dataBody(section: DataSection, { base, other }: DiffView, scope: Scope): HTMLElement[] {
  const hidden = section.rows.reduce((sum, row) => sum + row.hidden, 0);
  const drawn = section.rows.some(({ columns }) => columns.some(({ bars }) => bars.length > 0));
  const words = hidden === 0 ? "" : `${hidden} more ${hidden === 1 ? "column" : "columns"} with less drift or none`;
  const legend = drawn
    ? [
        span("nw", h("i", { class: "sw ln6" }), base.name),
        span("nw", h("i", { class: "sw" }), other.name),
      ]
    : [];
  const foot = legend.length || words ? [div("more", ...legend, span("", words))] : [];
  return [...section.rows.flatMap((row) => datasetRows(row, section.rows.length > 1, scope)), ...foot];
}

function datasetRows(row: DataRow, named: boolean, scope: Scope): HTMLElement[] {
  const head = named
    ? [div("drow", h("b", null, row.name), row.role && row.role !== row.name ? span("q s", ` ${row.role}`) : null, span("q s", ` ${row.text}`))]
    : [];
  const columns = row.columns.map((column) => driftFigure(column, scope));
  return columns.length ? [...head, div("grid3", ...columns)] : head;
}

/** What a section of one dataset says in its head. */
export function dataSummary({ rows, equal }: DataSection): string {
  const [only] = rows;
  const same = equal.length ? `${equal.join(", ")} equal` : "";
  const said = rows.length === 1 && only ? `${only.name}: ${only.text}` : `${rows.length} sets differ`;
  return [said, same].filter(Boolean).join(" · ");
}

function driftFigure(column: ColumnDrift, scope: Scope): HTMLElement {
  const box = div("");
  if (column.bars.length > 0) {
    scope.width(box, (width) => box.replaceChildren(histogram(column, width)));
  }
  return div("", h("p", { class: "mono b el", title: column.name }, column.name), box, h("p", { class: "q s" }, column.text));
}

/** Bars are the other side, ink steps the base. */
export function histogram({ bars, steps, ticks }: ColumnDrift, width: number): SVGElement {
  const most = Math.max(...bars, ...steps, 1e-12);
  const bin = width / bars.length;
  const y = (share: number): number => HEIGHT - 2 - ((HEIGHT - 6) * Math.max(0, share)) / most;
  return s(
    "svg",
    { width, height: HEIGHT + 16, "aria-hidden": "true" },
    ...bars.map((share, i) =>
      s("rect", {
        x: i * bin + 1.5,
        y: y(share),
        width: Math.max(1, bin - 3),
        height: Math.max(0, HEIGHT - 2 - y(share)),
        rx: 1,
        style: "fill:var(--lane1);opacity:.5",
      }),
    ),
    ...steps.map((share, i) =>
      s("line", { x1: i * bin, x2: (i + 1) * bin, y1: y(share), y2: y(share), style: "stroke:var(--t1);stroke-width:2" }),
    ),
    s("line", { x1: 0, x2: width, y1: HEIGHT - 1.5, y2: HEIGHT - 1.5, style: "stroke:var(--line)" }),
    ...tickLabels(ticks, bars.length, width),
  );
}

/** One tick a bin stands under it, one more are the edges, others spread evenly; none overlap. */
function tickLabels(ticks: readonly string[], bins: number, width: number): SVGElement[] {
  const bin = width / bins;
  const place = (i: number): number => {
    if (ticks.length === bins) {
      return (i + 0.5) * bin;
    }
    return ticks.length === 1 ? width / 2 : (width * i) / (ticks.length - 1);
  };
  const drawn: SVGElement[] = [];
  let free = -4;
  ticks.forEach((tick, i) => {
    const size = textWidth(tick, 10);
    const middle = place(i);
    // At the edges it is the font that says where a text ends, not what it was measured to be.
    const [x, anchor] = middle < size / 2 ? [0, "start"] : middle > width - size / 2 ? [width, "end"] : [middle, "middle"];
    const from = x - size * { start: 0, middle: 0.5, end: 1 }[anchor as "start" | "middle" | "end"];
    if (tick && from >= free + 4) {
      free = from + size;
      drawn.push(s("text", { x, y: HEIGHT + 12, "text-anchor": anchor, style: "font-size:10px" }, tick));
    }
  });
  return drawn;
}
