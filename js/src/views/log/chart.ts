import type { LogView } from "../../protocol/wire";
import { textWidth } from "../atoms/measure";
import { s } from "../h";
import { mark, laneStroke } from "./marks";
import { hasValue, isProduction, scoredParent, type Node } from "./model";
import { scaleOf } from "./scale";

/** What the chart shows; `from` and `to` bound the places drawn. */
export interface ChartInput {
  data: LogView;
  nodes: readonly Node[];
  lanes: ReadonlyMap<string, number>;
  metric: { title: string; lower: boolean };
  from: number;
  to: number;
  picked: ReadonlySet<string>;
}

export interface Chart {
  root: SVGElement;
  x: (at: number) => number;
  top: number;
  bottom: number;
}

const LANE = 20;
const STRIP_LANES = 6;

/** The metric over the versions, and below it the lanes on the same x. */
export function drawChart(input: ChartInput, width: number): Chart {
  const frame = frameOf(input, width);
  const { nodes, from, to } = input;
  const shown = nodes.slice(from, to + 1);
  const root = s("svg", { width, height: frame.height, role: "img", "aria-label": sentence(input, shown) });
  root.append(
    ...gridLines(frame),
    ...productionRule(input, shown, frame),
    ...valueLines(nodes, shown, frame),
    ...floorWords(shown, frame),
    ...labelStems(shown, frame),
    ...shown
      .filter((node) => stands(node, frame))
      .filter(hasValue)
      .map((node) => mark(node, frame.x(node.at), frame.y(node.point.value), frame.radius)),
    ...regressionWords(shown, frame),
    ...laneStrip(input, shown, frame),
    ...versionNames(input, shown, frame),
  );
  return { root, x: frame.x, top: frame.top, bottom: frame.laneTop + frame.lanes * LANE };
}

interface Frame {
  width: number;
  height: number;
  left: number;
  top: number;
  plot: number;
  laneTop: number;
  lanes: number;
  narrow: boolean;
  radius: number;
  x: (at: number) => number;
  y: (value: number) => number;
  scale: ReturnType<typeof scaleOf>;
}

function frameOf(input: ChartInput, width: number): Frame {
  const { nodes, from, to, metric } = input;
  const narrow = width < 420;
  const shown = nodes.slice(from, to + 1);
  const scale = scaleOf(shown.filter(hasValue).map(({ point }) => point.value));
  const ticks = Math.max(0, ...scale.ticks.map((tick) => textWidth(scale.label(tick), 11)));
  const main = [...input.lanes.keys()][0] ?? "";
  const named = narrow ? 0 : Math.min(96, textWidth(main, 11)) + 4;
  const left = Math.ceil(Math.max(ticks + (narrow ? 16 : 22), named + 22, narrow ? 40 : 52));
  const right = narrow ? 18 : 40;
  const top = narrow ? 26 : 40;
  const plot = narrow ? 104 : 150;
  const lanes = Math.min(STRIP_LANES, 1 + Math.max(0, ...shown.map(({ lane }) => lane)));
  const laneTop = top + plot + (narrow ? 12 : 14);
  const steps = Math.max(1, to - from);
  const step = (width - left - right) / steps;
  const share = (value: number): number => {
    const up = (value - scale.low) / (scale.high - scale.low);
    return metric.lower ? up : 1 - up;
  };
  return {
    width,
    height: laneTop + lanes * LANE + (narrow ? 16 : 26),
    left,
    top,
    plot,
    laneTop,
    lanes,
    narrow,
    radius: Math.max(3, Math.min(4.5, step * 0.4)),
    x: (at) => (from === to ? (left + width - right) / 2 : left + step * (at - from)),
    y: (value) => top + plot * share(value),
    scale,
  };
}

/** Where dots would hide the line, only versions with something to say keep theirs. */
function stands({ row, newest }: Node, { radius }: Frame): boolean {
  return radius >= 3.2 || newest || row.regressed.length > 0 || row.version.labels.length > 0;
}

function gridLines({ scale, left, width, y }: Frame): SVGElement[] {
  return scale.ticks.flatMap((tick) => [
    s("line", { x1: left, x2: width - 8, y1: y(tick), y2: y(tick), style: "stroke:var(--rule)" }),
    s("text", { x: left - 10, y: y(tick) + 4, "text-anchor": "end" }, scale.label(tick)),
  ]);
}

function productionRule({ data }: ChartInput, shown: readonly Node[], { x, y, width }: Frame): SVGElement[] {
  const live = shown.find((node) => isProduction(node, data));
  if (!live || !hasValue(live)) {
    return [];
  }
  const level = y(live.point.value);
  const style = "stroke:var(--t2);stroke-width:1;stroke-dasharray:2 3";
  return [s("line", { x1: x(live.at), x2: width - 8, y1: level, y2: level, style })];
}

