/** Tables whose columns sort and whose rows are drawn only where they are seen. */

import { icon } from "./atoms/icons";
import { h } from "./h";
import type { Scope } from "./scope";

export interface SortColumn {
  title: string;
  numeric: boolean;
  /** Whether the best value is the smallest: sorting starts with the best. */
  lower: boolean;
  className?: string;
  /** Stands before the title, over what stands before each cell's. */
  lead?: HTMLElement;
  /** What to sort row `i` by; `null` sorts last whichever the direction. Absent: not sortable. */
  key?: (i: number) => number | string | null;
}

export interface GridOptions {
  columns: readonly SortColumn[];
  count: number;
  /** The cells of row `i`; the first is the row's header. */
  row: (i: number) => HTMLTableRowElement;
  /** The column that the rows come sorted by, and how. */
  sorted?: { column: number; descending: boolean };
  pinned?: boolean;
  label: string;
}

/** Rows are drawn all at once up to this many. */
export const VIRTUAL_FROM = 500;
/** Longer tables scroll by themselves: the cells below stay within reach. */
const TALL_FROM = 40;
const ROW = 30;
const AROUND = 12;
const VIEW = 514;

/** A table; sorting and scrolling keep to the rows given. */
export function sortableTable(options: GridOptions, scope: Scope): HTMLElement {
  const { columns, count, row } = options;
  const virtual = count > VIRTUAL_FROM;
  const body = h("tbody");
  const order = Array.from({ length: count }, (_, i) => i);
  let sorted = options.sorted ?? null;
  const heads = columns.map((column, i) => head(column, () => sortBy(i), scope));
  const table = h(
    "table",
    { "aria-label": options.label, "aria-rowcount": virtual ? count + 1 : null },
    h("thead", null, h("tr", null, ...heads)),
    body,
  );
  const kind = ["tw", count > TALL_FROM ? "tall" : "", options.pinned ? "pinned" : ""].filter(Boolean).join(" ");
  const scroller = h("div", { class: kind, tabindex: 0, role: "region", "aria-label": options.label }, table);
  let from = -1;

  const draw = (force: boolean): void => {
    if (!virtual) {
      body.replaceChildren(...order.map(row));
      return;
    }
    const height = scroller.clientHeight || VIEW;
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - AROUND);
    const start = Math.min(first, Math.max(0, count - 1));
    if (!force && Math.abs(start - from) < AROUND / 2) {
      return;
    }
    from = start;
    const end = Math.min(count, start + Math.ceil(height / ROW) + 2 * AROUND);
    const rows = order.slice(start, end).map((i, k) => {
      const made = row(i);
      made.setAttribute("aria-rowindex", String(start + k + 2));
      return made;
    });
    body.replaceChildren(gap(start * ROW, columns.length), ...rows, gap((count - end) * ROW, columns.length));
  };

  const sortBy = (i: number): void => {
    const column = columns[i] as SortColumn;
    const best = column.numeric && !column.lower;
    const descending = sorted?.column === i ? !sorted.descending : best;
    sorted = { column: i, descending };
    sortRows(order, column, descending);
    mark(heads, sorted);
    scroller.scrollTop = 0;
    draw(true);
  };

  if (sorted) {
    mark(heads, sorted);
  }
  scope.on(scroller, "scroll", () => {
    scroller.classList.toggle("shifted", scroller.scrollLeft > 0);
    draw(false);
  });
  draw(true);
  return scroller;
}

function sortRows(order: number[], column: SortColumn, descending: boolean): void {
  const keys = new Map(order.map((i) => [i, column.key?.(i) ?? null]));
  const sign = descending ? -1 : 1;
  order.sort((a, b) => {
    const x = keys.get(a) ?? null;
    const y = keys.get(b) ?? null;
    if (x === null || y === null) {
      return x === y ? a - b : x === null ? 1 : -1;
    }
    return sign * compare(x, y) || a - b;
  });
}

const collator = new Intl.Collator("en", { numeric: true });

function compare(x: number | string, y: number | string): number {
  return typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
}

function head(column: SortColumn, sort: () => void, scope: Scope): HTMLTableCellElement {
  const className = [column.numeric ? "n" : "", column.className ?? ""].filter(Boolean).join(" ");
  if (!column.key) {
    return h("th", { scope: "col", class: className || null }, column.title);
  }
  const button = h("button", { type: "button", class: "srt" }, column.title, icon("fall", true));
  scope.on(button, "click", sort);
  return h("th", { scope: "col", class: className || null }, column.lead, button);
}

function mark(heads: readonly HTMLElement[], sorted: { column: number; descending: boolean }): void {
  heads.forEach((cell, i) => {
    if (i !== sorted.column) {
      cell.removeAttribute("aria-sort");
      return;
    }
    cell.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
    cell.querySelector("svg")?.replaceWith(icon(sorted.descending ? "fall" : "up", true));
  });
}

/** Stands for rows that are not drawn; it has the parity that hover and stripes expect. */
function gap(height: number, columns: number): HTMLTableRowElement {
  return h(
    "tr",
    { class: "gap", "aria-hidden": "true" },
    h("td", { colspan: columns, style: `height:${Math.max(0, height)}px` }),
  );
}
