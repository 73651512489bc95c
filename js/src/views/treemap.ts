import type { TreeItem, TreemapView } from "../protocol/wire";
import { button, commandSlot, fold } from "./atoms/controls";
import { textWidth } from "./atoms/measure";
import { div, h, s, span } from "./h";
import { cutNote } from "./parts";
import type { Scope } from "./scope";
import { listTable } from "./table";
import type { Emit } from "./view";

interface Tile {
  item: TreeItem;
  x: number;
  y: number;
  wide: number;
  high: number;
}

/** What a repository takes on disk: three sums, a treemap, and the same as a table. */
export function drawTreemap(root: HTMLElement, data: TreemapView, emit: Emit, scope: Scope): void {
  const box = h("div", { class: "px tmap" });
  scope.width(box, (width) => {
    const style = getComputedStyle(box);
    box.replaceChildren(treemap(data.items, width || parseFloat(style.width)));
  });
  const slot = commandSlot(scope);
  const preview = button("Preview gc");
  scope.on(preview, "click", () => emit({ type: "free", command: data.command }) === true || slot.show(data.command));
  const table = div("", listTable(data, scope));
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Storage" },
      div("pad", h("dl", { class: "sums" }, ...data.figures.map(({ key, text }) => div("", h("dd", null, text), h("dt", null, key))))),
      data.items.length ? box : div("none", "Nothing is stored yet."),
      data.items.length ? div(
        "more wrap",
        key("ver", "one version's own", data.items.some(({ kind }) => kind === "version")),
        key("shr", "shared", data.items.some(({ kind }) => kind === "shared")),
        key("hat", "needed by no version", data.items.some(({ freed }) => freed)),
        span("sp"),
        span("w", data.text),
        data.command ? preview : null,
      ) : "",
      slot.root,
      data.rows.length ? fold(`${data.total.toLocaleString("en")} branches and versions as a table`, table, scope) : "",
      data.rows.length ? table : "",
      cutNote(data.cut) ?? "",
    ),
  );
}

function key(name: string, text: string, there: boolean): HTMLElement | null {
  return there ? span("nw", h("i", { class: `sw ${name}` }), text) : null;
}

const GAP = 2;
const APART = 7;

/** Areas by size; what no version needs is hatched and dashed. Labels stand only where they fit. */
export function treemap(items: readonly TreeItem[], width: number): SVGElement {
  const height = width < 420 ? 200 : 230;
  return s("svg", { width, height, role: "img", "aria-label": sentence(items) }, ...squarify(items, width, height).flatMap(drawTile));
}

function sentence(items: readonly TreeItem[]): string {
  const top = items.slice(0, 3).map(({ name, size }) => `${name} ${size.text}`).join(", ");
  const freed = items.filter(({ freed: gone }) => gone).map(({ name, size }) => `${name} ${size.text}`).join(", ");
  return `Storage by part; largest: ${top}.${freed ? ` Needed by no version: ${freed}.` : ""}`;
}

/** Lines from lower left to upper right, within a rectangle. */
function hatch(x: number, y: number, wide: number, high: number): string {
  let path = "";
  for (let at = APART; at < wide + high; at += APART) {
    const [left, top] = [Math.max(0, at - high), Math.max(0, at - wide)];
    path += `M${(x + left).toFixed(1)} ${(y + at - left).toFixed(1)}L${(x + at - top).toFixed(1)} ${(y + top).toFixed(1)}`;
  }
  return path;
}

function drawTile({ item, x, y, wide, high }: Tile): SVGElement[] {
  const { name, size, kind, freed, text } = item;
  const [a, b] = [Math.max(1, wide - GAP), Math.max(1, high - GAP)];
  const fill = kind === "version" ? "color-mix(in srgb,var(--lane1) 16%,var(--bg))" : kind === "shared" ? "var(--f2)" : "var(--bg)";
  const tip = s("title", null, [name, size.text, text].filter(Boolean).join(", "));
  const out: SVGElement[] = [s("rect", { x: x + 1, y: y + 1, width: a, height: b, rx: 2, style: `fill:${fill}` }, tip)];
  const both = Math.max(textWidth(name, 12, 500), textWidth(size.text, 11)) + 16 < a && b > 44;
  const alone = textWidth(name, 11, 500) + 12 < a && b > 22;
  if (freed) {
    const top = both ? 42 : alone ? 22 : 1;
    out.push(
      s("path", { d: hatch(x + 1.5, y + top + 0.5, Math.max(0, a - 1), Math.max(0, b - top)), style: "stroke:var(--t2);stroke-width:1;opacity:.4;pointer-events:none" }),
      s("rect", { x: x + 1.5, y: y + 1.5, width: Math.max(0, a - 1), height: Math.max(0, b - 1), rx: 2, style: "fill:none;stroke:var(--ctl);stroke-dasharray:3 2;pointer-events:none" }),
    );
  }
  if (both) {
    out.push(s("text", { x: x + 9, y: y + 20, class: "strong", style: "font-size:12px" }, name), s("text", { x: x + 9, y: y + 35 }, size.text));
  } else if (alone) {
    out.push(s("text", { x: x + 7, y: y + 17, class: "strong" }, name));
  }
  return out;
}

/** Rows of tiles as near to squares as they get; sizes keep their share of the whole. */
export function squarify(items: readonly TreeItem[], width: number, height: number): Tile[] {
  const sized = items.filter(({ size }) => (size.value ?? 0) > 0).sort((p, q) => (q.size.value ?? 0) - (p.size.value ?? 0));
  const sum = sized.reduce((total, { size }) => total + (size.value ?? 0), 0);
  const unit = (width * height) / (sum || 1);
  const area = (item: TreeItem): number => (item.size.value ?? 0) * unit;
  const out: Tile[] = [];
  let [x, y, wide, high] = [0, 0, width, height];
  let rest = sized;
  while (rest.length > 0) {
    const side = Math.min(wide, high);
    let count = 1;
    while (count < rest.length && worst(rest.slice(0, count + 1).map(area), side) <= worst(rest.slice(0, count).map(area), side)) {
      count += 1;
    }
    const row = rest.slice(0, count);
    rest = rest.slice(count);
    const thick = row.reduce((total, item) => total + area(item), 0) / side;
    let along = 0;
    for (const item of row) {
      const long = area(item) / thick;
      out.push(wide < high ? { item, x: x + along, y, wide: long, high: thick } : { item, x, y: y + along, wide: thick, high: long });
      along += long;
    }
    if (wide < high) {
      y += thick;
      high -= thick;
    } else {
      x += thick;
      wide -= thick;
    }
  }
  return out;
}

function worst(areas: readonly number[], side: number): number {
  const sum = areas.reduce((total, one) => total + one, 0);
  return Math.max(...areas.map((one) => Math.max((side * side * one) / (sum * sum), (sum * sum) / (side * side * one))));
}