function valueLines(nodes: readonly (Node | undefined)[], shown: readonly Node[], { x, y, left, width }: Frame): SVGElement[] {
  const lines: SVGElement[] = [];
  for (const node of shown.filter(hasValue)) {
    const parent = scoredParent(nodes, node);
    if (!parent || !hasValue(parent.node)) {
      continue;
    }
    const x1 = x(parent.node.at);
    if (x1 < left - width) {
      continue;
    }
    const dotted = parent.bridged ? ";stroke-dasharray:1 5" : "";
    lines.push(
      s("line", {
        x1: Math.max(left, x1),
        y1: x1 < left ? y(node.point.value) : y(parent.node.point.value),
        x2: x(node.at),
        y2: y(node.point.value),
        style: laneStroke(node.lane) + dotted,
      }),
    );
  }
  return lines.reverse();
}

/** Versions without a point: what their value is, on the floor of the plot. */
function floorWords(shown: readonly Node[], { x, top, plot }: Frame): SVGElement[] {
  let free = -Infinity;
  return shown.flatMap((node) => {
    const text = node.point?.text ?? "";
    const half = textWidth(text, 10) / 2;
    if (hasValue(node) || !/nan|inf/i.test(text) || x(node.at) - half < free) {
      return [];
    }
    free = x(node.at) + half + 4;
    return [s("text", { x: x(node.at), y: top + plot - 2, "text-anchor": "middle", style: "font-size:10px" }, text)];
  });
}

/** Labels hang from the top on stems; where they would overlap, the initial stands for them. */
function labelStems(shown: readonly Node[], frame: Frame): SVGElement[] {
  const { x, y, narrow, width, top, plot } = frame;
  const at = narrow ? 4 : 10;
  let free = -Infinity;
  return shown.flatMap((node) => {
    const [name] = [...node.row.version.labels].sort((a, b) => Number(b === "production") - Number(a === "production"));
    if (name === undefined) {
      return [];
    }
    const place = (text: string, small: boolean): { text: string; wide: number; left: number } => {
      const wide = small ? 16 : Math.ceil(textWidth(text, 11, 500)) + 12;
      return { text, wide, left: Math.max(2, Math.min(x(node.at) - wide / 2, width - wide - 4)) };
    };
    const initial = place(name.charAt(0).toUpperCase(), true);
    const word = place(name.length > 18 ? `${name.slice(0, 17)}…` : name, false);
    const chip = narrow || word.left < free ? initial : word;
    if (chip.left < free) {
      return [];
    }
    free = chip.left + chip.wide + 4;
    const live = name === "production";
    const dash = name === "canary" || name === "shadow" ? ";stroke-dasharray:3 2" : "";
    const foot = hasValue(node) ? y(node.point.value) - 7 : top + plot - 14;
    return [
      s("line", { x1: x(node.at), x2: x(node.at), y1: at + 18, y2: Math.max(at + 18, foot), style: "stroke:var(--ctl)" }),
      s(
        "rect",
        { x: chip.left + 0.5, y: at + 0.5, width: chip.wide, height: 17, rx: 3, style: live ? "fill:var(--t1)" : `fill:var(--bg);stroke:var(--ctl)${dash}` },
        s("title", null, node.row.version.labels.join(", ")),
      ),
      s("text", { x: chip.left + 0.5 + chip.wide / 2, y: at + 13, "text-anchor": "middle", style: `font-weight:500;fill:var(--${live ? "bg" : "t1"})` }, chip.text),
    ];
  });
}

/** What fell, under the newest regressions that have room. */
function regressionWords(shown: readonly Node[], { x, y, narrow, width, left, top, plot }: Frame): SVGElement[] {
  if (narrow) {
    return [];
  }
  let free = Infinity;
  return [...shown].reverse().flatMap((node) => {
    const [said] = node.row.regressed;
    if (said === undefined || !hasValue(node)) {
      return [];
    }
    const text = said.length > 40 ? `${said.slice(0, 39)}…` : said;
    const half = textWidth(text, 11, 500) / 2;
    const middle = Math.max(left + half, Math.min(x(node.at), width - 8 - half));
    if (middle + half > free) {
      return [];
    }
    free = middle - half - 8;
    const below = Math.min(y(node.point.value) + 24, top + plot + 4);
    return [s("text", { x: middle, y: below, "text-anchor": "middle", class: "wt" }, text)];
  });
}

