/** What each view's payload must hold: the contract of protocol/wire.ts, checked at run time. */

import { flag, list, nullable, number, optional, record, shape, text } from "./shape";

export const texts = list(text);
export const figure = shape({ text, value: nullable(number) });
export const fact = shape({ key: text, text });
const note = shape({ kind: text, about: text, text });
export const param = shape({ name: text, scope: text, base: nullable(text), other: nullable(text) });
export const column = shape({ key: text, title: text, kind: text, lower: flag, numeric: flag });

export const version = shape({
  id: text,
  name: text,
  number,
  message: text,
  branch: text,
  author: text,
  time_ms: number,
  parents: texts,
  labels: texts,
  tags: texts,
});

export const metric = shape({
  name: text,
  title: text,
  slice: text,
  split: text,
  base: figure,
  other: figure,
  change: text,
  unit: text,
  verdict: text,
  word: text,
  why: text,
  tip: text,
  effect: number,
  interval: optional(text),
});

export const cellDiff = shape({
  title: text,
  lines: list(
    shape({ kind: text, base: number, other: number, text, marks: list(list(number)) }),
  ),
});

const comparison = shape({
  against: text,
  base: version,
  basis: text,
  metrics: list(metric),
  worse: texts,
});

const point = shape({
  text,
  value: nullable(number),
  exact: optional(text),
  change: text,
  verdict: nullable(text),
});

const rank = shape({
  rank: number,
  version,
  cells: record(figure),
  bar: number,
  change: text,
  verdict: nullable(text),
  baseline: flag,
  trail: optional(list(nullable(number))),
});

export const cut = optional(text);

/** A commit card. */
export const commit = shape({
  created: flag,
  version,
  text,
  parent: optional(version),
  alerts: list(fact),
  comparisons: list(comparison),
  metrics: list(metric),
  facts: list(fact),
  notes: list(note),
  cut,
});

const remark = shape({ author: text, time_ms: number, text });

/** Log and timeline. */
export const log = shape({
  repository: text,
  head: text,
  rows: list(shape({ version, points: record(point), regressed: texts, model: text, thin: optional(flag) })),
  total: number,
  branches: texts,
  metrics: list(column),
  metric: text,
  production: text,
  cut,
});

export const cells = list(list(shape({ text, value: optional(nullable(number)), kind: optional(text) })));
export const sectionTable = shape({ title: text, columns: list(column), rows: cells });

/** A leaderboard. */
export const leaderboard = shape({
  by: column,
  columns: list(column),
  rows: list(rank),
  unranked: list(shape({ version, reason: text })),
  total: number,
  baseline: text,
  cut,
});

/** What is stored. */
export const treemap = shape({
  title: text,
  figures: list(fact),
  items: list(shape({ name: text, text, size: figure, kind: text, freed: flag })),
  columns: list(column),
  rows: cells,
  total: number,
  text,
  command: text,
  cut,
});

const finite = list(nullable(number));
const course = shape({ name: text, last: figure, text, steps: list(number), low: finite, middle: finite, high: finite });

/** What was logged step by step. */
export const curves = shape({
  title: text,
  counted: text,
  items: list(shape({ title: text, lines: list(course) })),
  columns: list(column),
  rows: cells,
  total: number,
  empty: text,
  command: text,
  cut,
});

/** Any list. */
export const table = shape({
  title: text,
  columns: list(column),
  rows: cells,
  total: number,
  empty: text,
  command: text,
  cut,
});

/** One thing that happened. */
export const notice = shape({ kind: text, title: text, text, command: text });

/** What would be committed. */
export const status = shape({
  title: text,
  branch: text,
  text,
  rows: list(shape({ badge: text, part: text, text, size: text })),
  notes: list(note),
  command: text,
  cut,
});

const evaluated = shape({ title: text, time_ms: number, columns: list(column), rows: cells });

/** Everything about one version. */
export const everything = shape({
  version,
  parents: list(version),
  facts: list(fact),
  metrics: list(metric),
  params: list(param),
  notes: list(note),
  cells: list(cellDiff),
  outputs: optional(sectionTable),
  evaluations: optional(list(evaluated)),
  remarks: optional(list(remark)),
  cut,
});
