import { textWidth } from "../atoms/measure";
import { scaleOf } from "./scale";
import { hasValue, type Node } from "./model";

const HEIGHT = 150;
const STRIP = 30;
const TOP = 10;
const BOTTOM = 12;

/** Where the places lie on a canvas that shows one column a pixel. */
export interface Dense {
  left: number;
  right: number;
  x: (at: number) => number;
  at: (x: number) => number;
}

interface Column {
  low: number;
  middle: number;
  high: number;
}

/** The least, the median and the greatest value of each pixel column. */
export function columnsOf(nodes: readonly Node[], from: number, to: number, count: number): (Column | null)[] {
  const buckets: number[][] = Array.from({ length: count }, () => []);
  const per = Math.max(1, to - from + 1) / count;
  for (let i = from; i <= to; i++) {
    const node = nodes[i];
    if (node && hasValue(node)) {
      buckets[Math.min(count - 1, Math.floor((i - from) / per))]?.push(node.point.value);
    }
  }
  return buckets.map((values) => {
    if (values.length === 0) {
      return null;
    }
    values.sort((a, b) => a - b);
    const pick = (i: number): number => values[i] as number;
    return { low: pick(0), middle: pick(values.length >> 1), high: pick(values.length - 1) };
  });
}

interface Pen {
  context: CanvasRenderingContext2D;
  color: (name: string) => string;
}

function penOf(canvas: HTMLCanvasElement, width: number, height: number): Pen | null {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) {
    return null;
  }
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  return { context, color: (name) => style.getPropertyValue(name).trim() || style.color };
}

/** Draws the places [from, to], one column a pixel; regressions are always kept. */
export function drawDense(canvas: HTMLCanvasElement, nodes: readonly Node[], from: number, to: number, lower: boolean, width: number): Dense {
  const values = nodes.slice(from, to + 1).filter(hasValue).map(({ point }) => point.value);
  const scale = scaleOf(values);
  const left = Math.ceil(Math.max(28, ...scale.ticks.map((tick) => textWidth(scale.label(tick), 11)))) + 24;
  const right = width - 12;
  const count = Math.max(1, right - left);
  const per = count / Math.max(1, to - from + 1);
  const dense: Dense = {
    left,
    right,
    x: (at) => left + (at - from + 0.5) * per,
    at: (x) => Math.max(from, Math.min(to, from + Math.floor((x - left) / per))),
  };
  const pen = penOf(canvas, width, HEIGHT);
  if (!pen) {
    return dense;
  }
  const { context, color } = pen;
  const y = (value: number): number => {
    const up = (value - scale.low) / (scale.high - scale.low);
    return TOP + (HEIGHT - TOP - BOTTOM) * (lower ? up : 1 - up);
  };
  const ink = getComputedStyle(canvas).color;
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = "right";
  context.fillStyle = ink;
  for (const tick of scale.ticks) {
    context.globalAlpha = 0.72;
    context.fillText(scale.label(tick), left - 10, y(tick) + 4);
    context.globalAlpha = 0.1;
    context.fillRect(left, Math.round(y(tick)), count, 1);
  }
  const columns = columnsOf(nodes, from, to, count);
  context.fillStyle = color("--lane1");
  context.globalAlpha = 0.25;
  columns.forEach((column, i) => {
    if (column) {
      const a = y(column.high);
      const b = y(column.low);
      context.fillRect(left + i, Math.min(a, b), 1, Math.max(1, Math.abs(b - a)));
    }
  });
  context.globalAlpha = 1;
  stroke(context, color("--lane1"), columns, left, y);
  diamonds(context, color("--worse"), nodes.slice(from, to + 1), dense, y);
  return dense;
}

function stroke(context: CanvasRenderingContext2D, color: string, columns: readonly (Column | null)[], left: number, y: (value: number) => number): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  let open = false;
  columns.forEach((column, i) => {
    if (column) {
      context[open ? "lineTo" : "moveTo"](left + i + 0.5, y(column.middle));
      open = true;
    }
  });
  context.stroke();
}

function diamonds(context: CanvasRenderingContext2D, color: string, nodes: readonly Node[], dense: Dense, y: (value: number) => number): void {
  context.fillStyle = color;
  let last = -Infinity;
  for (const node of nodes) {
    const x = dense.x(node.at);
    if (node.row.regressed.length === 0 || !hasValue(node) || x - last < 5) {
      continue;
    }
    last = x;
    const middle = y(node.point.value);
    context.beginPath();
    context.moveTo(x, middle - 4);
    context.lineTo(x + 4, middle);
    context.lineTo(x, middle + 4);
    context.lineTo(x - 4, middle);
    context.fill();
  }
}

/** The strip below: all versions, and the window that is shown above. */
export function drawStrip(canvas: HTMLCanvasElement, nodes: readonly Node[], from: number, to: number, lower: boolean, width: number, left: number): void {
  const pen = penOf(canvas, width, STRIP);
  if (!pen) {
    return;
  }
  const { context, color } = pen;
  const count = Math.max(1, width - 12 - left);
  const scale = scaleOf(nodes.filter(hasValue).map(({ point }) => point.value));
  const y = (value: number): number => {
    const up = (value - scale.low) / (scale.high - scale.low);
    return 2 + (STRIP - 8) * (lower ? up : 1 - up);
  };
  context.globalAlpha = 0.08;
  context.fillStyle = getComputedStyle(canvas).color;
  context.fillRect(left, 1, count, STRIP - 4);
  context.globalAlpha = 0.75;
  stroke(context, color("--lane1"), columnsOf(nodes, 0, nodes.length - 1, count), left, y);
  if (to - from + 1 < nodes.length) {
    const per = count / nodes.length;
    const wide = Math.max(3, (to - from + 1) * per);
    context.fillStyle = color("--lane1");
    context.globalAlpha = 0.18;
    context.fillRect(left + from * per, 1, wide, STRIP - 4);
    context.globalAlpha = 1;
    context.strokeStyle = color("--lane1");
    context.strokeRect(left + from * per + 0.5, 1.5, wide - 1, STRIP - 5);
  }
}
