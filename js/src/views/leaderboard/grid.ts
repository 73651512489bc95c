/** A table whose rows and columns are drawn only where they are seen. It stays a table for readers. */

import { h } from "../h";
import type { Scope } from "../scope";

export interface GridColumn {
  /** In pixels. */
  width: number;
  numeric: boolean;
  /** The head's content; made anew whenever the columns change. */
  head: () => HTMLElement | string;
  sort?: "ascending" | "descending";
  className?: string;
}

export interface GridOptions {
  label: string;
  /** The cells of row `i` for the columns named; `null`: not here yet. The first is its header. */
  cells: (i: number, columns: readonly number[]) => (Node | string)[] | null;
  rowClass: (i: number) => string;
  selected: (i: number) => boolean;
  /** What is about to be drawn. */
  seen?: (rows: [number, number], columns: [number, number]) => void;
  /** Enter and Space on a row, or a click. */
  act: (i: number, how: "pick" | "open") => void;
}

export interface Grid {
  root: HTMLElement;
  /** Other columns (the first `pinned` stay at the left) or another number of rows. */
  show: (columns: readonly GridColumn[], pinned: number, count: number) => void;
  draw: () => void;
  /** Draws the rows that were not here yet. */
  arrived: () => void;
}

const ROW = 30;
const HEAD = 28;
/** How high it grows. What is in sight now may be less: the few rows of a search, say. */
const VIEW = 514;
const ROWS_AROUND = 4;
const ROWS_NEAR = 2;
const COLUMNS_AROUND = 1;

