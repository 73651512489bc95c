import { textWidth } from "../atoms/measure";
import type { Column, Course, Mark } from "./course";
import { scaleOf, type Scale } from "./scale";
import type { Pen, Stage } from "./stage";

/** Height of the chart of many versions, and of the strip below it, in pixels. */
export const HEIGHT = 158;
export const STRIP = 30;
/** Air above the labels, as in the chart of few versions. */
const AIR = 8;
const TOP = 24 + AIR;
const BOTTOM = 12;
const RIGHT = 12;
/** Diamonds closer than this would run together: the newest stands for its neighbours. */
const APART = 7;

/** Where the places lie on a canvas that shows one column a pixel. */
export interface Dense {
  left: number;
  x: (at: number) => number;
  at: (x: number) => number;
}

/** What the dense chart shows. */
export interface DenseInput {
  course: Course;
  scale: Scale;
  lower: boolean;
  marks: readonly Mark[];
  picked: readonly number[];
  width: number;
}

/** The scale of a course. */
export function scaleOfCourse({ columns, falls }: Course): Scale {
  const ends = columns.flatMap((column) => (column ? [column.low, column.high] : []));
  return scaleOf([...ends, ...falls.map(({ value }) => value)]);
}

/** Where the plot begins: right of the scale's figures. */
export function leftOf(scale: Scale): number {
  return Math.ceil(Math.max(28, ...scale.ticks.map((tick) => textWidth(scale.label(tick), 11)))) + 24;
}

/** How many pixel columns a plot of this width has. */
export function columnsIn(width: number, left: number): number {
  return Math.max(1, width - RIGHT - left);
}

/** Draws one column a pixel; falls and labels are always kept. */
export function drawDense(stage: Stage, input: DenseInput): Dense {
  const { course, scale, lower, width } = input;
  const { from, to, columns } = course;
  const left = leftOf(scale);
  const count = columnsIn(width, left);
  const per = count / Math.max(1, to - from + 1);
  const dense: Dense = {
    left,
    x: (at) => left + (at - from + 0.5) * per,
    at: (x) => Math.max(from, Math.min(to, from + Math.floor((x - left) / per))),
  };
  const pen = stage(width, HEIGHT);
  if (!pen) {
    return dense;
  }
  const y = (value: number): number => {
    const up = (value - scale.low) / (scale.high - scale.low);
    return TOP + (HEIGHT - TOP - BOTTOM) * (lower ? up : 1 - up);
  };
  grid(pen, scale, left, count, y);
  band(pen, columns, left, y);
  stroke(pen, columns, left, y);
  labels(pen, input, dense, y);
  diamonds(pen, course, dense, y);
  return dense;
}

function grid({ context, ink, font }: Pen, scale: Scale, left: number, count: number, y: (value: number) => number): void {
  context.font = `11px ${font}`;
  context.textAlign = "right";
  context.fillStyle = ink;
  for (const tick of scale.ticks) {
    context.globalAlpha = 0.72;
    context.fillText(scale.label(tick), left - 10, y(tick) + 4);
    context.globalAlpha = 0.1;
    context.fillRect(left, Math.round(y(tick)), count, 1);
  }
}

function band({ context, color }: Pen, columns: readonly (Column | null)[], left: number, y: (value: number) => number): void {
  context.fillStyle = color("--lane1");
  context.globalAlpha = 0.25;
  context.beginPath();
  columns.forEach((column, i) => {
    if (column) {
      const a = y(column.high);
      const b = y(column.low);
      context.rect(left + i, Math.min(a, b), 1, Math.max(1, Math.abs(b - a)));
    }
  });
  context.fill();
  context.globalAlpha = 1;
}

function stroke({ context, color }: Pen, columns: readonly (Column | null)[], left: number, y: (value: number) => number): void {
  context.strokeStyle = color("--lane1");
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.beginPath();
  let open = false;
  let gap = 0;
  columns.forEach((column, i) => {
    if (!column) {
      gap += 1;
      return;
    }
    // Columns between two versions that are wider than a pixel are empty; a true hole is wider.
    context[open && gap < 24 ? "lineTo" : "moveTo"](left + i + 0.5, y(column.middle));
    open = true;
    gap = 0;
  });
  context.stroke();
}

