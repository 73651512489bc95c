// Made from jupyter_mvt/views/wire_parts.py, not to be edited:
//   python -m jupyter_mvt.views.typescript parts > js/src/protocol/parts.ts
/**
 * One cell of a plain table; `version` and `label` are drawn as such.
 */
export interface Cell {
  text: string;
  value?: number | null;
  kind?: "version" | "label" | "tag" | "branch" | "time" | "code" | "quiet";
}
/**
 * One cell; `title`: ``cell 4``, ``cell 7, only in v9``.
 */
export interface CellDiff {
  title: string;
  lines: Line[];
}
/**
 * Cells that differ, of `total`.
 */
export interface CodeSection {
  cells: CellDiff[];
  total: number;
  git: string;
}
/**
 * A column of a table or a metric to choose; `lower` means that lower is better.
 */
export interface Column {
  key: string;
  title: string;
  kind: "metric" | "param" | "text" | "version" | "time" | "bytes";
  lower: boolean;
  numeric: boolean;
}
/**
 * One column. `bars` are shares of the other side in bins, `steps` those of the base.
 */
export interface ColumnDrift {
  name: string;
  text: string;
  bars: number[];
  steps: number[];
  ticks: string[];
}
/**
 * Curves of one quantity: ``loss`` and ``val_loss``.
 */
export interface CurveChart {
  title: string;
  lines: CurveLine[];
}
/**
 * A curve as columns: `steps`, and the median of each; its ends where it holds several points.
 *
 * ``None`` where no value is finite. `last` is the value at the last step, `text` tells more.
 */
export interface CurveLine {
  name: string;
  last: Figure;
  text: string;
  steps: number[];
  low: (number | null)[];
  middle: (number | null)[];
  high: (number | null)[];
}
/**
 * One dataset and its columns that differ.
 */
export interface DataRow {
  name: string;
  role: string;
  text: string;
  columns: ColumnDrift[];
  hidden: number;
}
/**
 * Datasets that differ; `equal` names the others.
 */
export interface DataSection {
  rows: DataRow[];
  equal: string[];
}
/**
 * Facts and packages that differ.
 */
export interface EnvironmentSection {
  rows: ParamRow[];
  text: string;
}
/**
 * ``Model`` — ``RandomForestClassifier, 118,402 weights``.
 */
export interface Fact {
  key: string;
  text: string;
}
/**
 * A number as text, and the number to sort or plot by (``None`` if not finite or absent).
 */
export interface Figure {
  text: string;
  value: number | null;
}
/**
 * A table: rows of titles, other rows, and how many columns at the left are labels.
 */
export interface Grid {
  head: string[][];
  rows: GridRow[];
  labels: number;
}
/**
 * A row of a table: its cells, and which of them differ, counted from 0.
 */
export interface GridRow {
  cells: string[];
  marks: number[];
}
/**
 * One line of code; `marks` are [start, end) character spans that changed within it.
 */
export interface Line {
  kind: "same" | "removed" | "added";
  base: number;
  other: number;
  text: string;
  marks: number[][];
}
/**
 * One version of the log with its metrics by key. `thin`: its models were dropped.
 */
export interface LogRow {
  version: Version;
  points: Record<string, Point>;
  regressed: string[];
  model: string;
  remarks?: number;
  thin?: boolean;
}
/**
 * One metric on two sides. `title` is for people, `unit` goes with `change` ("pp", "ms").
 *
 * `effect` is the signed size of the change on a scale shared by the rows, −1 … 1, positive is
 * better (0 when unknown). `why` explains ``incomparable``; `tip` is a sentence for a tooltip.
 * `interval` is how far its 95 % interval reaches, in the unit of the change: ``± 2.8``.
 */
export interface Metric {
  name: string;
  title: string;
  slice: string;
  split: string;
  base: Figure;
  other: Figure;
  change: string;
  unit: string;
  verdict: Verdict;
  word: string;
  why: string;
  tip: string;
  effect: number;
  interval?: string;
}
/**
 * `basis`: on what data, and that noise was not tested.
 */
