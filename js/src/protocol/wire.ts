// Made from jupyter_mvt/views/wire.py, not to be edited:
//   python -m jupyter_mvt.views.typescript > js/src/protocol/wire.ts
import type {
  Cell,
  CellDiff,
  CodeSection,
  Column,
  CurveChart,
  DataSection,
  EnvironmentSection,
  Fact,
  Figure,
  LogRow,
  Metric,
  MetricsSection,
  NoteRow,
  OutputsSection,
  ParamRow,
  ParamsSection,
  PredictionsSection,
  RankRow,
  RemarkRow,
  SectionTable,
  Version,
  WeightsSection,
} from "./parts";

export type * from "./parts";

/**
 * Ranked versions from `start` on in the order asked for, with the cells of some columns.
 *
 * `keys` are those columns; `total` counts the versions that the filter leaves.
 */
export interface BoardPage {
  start: number;
  total: number;
  keys: string[];
  rows: RankRow[];
}
/**
 * Commit card. Not `created`: nothing had changed since `version`, `text` says so.
 *
 * `metrics` are the version's own values (`other`), with an empty `base`.
 */
export interface CommitView {
  view: "commit";
  schema: number;
  created: boolean;
  version: Version;
  text: string;
  parent?: Version;
  alerts: Fact[];
  comparisons: Comparison[];
  metrics: Metric[];
  facts: Fact[];
  notes: NoteRow[];
  cut?: string;
}
/**
 * A new version against another. `basis`: ``same test data · noise not tested``.
 */
export interface Comparison {
  against: "parent" | "started from" | "production";
  base: Version;
  basis: string;
  metrics: Metric[];
  worse: string[];
}
/**
 * One metric over the places [first, last], oldest first; `falls` are [place, value].
 *
 * Each column has its least, median and greatest value, or ``None`` where nothing is scored.
 */
export interface Course {
  first: number;
  last: number;
  low: (number | null)[];
  middle: (number | null)[];
  high: (number | null)[];
  falls: number[][];
}
/**
 * What was logged step by step. `rows` are the same curves as a table, of all of them.
 */
export interface CurvesView {
  view: "curves";
  schema: number;
  title: string;
  counted: string;
  items: CurveChart[];
  columns: Column[];
  rows: Cell[][];
  total: number;
  empty: string;
  command: string;
  cut?: string;
}
/**
 * A diff. Equal aspects are absent. `headline` holds at most three metrics.
 *
 * `measured` counts the metrics of both sides where none of them differs.
 */
export interface DiffView {
  view: "diff";
  schema: number;
  base: Version;
  other: Version;
  headline: Metric[];
  sentence: string;
  measured?: number;
  metrics?: MetricsSection;
  predictions?: PredictionsSection;
  outputs?: OutputsSection;
  params?: ParamsSection;
  data?: DataSection;
  code?: CodeSection;
  environment?: EnvironmentSection;
  weights?: WeightsSection;
  cut?: string;
}
/**
 * One evaluation of a version: a row a metric and slice, then the times.
 */
export interface Evaluated {
  title: string;
  time_ms: number;
  columns: Column[];
  rows: Cell[][];
}
/**
 * A label chip.
 */
export interface Label {
  name: string;
}
/**
 * `by` is the ranking column, not among `columns`; `baseline` names a version (``v6``).
 *
 * `live` tells a widget, which fetches rows and columns where they are looked at.
 */
export interface LeaderboardView {
  view: "leaderboard";
  schema: number;
  by: Column;
  columns: Column[];
  rows: RankRow[];
  unranked: Unranked[];
  total: number;
  baseline: string;
  live?: boolean;
  cut?: string;
}
/**
 * Log and timeline, newest first. `metrics` are the choices, `metric` the key of the first.
 *
 * `production` names the version with that label (``v6``), or nothing. `timeline` is there in a
 * live widget only, which fetches what `rows` leave out.
 */
export interface LogView {
  view: "log";
  schema: number;
  repository: string;
  head: string;
  rows: LogRow[];
  total: number;
  branches: string[];
  metrics: Column[];
  metric: string;
  production: string;
  timeline?: TimelineView;
  cut?: string;
}
/**
 * One thing that happened: ``production is now v9.`` `command` can be pasted.
 */
export interface NoticeView {
  view: "notice";
  schema: number;
  kind: "done" | "info" | "warning";
  title: string;
  text: string;
  command: string;
}
/**
 * Any view as compact JSON in one text, because notebooks indent what is not text.
 */
export interface Packed {
  view: string;
  schema: number;
  packed: string;
}
export type Payload =
  | CommitView
  | LogView
  | DiffView
  | LeaderboardView
  | TableView
  | NoticeView
  | StatusView
  | TreemapView
  | CurvesView
  | VersionView;
/**
 * One part of what would be committed.
 */
export interface StatusPart {
  badge: "added" | "changed" | "removed" | "equal";
  part: string;
  text: string;
  size: string;
}
/**
 * What would be committed.
 */
export interface StatusView {
  view: "status";
  schema: number;
  title: string;
  branch: string;
  text: string;
  rows: StatusPart[];
  notes: NoteRow[];
  command: string;
  cut?: string;
}
/**
 * Any other list: branches, tags, labels, operations, query results.
 *
 * `counted` stands beside the title: ``"4 moves"``; without it, how many rows there are.
 */
export interface TableView {
  view: "table";
  schema: number;
  title: string;
  columns: Column[];
  rows: Cell[][];
  total: number;
  empty: string;
  command: string;
  cut?: string;
  counted?: string;
}
/**
 * A labelled version's place, counted from the oldest.
 */
export interface TimelineMark {
  at: number;
  value: number | null;
  labels: string[];
}
/**
 * Versions from `start` on, newest first, with their part of the graph.
 *
 * `parents` are places counted from the newest, `segments` are [from, to, lane].
 */
export interface TimelinePage {
  start: number;
  rows: LogRow[];
  parents: number[][];
  columns: number[];
  segments: number[][][];
}
/**
 * How a live timeline begins: all of it coarsely, its newest versions in full.
 */
export interface TimelineView {
  total: number;
  course: Course;
  marks: TimelineMark[];
  page: TimelinePage;
}
/**
 * One part of the storage; `text` tells more of it. `freed`: no version needs it.
 */
export interface TreeItem {
  name: string;
  text: string;
  size: Figure;
  kind: "version" | "shared" | "free";
  freed: boolean;
}
/**
 * What a repository takes on disk. `figures` are its sums, `rows` the same as a table.
 */
export interface TreemapView {
  view: "treemap";
  schema: number;
  title: string;
  figures: Fact[];
  items: TreeItem[];
  columns: Column[];
  rows: Cell[][];
  total: number;
  empty: string;
  text: string;
  command: string;
  cut?: string;
}
/**
 * A version that cannot be ranked, and why.
 */
export interface Unranked {
  version: Version;
  reason: string;
}
/**
 * Everything about one version.
 */
export interface VersionView {
  view: "version";
  schema: number;
  version: Version;
  parents: Version[];
  facts: Fact[];
  metrics: Metric[];
  params: ParamRow[];
  notes: NoteRow[];
  cells: CellDiff[];
  outputs?: SectionTable;
  evaluations?: Evaluated[];
  remarks?: RemarkRow[];
  cut?: string;
}