/** A scrolling table of fixed column widths. */
export function grid(options: GridOptions, scope: Scope): Grid {
  const head = h("thead");
  const body = h("tbody");
  const sizes = h("colgroup");
  const table = h("table", { class: "grid", "aria-label": options.label }, sizes, head, body);
  const [above, below] = [gap(), gap()];
  const root = h("div", { class: "tw tall pinned", tabindex: 0, role: "region", "aria-label": options.label }, table);
  let columns: readonly GridColumn[] = [];
  let lefts: number[] = [];
  let pinned = 1;
  let count = 0;
  let current = 0;
  let width = 0;
  let drawnRows: [number, number] = [0, 0];
  let drawnColumns: [number, number] = [0, 0];
  let made = new Map<number, HTMLElement>();
  let stretch = 0;

  const leftOf = (j: number): number => lefts[j] ?? 0;
  const widthOf = (j: number): number => (columns[j]?.width ?? 0) + (j === 0 ? stretch : 0);

  /** Which columns beyond the pinned ones are seen. */
  const across = (): [number, number] => {
    const from = root.scrollLeft + leftOf(pinned);
    const to = root.scrollLeft + (width || 800);
    let first = pinned;
    while (first < columns.length && leftOf(first + 1) <= from) {
      first += 1;
    }
    let last = first;
    while (last < columns.length && leftOf(last) < to) {
      last += 1;
    }
    return [first, last];
  };

  const down = (): [number, number] => {
    const seen = Math.ceil(Math.max(root.clientHeight, VIEW) / ROW);
    const first = Math.floor(root.scrollTop / ROW);
    return [Math.min(count, first), Math.min(count, first + seen + 1)];
  };

  const draw = (force: boolean): void => {
    if (columns.length === 0) {
      return;
    }
    const [top, bottom] = down();
    const [west, east] = across();
    const near: [number, number] = [Math.max(0, top - ROWS_NEAR), Math.min(count, bottom + ROWS_NEAR)];
    if (!force && inside(near, drawnRows) && inside([west, east], drawnColumns)) {
      return;
    }
    // Drawn with a margin, and only what enters it is made: a little in each frame, never all at once.
    const rows: [number, number] = [Math.max(0, top - ROWS_AROUND), Math.min(count, bottom + ROWS_AROUND)];
    const within = !force && inside([west, east], drawnColumns);
    const seen: [number, number] = within ? drawnColumns : [Math.max(pinned, west - COLUMNS_AROUND), Math.min(columns.length, east + COLUMNS_AROUND)];
    const was = drawnColumns;
    [drawnRows, drawnColumns] = [rows, seen];
    options.seen?.(rows, seen);
    const shown = [...range(0, pinned), ...range(...seen)];
    const focused = body.contains(document.activeElement);
    if (force) {
      made = new Map();
      body.replaceChildren(above, below);
    }
    if (!within) {
      layColumns(shown, leftOf(seen[0]) - leftOf(pinned), leftOf(columns.length) - leftOf(seen[1]));
    }
    made.forEach((line, i) => {
      if (i < rows[0] || i >= rows[1]) {
        line.remove();
        made.delete(i);
      } else if (!within) {
        made.set(i, moved(line, i, shown, was, seen));
      }
    });
    fill(shown, rows);
    (above.firstChild as HTMLElement).style.height = `${rows[0] * ROW}px`;
    (below.firstChild as HTMLElement).style.height = `${Math.max(0, count - rows[1]) * ROW}px`;
    if (focused) {
      rowAt(current)?.focus({ preventScroll: true });
    }
  };

  /** Rows that are missing, and those that have come since. */
  const fill = (shown: readonly number[], [first, last]: [number, number]): void => {
    let next: HTMLElement = below;
    for (let i = last - 1; i >= first; i--) {
      const old = made.get(i);
      if (!old || (old.hasAttribute("aria-busy") && options.cells(i, shown))) {
        const line = row(i, shown);
        if (old) {
          old.replaceWith(line);
        } else {
          next.before(line);
        }
        made.set(i, line);
      }
      next = made.get(i) ?? next;
    }
  };

  /** The same row over other columns; what both show stays as it is. */
  const moved = (line: HTMLElement, i: number, shown: readonly number[], [a, b]: [number, number], [c, d]: [number, number]): HTMLElement => {
    const from = Math.max(a, c);
    const to = Math.min(b, d);
    const first = line.children[pinned + 1 + from - a];
    const left = range(c, from);
    const right = range(to, d);
    const cells = from < to && first && !line.hasAttribute("aria-busy") ? options.cells(i, [...left, ...right]) : null;
    if (!cells || !first) {
      const anew = row(i, shown);
      line.replaceWith(anew);
      return anew;
    }
    const gone = [...line.children].slice(pinned + 1, -1).filter((_, k) => a + k < from || a + k >= to);
    first.before(...left.map((j, k) => cell(j, cells[k] ?? "")));
    line.lastElementChild?.before(...right.map((j, k) => cell(j, cells[left.length + k] ?? "")));
    gone.forEach((one) => one.remove());
    return line;
  };

  const layColumns = (shown: readonly number[], before: number, after: number): void => {
    const col = (wide: number): HTMLElement => h("col", { style: `width:${wide}px` });
    const fixed = shown.slice(0, pinned);
    const rest = shown.slice(pinned);
    sizes.replaceChildren(
      ...fixed.map((j) => col(widthOf(j))),
      col(before),
      ...rest.map((j) => col(widthOf(j))),
      col(after),
    );
    table.style.width = `${leftOf(columns.length)}px`;
    head.replaceChildren(
      h("tr", null, ...fixed.map(headCell), blank(), ...rest.map(headCell), blank()),
    );
    table.setAttribute("aria-colcount", String(columns.length));
    table.setAttribute("aria-rowcount", String(count + 1));
  };

  const headCell = (j: number): HTMLElement => {
    const column = columns[j] as GridColumn;
    return h(
      "th",
      { scope: "col", class: [column.numeric ? "n" : "", column.className ?? "", j < pinned ? "pin" : ""].filter(Boolean).join(" ") || null, "aria-sort": column.sort, "aria-colindex": j + 1, style: j < pinned ? `left:${leftOf(j)}px` : null },
      column.head(),
    );
  };

  const cell = (j: number, content: Node | string): HTMLElement => {
    const column = columns[j] as GridColumn;
    const style = j < pinned ? `left:${leftOf(j)}px` : null;
    const name = [column.numeric ? "n" : "", column.className ?? "", j < pinned ? "pin" : ""].filter(Boolean).join(" ") || null;
    return j === 0
      ? h("th", { scope: "row", class: name, style, "aria-colindex": 1 }, content)
      : h("td", { class: name, style, "aria-colindex": j + 1 }, content);
  };

  const row = (i: number, shown: readonly number[]): HTMLElement => {
    const cells = options.cells(i, shown);
    const parts = shown.map((j, k) => cell(j, cells ? (cells[k] ?? "") : h("span", { class: "sk", style: `width:${j === 0 ? 60 : 70}%` })));
    return h(
      "tr",
      { class: options.rowClass(i) || null, "aria-rowindex": i + 2, "aria-selected": String(options.selected(i)), "aria-busy": cells ? null : "true", tabindex: i === current ? 0 : -1, "data-i": i },
      ...parts.slice(0, pinned),
      blank(),
      ...parts.slice(pinned),
      blank(),
    );
  };

  const rowAt = (i: number): HTMLElement | null => body.querySelector(`[data-i="${i}"]`);
  const moveTo = (i: number): void => {
    current = Math.max(0, Math.min(count - 1, i));
    const top = current * ROW;
    const room = (root.clientHeight || VIEW) - HEAD;
    if (top < root.scrollTop) {
      root.scrollTop = top;
    } else if (top + ROW > root.scrollTop + room) {
      root.scrollTop = top + ROW - room;
    }
    draw(false);
    body.querySelectorAll<HTMLElement>("[data-i]").forEach((one) => (one.tabIndex = one.dataset.i === String(current) ? 0 : -1));
    rowAt(current)?.focus({ preventScroll: true });
  };
  const placeOf = (event: Event): number | null => {
    const one = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-i]") : null;
    return one ? Number(one.dataset.i) : null;
  };
  scope.on(body, "click", (event) => {
    const i = placeOf(event);
    if (i !== null && !(event.target instanceof Element && event.target.closest("button"))) {
      moveTo(i);
      options.act(i, "pick");
    }
  });
  scope.on(root, "keydown", (event) => {
    if (event.target instanceof Element && event.target.closest("thead")) {
      return;
    }
    const page = Math.max(1, Math.floor(((root.clientHeight || VIEW) - HEAD) / ROW) - 1);
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: count - 1, PageDown: current + page, PageUp: current - page }[event.key];
    if (to !== undefined) {
      moveTo(placeOf(event) === null ? (to > current ? current : 0) : to);
    } else if (event.key === "Enter" || event.key === " ") {
      options.act(current, event.key === " " ? "pick" : "open");
    } else {
      return;
    }
    event.preventDefault();
  });
  const later = scope.frame(() => draw(false));
  scope.on(root, "scroll", () => {
    root.classList.toggle("shifted", root.scrollLeft > 0);
    later();
  });

  const lay = (): void => {
    const own = columns.reduce((sum, column) => sum + column.width, 0);
    // What is left over goes to the names.
    stretch = Math.max(0, width - own);
    lefts = [0];
    columns.forEach((_, j) => lefts.push(leftOf(j) + widthOf(j)));
  };
  scope.width(root, (now) => {
    width = now;
    lay();
    draw(true);
  });
  return {
    root,
    show(next, fixed, rows) {
      columns = next;
      pinned = fixed;
      count = rows;
      current = Math.min(current, Math.max(0, count - 1));
      lay();
      if (width > 0) {
        draw(true);
      }
    },
    draw: () => draw(true),
    arrived: () => fill([...range(0, pinned), ...range(...drawnColumns)], drawnRows),
  };
}

/** Whether the first range lies in the second. */
function inside([a, b]: [number, number], [from, to]: [number, number]): boolean {
  return a >= from && b <= to;
}

/** Stands for rows that are not drawn. */
function gap(): HTMLElement {
  return h("tr", { class: "gap", "aria-hidden": "true" }, h("td"));
}

/** Stands for columns that are not drawn. */
function blank(): HTMLElement {
  return h("td", { "aria-hidden": "true", class: "void" });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
}
