import assert from "node:assert/strict";
import { test } from "node:test";
import type { Line } from "../../src/protocol/wire";
import { ago, absolute } from "../../src/views/atoms/times";
import { pairLines } from "../../src/views/diff/align";
import { courseOf } from "../../src/views/log/course";
import { layRail } from "../../src/views/log/rail";
import { scaleOf } from "../../src/views/log/scale";
import type { Node } from "../../src/views/log/model";

const NOW = new Date(2026, 10, 21, 12).getTime();
const HOUR = 3_600_000;

test("times are told as people tell them", () => {
  const told = [0, 130_000, 3 * HOUR, 24 * HOUR, 6 * 24 * HOUR, 8 * 24 * HOUR, 60 * 24 * HOUR, 400 * 24 * HOUR].map((gone) => ago(NOW - gone, NOW).replaceAll("\u00a0", " "));
  assert.deepEqual(told, ["just now", "2 min ago", "3 h ago", "yesterday", "6 days ago", "13 Nov", "22 Sep", "17 Oct 2025"]);
  const night = new Date(2026, 10, 21, 0, 30).getTime();
  const late = [1, 5, 7, 24].map((hours) => ago(night - hours * HOUR, night).replaceAll("\u00a0", " "));
  assert.deepEqual(late, ["1 h ago", "5 h ago", "yesterday", "yesterday"]);
  assert.match(absolute(NOW), /^21 Nov 2026, 12:00 UTC/);
});

test("a scale holds its values and about three round ticks", () => {
  const { low, high, ticks, label } = scaleOf([0.861, 0.8965]);
  assert.ok(low < 0.861 && high > 0.8965);
  assert.deepEqual(ticks.map(label), ["0.86", "0.88", "0.90"]);
  assert.deepEqual(scaleOf([-2000, 3000]).ticks.map(scaleOf([-2000, 3000]).label), ["\u22122,000", "0", "2,000"]);
  assert.ok(scaleOf([]).ticks.length > 0);
  assert.ok(scaleOf([5, 5]).high > 5);
});

const line = (kind: Line["kind"], text: string): Line => ({ kind, base: 1, other: 1, text, marks: [] });

test("a removed line stands beside the line it became", () => {
  const pairs = pairLines([line("removed", "df = concat(frames)"), line("removed", "return df.fillna(0)"), line("added", "df = concat(frames, join)"), line("added", "x = 400"), line("added", "return df.dropna()")]);
  assert.deepEqual(pairs.map(({ left, right }) => [left?.text, right?.text]), [
    ["df = concat(frames)", "df = concat(frames, join)"],
    [undefined, "x = 400"],
    ["return df.fillna(0)", "return df.dropna()"],
  ]);
});

test("pairing keeps every line once and in order", () => {
  const lines = Array.from({ length: 60 }, (_, i) => line((["removed", "added", "same"] as const)[(i * 7) % 5 % 3] ?? "same", `x${i % 9} = ${i % 4}`));
  const pairs = pairLines(lines);
  for (const [side, kinds] of [["left", ["removed", "same"]], ["right", ["added", "same"]]] as const) {
    assert.deepEqual(pairs.flatMap((pair) => pair[side] ?? []), lines.filter(({ kind }) => (kinds as readonly string[]).includes(kind)));
  }
});

function history(parents: number[][], lanes: number[]): Node[] {
  return parents.map((list, at) => ({ at, lane: lanes[at] ?? 0, parents: list, newest: at === parents.length - 1, point: { text: "", value: at, change: "", verdict: null }, row: { regressed: [], points: {}, model: "", version: {} as Node["row"]["version"] } }));
}

test("the rail forks and merges within one row", () => {
  // 0 ← 1 (side) ← 3 (merge of 2 and 1), 0 ← 2
  const rail = layRail(history([[], [0], [0], [2, 1]], [0, 1, 0, 0]));
  assert.deepEqual(rail.columns, [0, 0, 1, 0]);
  assert.deepEqual(rail.segments.map((row) => row.map(({ from, to }) => `${from}${to}`).sort()), [["00", "01"], ["00", "11"], ["00", "10"], []]);
});

test("each line of the rail begins where the one above it ended", () => {
  const parents = Array.from({ length: 300 }, (_, i) => (i === 0 ? [] : i % 5 === 0 && i > 7 ? [i - 1, i - 7] : [Math.max(0, i - 1 - (i % 3))]));
  const { segments, columns } = layRail(history(parents, parents.map((_, i) => i % 4)));
  segments.forEach((row, i) => {
    const above = new Set([...(segments[i - 1] ?? []).map(({ to }) => to), columns[i]]);
    assert.ok(row.every(({ from }) => above.has(from)), `row ${i}`);
  });
});

test("a pixel column keeps the least, the median and the greatest value", () => {
  const nodes = history(Array.from({ length: 9 }, () => []), []);
  assert.deepEqual(courseOf(nodes, 0, 8, 3).columns, [{ low: 0, middle: 1, high: 2 }, { low: 3, middle: 4, high: 5 }, { low: 6, middle: 7, high: 8 }]);
});
