import type { LogRow } from "../../protocol/wire";
import { labelChip, tagChip } from "../atoms/chips";
import { ago, when } from "../atoms/times";
import { delta, verdict } from "../atoms/verdicts";
import { div, h, span } from "../h";
import type { Scope } from "../scope";
import type { History } from "./history";
import type { Node } from "./model";
import { drawRail, layRail, type Rail } from "./rail";

/** All rows are drawn at once up to this many, where nobody says otherwise. */
const VIRTUAL_FROM = 500;
const AROUND = 10;
/** Up to this width a row takes two lines; the sheet says the same. */
const TWO_LINES = 480;
/** How high it grows by itself. What is in sight now may be less: the few rows of a search, say. */
const VIEW = 510;

export interface ListActions {
  pick: (id: string) => void;
  open: (id: string) => void;
}

export interface VersionList {
  root: HTMLElement;
  /** Shows other versions, or another metric; `more` where they are fetched as they are seen. */
  show: (nodes: readonly (Node | undefined)[], metric: string, more?: Pick<History, "rail" | "need">) => void;
  /** Marks what is picked. */
  mark: (picked: ReadonlySet<string>) => void;
  /** Brings a version into sight and, if asked, focuses it. */
  reveal: (id: string, focus: boolean) => void;
}

/** The versions, newest first, with the graph beside them. */
export function versionList(actions: ListActions, scope: Scope, virtualFrom = VIRTUAL_FROM): VersionList {
  const list = h("ul", { class: "log", role: "listbox", "aria-label": "Versions, newest first", "aria-multiselectable": "true" });
  const root = div("scr", list);
  let nodes: readonly (Node | undefined)[] = [];
  let metric = "";
  let rail: Rail = { columns: [], segments: [], width: 1 };
  let need: History["need"] = () => undefined;
  let picked: ReadonlySet<string> = new Set();
  let current = 0;
  let narrow = false;
  let width = 0;
  let drawn = { start: -1, end: -1 };
  let held = new Map<string, HTMLElement>();

  const height = (): number => (narrow ? 42 : 34);
  const nodeAt = (i: number): Node | undefined => nodes[nodes.length - 1 - i];
  const rowAt = (i: number): HTMLElement | null => list.querySelector(`[data-i="${i}"]`);

  const draw = (force: boolean): void => {
    if (width === 0) {
      return;
    }
    const virtual = nodes.length > virtualFrom;
    const visible = Math.ceil(Math.max(root.clientHeight, VIEW) / height());
    const first = Math.floor(root.scrollTop / height());
    const start = virtual ? Math.max(0, first - AROUND) : 0;
    const end = virtual ? Math.min(nodes.length, first + visible + AROUND) : nodes.length;
    if (!force && start === drawn.start && end === drawn.end) {
      return;
    }
    drawn = { start, end };
    rail.reach?.(end);
    const focused = list.contains(document.activeElement);
    list.classList.toggle("virtual", virtual);
    list.style.height = virtual ? `${nodes.length * height()}px` : "";
    const gap = narrow ? 14 : 16;
    const left = narrow ? 15 : 24;
    const shownLanes = Math.min(rail.width, narrow ? 4 : 12);
    list.style.setProperty("--rw", `${left + (shownLanes - 1) * gap + (narrow ? 15 : 20)}px`);
    const rows: HTMLElement[] = [];
    need(nodes.length - end, nodes.length - 1 - start);
    const still = new Map<string, HTMLElement>();
    const wanted = focused && (current < start || current >= end) ? [current] : [];
    for (const i of [...wanted, ...Array.from({ length: end - start }, (_, k) => start + k)]) {
      const node = nodeAt(i);
      const told = node ? JSON.stringify([node.row, metric, ago(node.row.version.time_ms)]) : `${i}`;
      const row = held.get(told) ?? (node ? versionRow(node, metric) : comingRow(i));
      still.set(told, row);
      row.setAttribute("aria-selected", String(node !== undefined && picked.has(node.row.version.id)));
      row.dataset.i = String(i);
      row.tabIndex = i === current ? 0 : -1;
      if (virtual) {
        row.style.top = `${i * height()}px`;
        row.setAttribute("aria-setsize", String(nodes.length));
        row.setAttribute("aria-posinset", String(i + 1));
      }
      rows.push(row);
    }
    const lines = drawRail(rail, nodes, { start, end, height: height(), left, gap, lift: narrow ? 9 : 0, lanes: shownLanes });
    held = still;
    settle(list, [...rows, h("li", { role: "presentation" }, lines)]);
    if (focused) {
      rowAt(current)?.focus({ preventScroll: true });
    }
  };

  const moveTo = (i: number, focus: boolean): void => {
    current = Math.max(0, Math.min(nodes.length - 1, i));
    const top = current * height();
    if (top < root.scrollTop) {
      root.scrollTop = top;
    } else if (top + height() > root.scrollTop + root.clientHeight) {
      root.scrollTop = top + height() - root.clientHeight;
    }
    draw(false);
    list.querySelectorAll<HTMLElement>("[data-i]").forEach((row) => {
      row.tabIndex = row.dataset.i === String(current) ? 0 : -1;
    });
    if (focus) {
      rowAt(current)?.focus({ preventScroll: true });
    }
  };

  const idOf = (i: number): string => nodeAt(i)?.row.version.id ?? "";
  listen({ list, root, scope, actions, idOf, moveTo, current: () => current, count: () => nodes.length, draw });
  scope.width(root, (next) => {
    width = next;
    const now = width <= TWO_LINES;
    if (now !== narrow || drawn.start < 0) {
      narrow = now;
      draw(true);
    }
  });

  return {
    root,
    show(next, key, more) {
      nodes = next;
      metric = key;
      rail = more?.rail ?? layRail(nodes as readonly Node[], 0);
      need = more?.need ?? (() => undefined);
      current = Math.min(current, Math.max(0, nodes.length - 1));
      draw(true);
    },
    mark(next) {
      picked = next;
      list.querySelectorAll<HTMLElement>("[data-i]").forEach((row) => {
        row.setAttribute("aria-selected", String(picked.has(idOf(Number(row.dataset.i)))));
      });
    },
    reveal(id, focus) {
      const at = nodes.findIndex((node) => node?.row.version.id === id);
      if (at >= 0) {
        moveTo(nodes.length - 1 - at, focus);
      }
    },
  };
}

