import type { CellDiff, Line } from "../protocol/wire";
import { pairLines, type Pair } from "./diff/align";
import { div, h } from "./h";
import type { Scope } from "./scope";

const WIDE = 620;
/** Equal lines kept around a change; longer runs are folded. */
const CONTEXT = 3;

type Item = Pair | { equal: Pair[] };

/** A cell's code: side by side where there is room, one column where there is not. */
export function codeBlock(cell: CellDiff, whole: () => boolean, scope: Scope): Redrawable {
  const root = div("");
  const plain = cell.lines.every((line) => line.kind === "same");
  const opened = new Set<number>();
  let width = 0;
  const draw = (): void => {
    if (width > 0) {
      const everything = whole() || plain;
      root.replaceChildren(
        width < WIDE || plain
          ? unified(cell.lines, everything, opened, draw)
          : sideBySide(cell.lines, everything, opened, draw),
      );
    }
  };
  let wasWide: boolean | null = null;
  scope.width(root, (now) => {
    width = now;
    if (now >= WIDE !== wasWide) {
      wasWide = now >= WIDE;
      draw();
    }
  });
  return { root, draw };
}

/** An element that can be drawn again. */
export interface Redrawable {
  root: HTMLElement;
  draw: () => void;
}

function sideBySide(lines: readonly Line[], whole: boolean, opened: Set<number>, redraw: () => void): HTMLElement {
  const cells = foldEqual(pairLines(lines), whole, opened).flatMap((item, i) =>
    "equal" in item
      ? [equalRun(item.equal, () => opened.add(firstLine(item.equal)), redraw, i)]
      : [row(item.left, "l"), row(item.right, "r")],
  );
  return h("div", { class: "cx" }, ...cells);
}

function unified(lines: readonly Line[], whole: boolean, opened: Set<number>, redraw: () => void): HTMLElement {
  const pairs = lines.map((line): Pair => (line.kind === "added" ? { right: line } : line.kind === "removed" ? { left: line } : { left: line, right: line }));
  const rows = foldEqual(pairs, whole, opened).map((item, i) =>
    "equal" in item
      ? equalRun(item.equal, () => opened.add(firstLine(item.equal)), redraw, i)
      : row(item.left && item.right ? item.right : (item.left ?? item.right), item.left && !item.right ? "l" : "r"),
  );
  return h("div", { class: "cx uni" }, ...rows);
}

function firstLine(pairs: readonly Pair[]): number {
  return pairs[0]?.left?.base ?? -1;
}

/** Replaces long runs of equal lines by one item each. */
function foldEqual(pairs: readonly Pair[], whole: boolean, opened: ReadonlySet<number>): Item[] {
  if (whole) {
    return [...pairs];
  }
  const items: Item[] = [];
  for (let i = 0; i < pairs.length; ) {
    let end = i;
    while (end < pairs.length && pairs[end]?.left?.kind === "same") {
      end += 1;
    }
    if (end === i) {
      items.push(pairs[i] as Pair);
      i += 1;
      continue;
    }
    const from = i === 0 ? i : i + CONTEXT;
    const to = end === pairs.length ? end : end - CONTEXT;
    const middle = pairs.slice(from, to);
    if (middle.length > CONTEXT && !opened.has(firstLine(middle))) {
      items.push(...pairs.slice(i, from), { equal: middle }, ...pairs.slice(to, end));
    } else {
      items.push(...pairs.slice(i, end));
    }
    i = end;
  }
  return items;
}

function equalRun(pairs: readonly Pair[], open: () => void, redraw: () => void, i: number): HTMLElement {
  const show = h("button", { type: "button", class: "lnk", "aria-label": `Show ${pairs.length} equal lines, group ${i + 1}` }, "Show");
  show.addEventListener("click", () => {
    open();
    redraw();
  });
  return div("eq", h("span", null, `${pairs.length} equal lines`), show);
}

function row(line: Line | undefined, side: "l" | "r"): HTMLElement {
  if (line === undefined) {
    return h("div", { class: `ln gap ${side}`, "aria-hidden": "true" });
  }
  const removed = line.kind === "removed";
  const sign = removed ? "\u2212" : line.kind === "added" ? "+" : "";
  const tone = removed ? " del" : line.kind === "added" ? " add" : "";
  const at = removed || (side === "l" && line.base > 0) ? line.base : line.other || line.base;
  return h(
    "div",
    { class: `ln ${side}${tone}` },
    h("span", null, at > 0 ? at : ""),
    h("span", null, sign),
    h("pre", null, ...marked(line)),
  );
}

function marked({ text, marks }: Line): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  // Marks count characters, as Python does, not the halves of those beyond 16 bits.
  const letters = [...text];
  const between = (start: number, end?: number): string => letters.slice(start, end).join("");
  let done = 0;
  for (const [start = 0, end = 0] of marks) {
    if (start < done || end <= start || end > letters.length) {
      continue;
    }
    parts.push(between(done, start), h("mark", null, between(start, end)));
    done = end;
  }
  return [...parts, between(done)];
}
