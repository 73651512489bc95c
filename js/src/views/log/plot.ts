import type { LogView } from "../../protocol/wire";
import { when } from "../atoms/times";
import { div, h, span } from "../h";
import { isTyping } from "../keys";
import type { Scope } from "../scope";
import { drawChart } from "./chart";
import { drawDense, drawStrip, type Dense } from "./dense";
import type { Node } from "./model";

/** One version needs this many pixels; below that, each pixel shows several. */
const PIXELS = 3;

export interface Plot {
  root: HTMLElement;
  show: (nodes: readonly Node[], metric: { title: string; lower: boolean }, picked: ReadonlySet<string>) => void;
}

/** The chart with its cursor, its zoom and, for long histories, the strip that steers it. */
export function plot(data: LogView, lanes: ReadonlyMap<string, number>, choose: (id: string) => void, scope: Scope): Plot {
  const tip = div("tip");
  const said = h("span", { class: "sr", "aria-live": "polite" });
  const area = h("div", { class: "plot", tabindex: 0, role: "group", "aria-label": "Chart. Left and right move between versions, plus and minus zoom, Enter picks." });
  const strip = h("canvas", { "aria-hidden": "true" });
  const stripBox = h("div", { class: "strip", hidden: true }, strip);
  const legend = div("lgn");
  legend.hidden = true;
  const root = div("", area, stripBox, legend, said);
  let nodes: readonly Node[] = [];
  let metric = { title: "", lower: false };
  let picked: ReadonlySet<string> = new Set();
  let width = 0;
  let from = 0;
  let to = 0;
  let cursor = -1;
  let x: (at: number) => number = () => 0;
  let at: (x: number) => number = () => 0;
  let canvasHeight = 150;
  let stripLeft = 40;

  const draw = (): void => {
    if (width === 0 || nodes.length === 0) {
      area.replaceChildren();
      stripBox.hidden = legend.hidden = true;
      return;
    }
    const room = width - 60;
    const many = (to - from + 1) * PIXELS > room;
    if (many) {
      const canvas = h("canvas", { role: "img", "aria-label": `${metric.title} over ${to - from + 1} versions` });
      area.replaceChildren(canvas, tip);
      const dense: Dense = drawDense(canvas, nodes, from, to, metric.lower, width);
      ({ x, at } = dense);
      stripLeft = dense.left;
      canvasHeight = 150;
    } else {
      const chart = drawChart({ data, nodes, lanes, metric, from, to, picked }, width);
      area.replaceChildren(chart.root, tip);
      ({ x } = chart);
      const span1 = chart.x(to) - chart.x(from) || 1;
      at = (px) => Math.max(from, Math.min(to, from + Math.round(((px - chart.x(from)) / span1) * (to - from))));
      canvasHeight = chart.bottom;
    }
    stripBox.hidden = nodes.length * PIXELS <= room;
    legend.hidden = stripBox.hidden;
    if (!stripBox.hidden) {
      drawStrip(strip, nodes, from, to, metric.lower, width, stripLeft);
      const each = Math.max(1, Math.round((to - from + 1) / Math.max(1, width - stripLeft - 12)));
      legend.replaceChildren(
        span("", "Drag the lower strip to zoom."),
        many && each > 1 ? span("w", `Each column shows lowest, median and highest of about ${each} versions.`) : "",
      );
    }
    point(cursor, false);
  };

  const point = (place: number, speak: boolean): void => {
    cursor = place;
    const node = nodes[place];
    if (!node || place < from || place > to) {
      tip.classList.remove("on");
      return;
    }
    tip.replaceChildren(...tipLines(node, metric.title));
    tip.classList.add("on");
    const half = tip.offsetWidth;
    const px = x(place);
    tip.style.left = `${Math.max(8, px > width / 2 ? px - half - 12 : Math.min(width - half - 8, px + 12))}px`;
    tip.style.top = `${Math.min(44, canvasHeight / 3)}px`;
    if (speak) {
      said.textContent = tip.textContent;
    }
  };

  const zoom = (a: number, b: number): void => {
    from = Math.max(0, Math.min(a, b));
    to = Math.min(nodes.length - 1, Math.max(a, b, from + 1));
    draw();
  };
  const zoomBy = (factor: number): void => {
    const middle = cursor >= 0 ? cursor : (from + to) / 2;
    const half = Math.max(2, ((to - from) / 2) * factor);
    zoom(Math.round(middle - half), Math.round(middle + half));
  };

  area.addEventListener("mousemove", (event) => {
    point(at(event.clientX - area.getBoundingClientRect().left), false);
  });
  area.addEventListener("mouseleave", () => point(-1, false));
  area.addEventListener("blur", () => point(-1, false));
  area.addEventListener("click", (event) => {
    const node = nodes[at(event.clientX - area.getBoundingClientRect().left)];
    if (node) {
      choose(node.row.version.id);
    }
  });
  scope.on(area, "keydown", (event) => {
    if (isTyping(event)) {
      return;
    }
    const start = cursor < 0 ? to + 1 : cursor;
    const acts: Record<string, (() => void) | undefined> = {
      ArrowLeft: () => point(Math.max(from, start - 1), true),
      ArrowRight: () => point(Math.min(to, start + 1), true),
      "+": () => zoomBy(0.5),
      "=": () => zoomBy(0.5),
      "-": () => zoomBy(2),
      "0": () => zoom(0, nodes.length - 1),
      Enter: () => choose(nodes[cursor]?.row.version.id ?? ""),
      " ": () => choose(nodes[cursor]?.row.version.id ?? ""),
    };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  });
  brush(strip, scope, (a, b) => {
    const share = (px: number): number => Math.floor(((px - stripLeft) / Math.max(1, width - 12 - stripLeft)) * nodes.length);
    if (Math.abs(b - a) < 3) {
      zoom(0, nodes.length - 1);
    } else {
      zoom(share(Math.min(a, b)), share(Math.max(a, b)));
    }
  });
  scope.width(area, (now) => {
    width = now;
    draw();
  });
  scope.theme(draw);
  return {
    root,
    show(next, how, chosen) {
      const changed = next !== nodes;
      nodes = next;
      metric = how;
      picked = chosen;
      if (changed) {
        [from, to, cursor] = [0, Math.max(0, nodes.length - 1), -1];
      }
      draw();
    },
  };
}

/** Reports a drag over the strip, from where it began to where it is. */
function brush(canvas: HTMLCanvasElement, scope: Scope, moved: (a: number, b: number) => void): void {
  let start: number | null = null;
  const place = (event: PointerEvent): number => event.clientX - canvas.getBoundingClientRect().left;
  scope.on(canvas, "pointerdown", (event) => {
    start = place(event);
    canvas.setPointerCapture(event.pointerId);
  });
  scope.on(canvas, "pointermove", (event) => {
    if (start !== null) {
      moved(start, place(event));
    }
  });
  scope.on(canvas, "pointerup", (event) => {
    if (start !== null) {
      moved(start, place(event));
    }
    start = null;
  });
}

function tipLines({ row, point }: Node, title: string): HTMLElement[] {
  const { version, regressed } = row;
  const value = point ? `${title} ${point.text}${point.change ? `, ${point.change}` : ""}` : `${title}: not scored`;
  return [
    div("b", `${version.name}\u2002${version.message.slice(0, 120)}`),
    div("q", value),
    regressed.length ? div("wc", regressed.join(", ")) : div(""),
    div("q", [version.branch, version.author].filter(Boolean).join(" · "), " · ", when(version.time_ms)),
  ];
}