interface Wiring {
  list: HTMLElement;
  root: HTMLElement;
  scope: Scope;
  actions: ListActions;
  idOf: (i: number) => string;
  moveTo: (i: number, focus: boolean) => void;
  current: () => number;
  count: () => number;
  draw: (force: boolean) => void;
}

function listen({ list, root, scope, actions, idOf, moveTo, current, count, draw }: Wiring): void {
  const rowOf = (event: Event): number | null => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-i]") : null;
    return row ? Number(row.dataset.i) : null;
  };
  scope.on(root, "scroll", () => draw(false));
  scope.on(list, "click", (event) => {
    const i = rowOf(event);
    if (i !== null) {
      moveTo(i, true);
      actions.pick(idOf(i));
    }
  });
  scope.on(list, "keydown", (event) => {
    const to = { ArrowDown: current() + 1, ArrowUp: current() - 1, Home: 0, End: count() - 1 }[event.key];
    if (to !== undefined) {
      moveTo(to, true);
    } else if (event.key === " ") {
      actions.pick(idOf(current()));
    } else if (event.key === "Enter") {
      actions.open(idOf(current()));
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** Stands for a version that is on its way, as high as its row will be. */
function comingRow(i: number): HTMLElement {
  const bar = h("span", { class: "sk", style: `width:${34 + ((i * 29) % 40)}%`, "aria-hidden": "true" });
  return h("li", { class: "lr", role: "option", "aria-selected": "false", "aria-busy": "true", "aria-label": "Reading this version" }, div("ms", bar));
}

/** Makes these the children of a list; what stays in it is not touched, and so not laid out anew. */
function settle(list: HTMLElement, children: readonly HTMLElement[]): void {
  const staying = new Set<Element>(children);
  Array.from(list.children).forEach((child) => staying.has(child) || child.remove());
  children.forEach((child, i) => list.children[i] === child || list.insertBefore(child, list.children[i] ?? null));
}

function versionRow({ row }: Node, metric: string): HTMLElement {
  const { version, regressed } = row;
  const [fell] = regressed;
  return h(
    "li",
    { class: fell ? "lr fell" : "lr", role: "option" },
    div(
      "ms",
      span("v", version.name),
      h("span", { class: "el", dir: "auto", title: version.message }, version.message),
      ...version.labels.slice(0, 3).map(labelChip),
      ...version.tags.slice(0, 2).map((tag) => span("w", tagChip(tag))),
      row.thin ? h("span", { class: "q s", title: "Its models and variables were dropped; what describes it is kept." }, "(thin)") : null,
      fell ? h("span", { class: "w rg el" }, verdict("worse", fell, regressed.join(", "))) : null,
    ),
    ...pointCells(row, metric),
    h("span", { class: "q s au el", title: version.author }, version.author),
    h("span", { class: "q s n wh" }, when(version.time_ms)),
  );
}

function pointCells({ points, regressed, version }: LogRow, metric: string): HTMLElement[] {
  const point = points[metric];
  const fell = regressed[0] ? h("span", { class: "nx el" }, verdict("worse", regressed[0], regressed.join(", "))) : null;
  if (point === undefined) {
    return [div("n acc", metric ? span("q s", "not scored") : null, fell), span("dl", "")];
  }
  const value = point.value === null ? span("q", point.text || "not scored") : point.text;
  const first = version.parents.length === 0 ? "first" : "";
  const change = point.change && point.verdict ? delta(point.change, point.verdict) : span("dl", point.change || (point.value === null ? "not scored" : first));
  return [div("n acc", value, fell), change];
}
