import { s } from "../h";
import { laneStroke, mark } from "./marks";
import type { Node } from "./model";

/** A line from one row's centre to the next one's. */
interface Segment {
  from: number;
  to: number;
  lane: number;
}

export interface Rail {
  /** The column of each row's dot, newest first. */
  columns: number[];
  /** What runs between row i and row i + 1. */
  segments: Segment[][];
  width: number;
  /** Lays out the rows up to `stop`, if they are not; a long history is laid out as it is seen. */
  reach?: (stop: number) => void;
}

interface Waiting {
  target: number;
  lane: number;
}

/** Columns are lanes while these few suffice; then the first free one is taken. */
const MOST = 6;

/**
 * Lays the history out beside the list. A line keeps its column until the row of the version it
 * leads to, and turns into that within one row; column 0 is the main branch's.
 */
export function layRail(nodes: readonly Node[], upTo = nodes.length): Rail {
  const waiting: (Waiting | undefined)[] = [];
  const columns: number[] = [];
  const segments: Segment[][] = [];
  const free = (lane: number): number => {
    if (lane < MOST && !waiting[lane]) {
      return lane;
    }
    let column = 1;
    while (waiting[column]) {
      column += 1;
    }
    return column;
  };
  const rail: Rail = { columns, segments, width: 1 };
  const layRow = (i: number): void => {
    const node = nodes[nodes.length - 1 - i] as Node;
    const mine = waiting.flatMap((wait, column) => (wait?.target === node.at ? [column] : []));
    const own = mine.includes(node.lane) ? node.lane : (mine[0] ?? free(node.lane));
    columns.push(own);
    // Lines that end here turn in between the row above and this one.
    for (const segment of segments[i - 1] ?? []) {
      if (mine.includes(segment.to)) {
        segment.to = own;
      }
    }
    for (const column of mine) {
      waiting[column] = undefined;
    }
    const turns = new Map<number, number>();
    const joined = new Set<number>();
    node.parents.forEach((target, nth) => {
      const there = nth === 0 ? -1 : waiting.findIndex((wait) => wait?.target === target);
      const column = nth === 0 ? own : there >= 0 ? there : free(nodes[target]?.lane ?? 1);
      if (there < 0) {
        waiting[column] = { target, lane: nth === 0 ? node.lane : (nodes[target]?.lane ?? node.lane) };
      }
      turns.set(column, own);
      if (there >= 0) {
        joined.add(column);
      }
    });
    const below = segmentsBelow(waiting, turns, joined);
    segments.push(below);
    rail.width = Math.max(rail.width, own + 1, ...below.map(({ to }) => to + 1));
  };
  // One row more: a line turns on the row above the version that it leads to.
  rail.reach = (stop) => {
    for (let i = columns.length; i < Math.min(stop + 1, nodes.length); i++) {
      layRow(i);
    }
  };
  rail.reach(upTo);
  return rail;
}

function segmentsBelow(waiting: readonly (Waiting | undefined)[], turns: ReadonlyMap<number, number>, joined: ReadonlySet<number>): Segment[] {
  return waiting.flatMap((wait, column) => {
    if (!wait) {
      return [];
    }
    const through: Segment = { from: column, to: column, lane: wait.lane };
    const start = turns.get(column);
    const turned = start === undefined || start === column ? [] : [{ from: start, to: column, lane: wait.lane }];
    return turned.length === 0 || joined.has(column) ? [through, ...turned] : turned;
  });
}

/** Draws the rail for the rows [start, end); `lift` moves dots up to the title's line. */
export function drawRail(
  rail: Rail,
  nodes: readonly (Node | undefined)[],
  rows: { start: number; end: number; height: number; left: number; gap: number; lift: number; lanes?: number },
): SVGElement {
  const { start, end, height, left, gap, lift, lanes = rail.width } = rows;
  const x = (column: number): number => left + column * gap;
  const y = (i: number): number => (i - start + 0.5) * height - lift;
  const root = s("svg", {
    class: "rail",
    // Lanes that have no room beside the text end at its edge.
    width: x(Math.max(0, Math.min(lanes, rail.width) - 1)) + (lanes < rail.width ? 6 : 12),
    height: (end - start) * height,
    "aria-hidden": "true",
  });
  root.style.top = `${start * height}px`;
  for (let i = Math.max(0, start - 1); i < end; i++) {
    for (const { from, to, lane } of rail.segments[i] ?? []) {
      root.append(s("path", { d: turn(x(from), y(i), x(to), y(i + 1)), style: laneStroke(lane) }));
    }
  }
  for (let i = start; i < end; i++) {
    const node = nodes[nodes.length - 1 - i];
    if (node) {
      root.append(mark(node, x(rail.columns[i] ?? 0), y(i)));
    }
  }
  return root;
}

function turn(x0: number, y0: number, x1: number, y1: number): string {
  if (x0 === x1) {
    return `M${x0} ${y0}V${y1}`;
  }
  const middle = (y1 - y0) * 0.6;
  return `M${x0} ${y0}C${x0} ${y0 + middle} ${x1} ${y1 - middle} ${x1} ${y1}`;
}