function diamonds({ context, color }: Pen, { falls }: Course, dense: Dense, y: (value: number) => number): void {
  context.fillStyle = color("--worse");
  context.strokeStyle = color("--bg");
  context.lineWidth = 1;
  let last = Infinity;
  for (let i = falls.length - 1; i >= 0; i--) {
    const { at, value } = falls[i] as Course["falls"][number];
    const x = dense.x(at);
    if (last - x < APART) {
      continue;
    }
    last = x;
    const middle = y(value);
    context.beginPath();
    context.moveTo(x, middle - 4.5);
    context.lineTo(x + 4.5, middle);
    context.lineTo(x, middle + 4.5);
    context.lineTo(x - 4.5, middle);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

/** Labels hang from the top on stems; picked versions have a line of their own. */
function labels({ context, color, font }: Pen, { marks, picked, course: { from, to }, width }: DenseInput, dense: Dense, y: (value: number) => number): void {
  context.lineWidth = 1;
  context.strokeStyle = color("--jp-brand-color1");
  for (const at of picked.filter((place) => place >= from && place <= to)) {
    line(context, dense.x(at), TOP - 4, HEIGHT - BOTTOM + 4);
  }
  context.font = `500 11px ${font}`;
  context.textAlign = "center";
  let free = -Infinity;
  for (const { at, value, labels: names } of marks) {
    const [name] = [...names].sort((a, b) => Number(b === "production") - Number(a === "production"));
    if (name === undefined || at < from || at > to) {
      continue;
    }
    const x = dense.x(at);
    const wide = Math.ceil(textWidth(name.slice(0, 18), 11, 500)) + 12;
    const start = Math.max(2, Math.min(x - wide / 2, width - wide - 4));
    if (start < free) {
      continue;
    }
    free = start + wide + 4;
    const live = name === "production";
    context.strokeStyle = color("--ctl");
    line(context, x, AIR + 18, value === null ? HEIGHT - BOTTOM : y(value) - 2);
    context.beginPath();
    context.roundRect(start + 0.5, AIR + 0.5, wide, 17, 3);
    context.fillStyle = color(live ? "--t1" : "--bg");
    context.fill();
    if (!live) {
      context.stroke();
    }
    context.fillStyle = color(live ? "--bg" : "--t1");
    context.fillText(name.slice(0, 18), start + 0.5 + wide / 2, AIR + 13);
  }
}

function line(context: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  const middle = Math.round(x) + 0.5;
  context.beginPath();
  context.moveTo(middle, top);
  context.lineTo(middle, bottom);
  context.stroke();
}

/** The strip below: all versions, and the window that is shown above. */
export function drawStrip(stage: Stage, whole: Course, from: number, to: number, lower: boolean, width: number, left: number): void {
  const pen = stage(width, STRIP);
  if (!pen) {
    return;
  }
  const { context, color, ink } = pen;
  const total = whole.to - whole.from + 1;
  const count = columnsIn(width, left);
  const scale = scaleOfCourse(whole);
  const y = (value: number): number => {
    const up = (value - scale.low) / (scale.high - scale.low);
    return 2 + (STRIP - 8) * (lower ? up : 1 - up);
  };
  context.globalAlpha = 0.08;
  context.fillStyle = ink;
  context.fillRect(left, 1, count, STRIP - 4);
  context.globalAlpha = 0.75;
  stroke(pen, whole.columns, left, y);
  if (to - from + 1 < total) {
    const per = count / total;
    const wide = Math.max(3, (to - from + 1) * per);
    context.fillStyle = color("--lane1");
    context.globalAlpha = 0.18;
    context.fillRect(left + from * per, 1, wide, STRIP - 4);
    context.globalAlpha = 1;
    context.strokeStyle = color("--lane1");
    context.lineWidth = 1.5;
    context.strokeRect(left + from * per + 0.5, 1.5, Math.max(1, wide - 1), STRIP - 5);
  }
}
