import type { LogView } from "../../protocol/wire";
import { div, h, span } from "../h";
import { isTyping } from "../keys";
import type { Scope } from "../scope";
import { drawChart } from "./chart";
import type { Course } from "./course";
import { columnsIn, drawDense, drawStrip, HEIGHT, leftOf, scaleOfCourse } from "./dense";
import { brush, panning } from "./gestures";
import type { History } from "./history";
import { hasValue, type Node } from "./model";
import type { Scale } from "./scale";
import { stageOf } from "./stage";
import { columnLines, tipLines } from "./tip";

/** One version needs this many pixels; below that, each pixel shows several. */
const PIXELS = 3;
/** A plot shows no fewer places than this, the nearest zoom there is. */
const LEAST = 4;

export interface Metric {
  title: string;
  lower: boolean;
}

export interface Plot {
  root: HTMLElement;
  /** Shows other versions, or the same ones anew. */
  show: (history: History, metric: Metric, picked: ReadonlySet<string>) => void;
  /** Draws again what is shown: more of it has come. */
  redraw: () => void;
}

const NAME = "Chart. Left and right move between versions, plus and minus zoom, Enter picks.";

/** The chart with its cursor, its zoom and, for long histories, the strip that steers it. */
export function plot(data: LogView, lanes: ReadonlyMap<string, number>, choose: (id: string) => void, scope: Scope): Plot {
  const tip = div("tip");
  const said = h("span", { class: "sr", "aria-live": "polite" });
  const canvas = h("canvas", { role: "img" });
  const svgBox = div("");
  const area = h("div", { class: "plot", tabindex: 0, role: "group", "aria-label": NAME }, canvas, svgBox, tip);
  const strip = h("canvas", { "aria-hidden": "true" });
  const stripBox = h("div", { class: "strip", hidden: true }, strip);
  const legend = div("lgn");
  legend.hidden = true;
  const root = div("", area, stripBox, legend, said);
  const upper = stageOf(canvas);
  const lower = stageOf(strip);
  let history: History | null = null;
  let metric: Metric = { title: "", lower: false };
  let picked: ReadonlySet<string> = new Set();
  let width = 0;
  let from = 0;
  let to = 0;
  let cursor = -1;
  let held: Scale | null = null;
  let course: Course | null = null;
  let scale: Scale | null = null;
  let x: (at: number) => number = () => 0;
  let at: (x: number) => number = () => 0;
  let bottom = HEIGHT;
  let left = 40;

  const total = (): number => history?.nodes.length ?? 0;
  const nodeAt = (place: number): Node | undefined => history?.nodes[place];

  const draw = (): void => {
    const count = total();
    if (width === 0 || count === 0 || history === null) {
      canvas.hidden = stripBox.hidden = legend.hidden = true;
      svgBox.replaceChildren();
      return;
    }
    const room = width - 60;
    const near = (to - from + 1) * PIXELS <= room;
    if (near) {
      history.need(from, to);
    }
    const here = near && whole(history.nodes, from, to);
    canvas.hidden = here;
    svgBox.hidden = !here;
    if (here) {
      drawNear(history.nodes as readonly Node[]);
    } else {
      drawFar(history);
    }
    stripBox.hidden = legend.hidden = count * PIXELS <= room;
    if (!stripBox.hidden) {
      const columns = columnsIn(width, left);
      drawStrip(lower.stage, history.course(0, count - 1, columns), from, to, metric.lower, width, left);
      describe(near ? 1 : Math.round((to - from + 1) / columns));
    }
    point(cursor, false);
  };

  const drawNear = (nodes: readonly Node[]): void => {
    const chart = drawChart({ data, nodes, lanes, metric, from, to, picked }, width);
    svgBox.replaceChildren(chart.root);
    ({ x } = chart);
    const wide = chart.x(to) - chart.x(from) || 1;
    at = (px) => Math.max(from, Math.min(to, from + Math.round(((px - chart.x(from)) / wide) * (to - from))));
    bottom = chart.bottom;
  };

  const drawFar = ({ course: courseOver, marks, nodes }: History): void => {
    svgBox.replaceChildren();
    course = courseOver(from, to, columnsIn(width, left));
    scale = held ?? scaleOfCourse(course);
    if (!held && leftOf(scale) !== left) {
      left = leftOf(scale);
      course = courseOver(from, to, columnsIn(width, left));
    }
    const places = picked.size ? nodes.flatMap((node) => (node && picked.has(node.row.version.id) ? [node.at] : [])) : [];
    const dense = drawDense(upper.stage, { course, scale, lower: metric.lower, marks, picked: places, width });
    ({ x, at } = dense);
    bottom = HEIGHT;
    canvas.setAttribute("aria-label", sentence(metric, data.repository, to - from + 1, course, scale, marks.length));
  };

  let said1 = "";
  const describe = (each: number): void => {
    const text = each > 1 ? `Each column shows lowest, median and highest of about ${each.toLocaleString("en")} versions.` : "";
    if (text !== said1 || !legend.hasChildNodes()) {
      said1 = text;
      legend.replaceChildren(span("", "Drag the strip to zoom, the chart to move."), text ? span("w", text) : "");
    }
  };

  const point = (place: number, speak: boolean): void => {
    cursor = place;
    if (!history || place < from || place > to || place < 0) {
      tip.classList.remove("on");
      return;
    }
    const node = nodeAt(place);
    if (!node) {
      history.need(place, place);
    }
    const lines = node ? tipLines(node, metric.title) : course && scale ? columnLines(course, place, scale) : [];
    tip.replaceChildren(...lines);
    tip.classList.add("on");
    const wide = tip.offsetWidth;
    const px = x(place);
    tip.style.left = `${Math.max(8, px > width / 2 ? px - wide - 12 : Math.min(width - wide - 8, px + 12))}px`;
    tip.style.top = `${Math.min(44, bottom / 3)}px`;
    if (speak) {
      said.textContent = tip.textContent;
    }
  };

  const later = scope.frame(draw);
  const zoom = (a: number, b: number): void => {
    const last = Math.max(0, total() - 1);
    const wide = Math.min(last, Math.max(LEAST - 1, Math.round(b) - Math.round(a)));
    from = Math.max(0, Math.min(last - wide, Math.round(a)));
    to = from + wide;
  };
  const zoomBy = (factor: number): void => {
    const middle = cursor >= 0 ? cursor : (from + to) / 2;
    const half = Math.max(2, ((to - from) / 2) * factor);
    zoom(middle - half, middle + half);
    draw();
  };
  const gestures = {
    window(a: number, b: number) {
      held ??= scale;
      zoom(a * total(), b * total() - 1);
      later();
    },
    shown: () => ({ from: from / Math.max(1, total()), to: (to + 1) / Math.max(1, total()) }),
    plot: () => ({ left, width: columnsIn(width, left) }),
    settled() {
      held = null;
      later();
    },
  };
  const pan = panning(area, gestures, scope);
  brush(strip, gestures, scope);

  let hovered = -1;
  const hover = scope.frame(() => point(hovered, false));
  scope.on(area, "mousemove", (event) => {
    hovered = event.buttons ? -1 : at(event.clientX - area.getBoundingClientRect().left);
    hover();
  });
  scope.on(area, "mouseleave", () => point((hovered = -1), false));
  scope.on(area, "blur", () => point(-1, false));
  scope.on(area, "click", (event) => {
    const place = at(event.clientX - area.getBoundingClientRect().left);
    const node = nodeAt(place);
    if (pan.dragged()) {
      return;
    }
    if (node) {
      choose(node.row.version.id);
    } else {
      history?.need(place, place);
    }
  });
  keys(area, scope, {
    move: (by) => point(cursor < 0 ? (by < 0 ? to : from) : Math.max(from, Math.min(to, cursor + by)), true),
    zoomBy,
    all: () => (zoom(0, total() - 1), draw()),
    choose: () => choose(nodeAt(cursor)?.row.version.id ?? ""),
  });
  scope.width(area, (now) => {
    width = now;
    draw();
  });
  scope.theme(() => {
    upper.forget();
    lower.forget();
    draw();
  });
  return {
    root,
    redraw: later,
    show(next, how, chosen) {
      const changed = next !== history;
      history = next;
      metric = how;
      picked = chosen;
      if (changed) {
        [from, to, cursor, held] = [0, Math.max(0, total() - 1), -1, null];
      }
      draw();
    },
  };
}