/** One line a branch, on the x of the plot: where it forks, merges and ends. */
function laneStrip({ lanes, nodes, from }: ChartInput, shown: readonly Node[], frame: Frame): SVGElement[] {
  const { x, laneTop, narrow, width } = frame;
  const y = (lane: number): number => laneTop + LANE / 2 + Math.min(lane, frame.lanes - 1) * LANE;
  const out: SVGElement[] = [];
  const ends = new Map<number, number>();
  for (const node of shown) {
    node.parents.forEach((place) => {
      const parent = nodes[place];
      if (parent) {
        // A parent left of the zoomed window: the line comes in at the edge, along its own lane.
        const inside = parent.at >= from;
        const start = x(Math.max(from, parent.at));
        const high = y(inside ? parent.lane : node.lane);
        ends.set(parent.lane, Math.max(ends.get(parent.lane) ?? 0, x(node.at)));
        out.push(s("path", { d: join(start, high, x(node.at), y(node.lane), x(1) - x(0)), style: laneStroke(Math.max(parent.lane, node.lane)) }));
      }
    });
  }
  out.reverse();
  out.push(...shown.filter((node) => stands(node, frame)).map((node) => mark(node, x(node.at), y(node.lane), frame.radius)));
  if (!narrow) {
    [...lanes.keys()].slice(0, frame.lanes).forEach((name, lane) => {
      const last = [...shown].reverse().find((node) => node.lane === lane);
      const first = shown.find((node) => node.lane === lane);
      if (!first || !last) {
        return;
      }
      const end = Math.max(x(last.at), lane > 0 ? (ends.get(lane) ?? 0) : 0);
      const at = { y: y(lane) + 4 };
      out.push(
        lane === 0
          ? s("text", { ...at, x: x(first.at) - 12, "text-anchor": "end" }, clip(name, 96))
          : end + 12 + textWidth(name, 11) < width - 4
            ? s("text", { ...at, x: end + 12 }, name)
            : // No room behind it: above the line, never on it.
              s("text", { x: end - 8, y: y(lane) - 5, "text-anchor": "end", class: "over" }, clip(name, end - 24)),
      );
    });
  }
  return out;
}

function clip(text: string, room: number): string {
  let shown = text;
  while (shown.length > 1 && textWidth(shown, 11) > room) {
    shown = `${shown.slice(0, -2)}…`;
  }
  return shown;
}

/** Straight along a lane; into another one by a curve at the end that is the younger branch's. */
function join(x0: number, y0: number, x1: number, y1: number, step: number): string {
  if (y0 === y1) {
    return `M${x0} ${y0}H${x1}`;
  }
  const reach = Math.min(x1 - x0, Math.max(18, step));
  const curve = (a: number, b: number): string => `C${a + (b - a) / 2} ${y0} ${a + (b - a) / 2} ${y1} ${b} ${y1}`;
  return y1 > y0 ? `M${x0} ${y0}${curve(x0, x0 + reach)}H${x1}` : `M${x0} ${y0}H${x1 - reach}${curve(x1 - reach, x1)}`;
}

/** Names under the lanes: the picked, the ends, the labelled and the regressed come first. */
function versionNames({ data, picked }: ChartInput, shown: readonly Node[], { x, laneTop, lanes, narrow, width }: Frame): SVGElement[] {
  const every = Math.max(1, Math.ceil(52 / Math.max(0.01, x(1) - x(0))));
  const weight = (node: Node): number =>
    picked.has(node.row.version.id)
      ? 0
      : node.newest || node === shown[0]
        ? 1
        : isProduction(node, data)
          ? 2
          : node.row.regressed.length
            ? 3
            : narrow
              ? 9
              : node.at % every === 0
                ? 4
                : 9;
  const taken: [number, number][] = [];
  const size = narrow ? 10 : 11;
  return [...shown]
    .sort((a, b) => weight(a) - weight(b) || a.at - b.at)
    .flatMap((node) => {
      const { name, id } = node.row.version;
      const half = textWidth(name, size, 600) / 2 + 4;
      const middle = Math.max(half, Math.min(x(node.at), width - half));
      if (weight(node) === 9 || taken.some(([a, b]) => middle - half < b && middle + half > a)) {
        return [];
      }
      taken.push([middle - half, middle + half]);
      const strong = picked.has(id) ? ";font-weight:600;fill:var(--t1)" : "";
      return [s("text", { x: middle, y: laneTop + lanes * LANE + (narrow ? 10 : 16), "text-anchor": "middle", style: `font-size:${size}px${strong}` }, name)];
    });
}

/** The chart in a sentence: its extent, its labels, its regressions. */
function sentence({ metric, data }: ChartInput, shown: readonly Node[]): string {
  const scored = shown.filter(hasValue);
  const first = scored[0];
  const last = scored[scored.length - 1];
  const at = (node: Node): string => `${node.point?.text} at ${node.row.version.name}`;
  const labels = shown.filter(({ row }) => row.version.labels.length).map((node) => `${node.row.version.labels.join(", ")} is ${node.row.version.name}`);
  const fell = shown.filter(({ row }) => row.regressed.length).map(({ row }) => row.version.name);
  return [
    `${metric.title} over ${shown.length} versions of ${data.repository}${metric.lower ? ", lower is better" : ""}.`,
    first && last ? `From ${at(first)} to ${at(last)}.` : "No version has a value.",
    labels.length ? `${labels.slice(0, 6).join("; ")}.` : "",
    fell.length ? `Regressions at ${fell.slice(0, 12).join(", ")}.` : "",
  ].filter(Boolean).join(" ");
}
