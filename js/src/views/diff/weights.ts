import type { Module, WeightsModel } from "../../protocol/wire";
import { textWidth } from "../atoms/measure";
import { div, h, s, span } from "../h";
import type { Scope } from "../scope";

const NARROW = 480;
const LEVELS = 5;
const BRANCH = 24;
const LEAF = 40;
const BARS = 6;
const NAMED = 3;

/** One model: where in its module tree the weights moved, and how far. */
export function weightsBody(model: WeightsModel, scope: Scope): HTMLElement[] {
  const tree = withoutLoneLeaves(model.tree);
  const box = div("px");
  box.style.paddingBottom = "14px";
  const most = Math.max(...leaves(tree).map(amount), 0);
  scope.width(box, (width) => {
    box.replaceChildren(width < NARROW ? bars(tree, most, width) : icicle(tree, most, width));
  });
  const largest = model.largest.slice(0, NAMED).map(({ key, text }) => `${key} ${text}`).join(", ");
  return [
    model.structure.length
      ? h("ul", { class: "struct", "aria-label": "Structure" }, ...model.structure.map((line) => h("li", null, line)))
      : div(""),
    most > 0 ? box : div(""),
    most > 0
      ? div(
          "more",
          span("nw", "0"),
          h("span", { class: "ramp", "aria-hidden": "true" }),
          span("nw", most.toFixed(2)),
          span("sp"),
          largest ? span("", "largest: ", span("mono", largest)) : null,
        )
      : div(""),
  ];
}

/** A module with a single tensor is that tensor: one box says both. */
function withoutLoneLeaves(module: Module): Module {
  const children = module.children.map(withoutLoneLeaves);
  const [only] = children;
  if (children.length === 1 && only && only.children.length === 0) {
    return { ...module, children: [], rel: only.rel, tip: only.tip };
  }
  return { ...module, children };
}

function amount(module: Module): number {
  return Math.max(0, module.rel.value ?? 0);
}

function leaves(module: Module): Module[] {
  return module.children.length ? module.children.flatMap(leaves) : [module];
}

function shade(value: number, most: number): string {
  const percent = Math.round(7 + Math.min(1, most > 0 ? value / most : 0) * 43);
  return `fill:color-mix(in srgb,var(--lane1) ${percent}%,var(--bg))`;
}

function sentence(tree: Module): string {
  const top = largest(tree).slice(0, 2);
  const words = top.map((leaf) => `${leaf.path || leaf.name} ${leaf.rel.text}`).join(", ");
  return `Relative change by module; largest: ${words}`;
}

function largest(tree: Module): Module[] {
  return leaves(tree).sort((a, b) => amount(b) - amount(a));
}

/** The fourth root keeps a small layer visible beside a large one. */
function span4(module: Module): number {
  return module.children.length
    ? module.children.reduce((sum, child) => sum + span4(child), 0)
    : Math.pow(Math.max(1, module.size), 0.25) + 6;
}

function depth(module: Module): number {
  return 1 + Math.max(0, ...module.children.map(depth));
}

/** Modules above, tensors below; width by size, shade by relative change. */
export function icicle(tree: Module, most: number, width: number): SVGElement {
  const levels = Math.min(LEVELS, depth(tree));
  const height = (levels - 1) * (BRANCH + 1) + LEAF;
  const root = s("svg", { width, height, role: "img", "aria-label": sentence(tree) });
  const unit = width / span4(tree);
  const walk = (module: Module, x: number, level: number): void => {
    const wide = span4(module) * unit;
    const last = level === levels - 1 || module.children.length === 0;
    const y = level * (BRANCH + 1);
    const tall = last ? height - y : BRANCH;
    const tip = module.tip || `${module.path || module.name}  ${module.rel.text}`;
    root.append(
      s(
        "rect",
        { x, y, width: Math.max(1, wide - 1), height: tall, rx: 2, style: shade(amount(module), most) },
        s("title", null, tip),
      ),
    );
    label(root, module, x + (wide - 1) / 2, y, wide - 5, last ? tall : 0);
    if (last) {
      return;
    }
    let offset = x;
    for (const child of module.children) {
      walk(child, offset, level + 1);
      offset += span4(child) * unit;
    }
  };
  walk(tree, 0, 0);
  return root;
}

function label(root: SVGElement, module: Module, x: number, y: number, room: number, tall: number): void {
  const put = (text: string, at: number, strong: boolean): void => {
    root.append(s("text", { x, y: at, "text-anchor": "middle", class: strong ? "strong" : "ink" }, text));
  };
  const { name, rel } = module;
  if (tall === 0) {
    const whole = `${name}\u2002${rel.text}`;
    const shown = [whole, name, rel.text].find((text) => text && textWidth(text, 11) < room);
    if (shown) {
      put(shown, y + 16, false);
    }
    return;
  }
  const middle = y + tall / 2;
  const named = textWidth(name, 11, 500) < room;
  if (named) {
    put(name, middle - 3, true);
  }
  if (textWidth(rel.text, 11) < room) {
    put(rel.text, named ? middle + 12 : middle + 4, false);
  }
}

/** The six largest, where a tree would not fit. */
function bars(tree: Module, most: number, width: number): SVGElement {
  const top = largest(tree).slice(0, BARS);
  const names = top.map((leaf) => shorten(leaf.path || leaf.name, width * 0.4));
  const left = Math.ceil(Math.max(...names.map((name) => textWidth(name, 11)))) + 10;
  const right = Math.ceil(Math.max(...top.map((leaf) => textWidth(leaf.rel.text, 11)))) + 8;
  const room = Math.max(20, width - left - right);
  return s(
    "svg",
    { width, height: BRANCH * top.length, role: "img", "aria-label": sentence(tree) },
    ...top.flatMap((leaf, i) => {
      const share = most > 0 ? amount(leaf) / most : 0;
      const y = i * BRANCH;
      return [
        s("text", { x: 0, y: y + 16, class: "ink" }, names[i] ?? "", s("title", null, leaf.path)),
        s("rect", { x: left, y: y + 7, width: room, height: 10, rx: 2, style: "fill:var(--f2)" }),
        s("rect", { x: left, y: y + 7, width: room * share, height: 10, rx: 2, style: shade(1, 1) }),
        s("text", { x: width, y: y + 16, "text-anchor": "end", class: "ink" }, leaf.rel.text),
      ];
    }),
  );
}

/** Keeps the end of a path: the last names tell the most. */
function shorten(text: string, room: number): string {
  let shown = text;
  while (shown.length > 4 && textWidth(`…${shown}`, 11) > room) {
    shown = shown.slice(1);
  }
  return shown === text ? text : `…${shown}`;
}