/** Whether every version of [from, to] is here. */
function whole(nodes: readonly (Node | undefined)[], from: number, to: number): boolean {
  for (let i = from; i <= to; i++) {
    if (nodes[i] === undefined) {
      return false;
    }
  }
  return true;
}

interface Moves {
  move: (by: number) => void;
  zoomBy: (factor: number) => void;
  all: () => void;
  choose: () => void;
}

function keys(area: HTMLElement, scope: Scope, { move, zoomBy, all, choose }: Moves): void {
  scope.on(area, "keydown", (event) => {
    if (isTyping(event)) {
      return;
    }
    const acts: Record<string, (() => void) | undefined> = {
      ArrowLeft: () => move(-1),
      ArrowRight: () => move(1),
      "+": () => zoomBy(0.5),
      "=": () => zoomBy(0.5),
      "-": () => zoomBy(2),
      "0": all,
      Enter: choose,
      " ": choose,
    };
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  });
}

/** The dense chart in a sentence. */
function sentence({ title, lower }: Metric, repository: string, count: number, course: Course, scale: Scale, labelled: number): string {
  const scored = course.columns.filter((column) => column !== null);
  const [first] = scored;
  const last = scored[scored.length - 1];
  return [
    `${title} over ${count.toLocaleString("en")} versions of ${repository}${lower ? ", lower is better" : ""}.`,
    first && last ? `From about ${scale.label(first.middle)} to about ${scale.label(last.middle)}.` : "No version has a value.",
    course.falls.length ? `${course.falls.length.toLocaleString("en")} regressions marked.` : "",
    labelled ? `${labelled} labelled.` : "",
  ].filter(Boolean).join(" ");
}

/** Whether any version shown could be drawn as a point. */
export function isScored({ nodes, course }: History): boolean {
  const count = nodes.length;
  return nodes.some((node) => node !== undefined && hasValue(node)) || (count > 0 && course(0, count - 1, 64).columns.some(Boolean));
}