export interface MetricsSection {
  basis: string;
  rows: Metric[];
  equal: string[];
}
/**
 * A node of the module tree: `rel` relative change, `size` elements, leaf when no children.
 */
export interface Module {
  name: string;
  path: string;
  size: number;
  rel: Figure;
  tip: string;
  children: Module[];
}
/**
 * A capture note.
 */
export interface NoteRow {
  kind: string;
  about: string;
  text: string;
}
/**
 * A figure or table that differs. `edits` tells cells of a table: ``b, a 2.5 → 2.75``.
 */
export interface OutputRow {
  title: string;
  kind: "figure" | "table";
  text: string;
  edits: string[];
  base?: OutputSide;
  other?: OutputSide;
}
/**
 * One side of an output: a figure or a table. `name` is the version.
 */
export interface OutputSide {
  name: string;
  text: string;
  picture?: Picture;
  grid?: Grid;
}
/**
 * What cells showed and differs; `equal` names what does not. `command` shows it live.
 */
export interface OutputsSection {
  text: string;
  command: string;
  rows: OutputRow[];
  equal: string[];
}
/**
 * One hyperparameter on both sides; an absent side is ``None``.
 */
export interface ParamRow {
  name: string;
  scope: string;
  base: string | null;
  other: string | null;
}
/**
 * Params that differ, of `total`.
 */
export interface ParamsSection {
  rows: ParamRow[];
  total: number;
}
/**
 * A figure, ``640 × 480 PNG, 24.1 kB`` in `OutputSide.text`; 0 pixels where not known.
 *
 * `data` is its bytes in base64, `reduced` tells that they are a smaller copy. Without, a live
 * view asks for output `number` of `version`.
 */
export interface Picture {
  version: string;
  number: number;
  mime: string;
  width: number;
  height: number;
  alt: string;
  data?: string;
  reduced?: boolean;
}
/**
 * A metric's value at one version, with the change against the first parent.
 *
 * `exact` has the digits of a whole number that a JavaScript number would round.
 */
export interface Point {
  text: string;
  value: number | null;
  exact?: string;
  change: string;
  verdict: Verdict | null;
}
/**
 * What both sides predict for the same rows; `figures` in the order of reading.
 */
export interface PredictionsSection {
  text: string;
  figures: Fact[];
  tables: SectionTable[];
}
/**
 * How far long work is: ``Packing``, 0.35, ``1.2 GB of 3.4 GB, 90 MB/s, 24 s left``.
 */
export interface Progress {
  what: string;
  share: number;
  text: string;
}
/**
 * One ranked version. `bar` is 0 … 1 of the shown range; `change` against the baseline.
 *
 * `trail` is the ranking metric of its own ancestors, oldest first, and of itself.
 */
export interface RankRow {
  rank: number;
  version: Version;
  cells: Record<string, Figure>;
  bar: number;
  change: string;
  verdict: Verdict | null;
  baseline: boolean;
  trail?: (number | null)[];
}
/**
 * What somebody wrote about a version after it was made.
 */
export interface RemarkRow {
  author: string;
  time_ms: number;
  text: string;
}
/**
 * A table within a section.
 */
export interface SectionTable {
  title: string;
  columns: Column[];
  rows: Cell[][];
}
export type Verdict = "better" | "worse" | "same" | "changed" | "inconclusive" | "incomparable";
/**
 * A version as named to a person: `name` is ``v9``, `id` and `parents` are ten digits.
 */
export interface Version {
  id: string;
  name: string;
  number: number;
  message: string;
  branch: string;
  author: string;
  time_ms: number;
  parents: string[];
  labels: string[];
  tags: string[];
}
/**
 * One model's weights. `text`: ``9 of 11 tensors differ``.
 */
export interface WeightsModel {
  name: string;
  text: string;
  tree: Module;
  structure: string[];
  largest: Fact[];
}
/**
 * Models whose weights or structure differ.
 */
export interface WeightsSection {
  models: WeightsModel[];
}
