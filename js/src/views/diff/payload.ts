/** What the payload of a diff must hold; apart, so that other widgets need not carry it. */

import { cellDiff, cut, fact, figure, metric, param, sectionTable, texts, version } from "../payload";
import { list, number, optional, recursive, shape, text } from "../shape";

const drift = shape({
  name: text,
  text,
  bars: list(number),
  steps: list(number),
  ticks: texts,
});

const dataRow = shape({ name: text, role: text, text, columns: list(drift), hidden: number });

const tree = recursive((self) =>
  shape({ name: text, path: text, size: number, rel: figure, tip: text, children: list(self) }),
);

const weightsModel = shape({ name: text, text, tree, structure: texts, largest: list(fact) });

const predictions = shape({ text, figures: list(fact), tables: list(sectionTable) });

const picture = shape({ version: text, number, mime: text, width: number, height: number, alt: text, data: optional(text) });

const grid = shape({ head: list(texts), rows: list(shape({ cells: texts, marks: list(number) })), labels: number });

const outputSide = shape({ name: text, text, picture: optional(picture), grid: optional(grid) });

const outputRow = shape({ title: text, kind: text, text, base: optional(outputSide), other: optional(outputSide) });

/** A diff. */
export const diff = shape({
  base: version,
  other: version,
  headline: list(metric),
  sentence: text,
  metrics: optional(shape({ basis: text, rows: list(metric), equal: texts })),
  predictions: optional(predictions),
  outputs: optional(shape({ text, command: text, rows: list(outputRow), equal: texts })),
  params: optional(shape({ rows: list(param), total: number })),
  data: optional(shape({ rows: list(dataRow), equal: texts })),
  code: optional(shape({ cells: list(cellDiff), total: number, git: text })),
  environment: optional(shape({ rows: list(param), text })),
  weights: optional(shape({ models: list(weightsModel) })),
  cut,
});
