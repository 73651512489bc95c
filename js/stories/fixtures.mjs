// One story told by every view: a churn model, nine versions, two branches.
const NOW = Date.now();
const DAY = 86_400_000;

const figure = (text, value = null) => ({ text, value });
const minus = (text) => text.replace(/-/g, "\u2212");
const f3 = (value) => (Math.round(value * 1000 + 1e-6) / 1000).toFixed(3);

export function version(number, message, author, days, more = {}) {
  return {
    id: id(number), name: `v${number}`,
    number, message, branch: "main", author, time_ms: NOW - days * DAY - 130_000, parents: [], labels: [], tags: [], ...more,
  };
}
const id = (number) => (0x3f9c1e0700 + number).toString(16);

const V = [
  [1, "Baseline: two layers, ten columns", "ana", 16, [], 0.861, null, ""],
  [2, "Focal loss, gamma 5", "ana", 15, [1], null, null, ""],
  [3, "Back to cross-entropy, dropout 0.2", "ana", 14, [2], 0.872, "better", "+1.1 pp"],
  [4, "Cosine schedule, learning rate 0.001", "ben", 11, [3], 0.884, "better", "+1.2 pp", { branch: "exp/cosine" }],
  [5, "Class weights 1 : 2.5", "ana", 9, [3], 0.879, "better", "+0.7 pp"],
  [6, "Merge exp/cosine (soup)", "ana", 6, [5, 4], 0.889, "better", "+1.0 pp", { labels: ["production"], tags: ["1.2.0"] }],
  [7, "Refresh training data to October", "ben", 2, [6], 0.8855, "worse", "-0.4 pp"],
  [8, "Label smoothing 0.05", "ben", 1, [4], 0.887, "same", "+0.3 pp", { branch: "exp/cosine", labels: ["canary"] }],
  [9, "Restore south rows, reweight by region", "ana", 0, [7], 0.8965, "better", "+1.1 pp", { labels: ["staging"] }],
].map(([n, message, author, days, parents, acc, verdict, change, more]) => ({
  version: version(n, message, author, days, { parents: parents.map(id), ...more }),
  points: {
    accuracy: { text: acc === null ? "NaN" : f3(acc), value: acc, change: minus(change), verdict },
    "log loss": { text: f3(1.2 - (acc ?? 0.85)), value: acc === null ? null : 1.2 - acc, change: "", verdict: null },
  },
  regressed: n === 7 ? ["recall, region=south \u221213.8\u00a0pp"] : [],
  model: "TabularNet",
}));
const at = (number) => V[number - 1].version;
const metric = (title, base, other, change, unit, verdict, effect, more = {}) => ({
  name: title.toLowerCase(), title, slice: "", split: "", base: figure(base, 0), other: figure(other, 0),
  change: minus(change), unit, verdict, word: { same: "no change", incomparable: "different test data" }[verdict] ?? verdict,
  why: "", tip: "", effect, ...more,
});
const column = (key, title, more = {}) => ({ key, title, kind: "metric", lower: false, numeric: true, ...more });

export const log = {
  view: "log", schema: 1, repository: "churn", head: id(9), rows: [...V].reverse(), total: 9, branches: ["main", "exp/cosine"],
  metrics: [column("accuracy", "Accuracy"), column("log loss", "Log loss", { lower: true })], metric: "accuracy", production: id(6),
};

const COMMIT_METRICS = [
  metric("Accuracy", "0.886", "0.897", "+1.1", "pp", "better", 0.4), metric("Recall", "0.714", "0.751", "+3.7", "pp", "better", 0.8),
  metric("Log loss", "0.277", "0.256", "-0.021", "", "better", 0.5), metric("Latency p95", "11.1 ms", "11.3 ms", "+0.2", "ms", "same", -0.05),
];
export const commit = {
  view: "commit", schema: 1, created: true, version: { ...at(9), labels: [] }, text: "", parent: at(7), alerts: [],
  comparisons: [
    { against: "parent", base: at(7), basis: "same test data · noise not tested", metrics: COMMIT_METRICS, worse: [] },
    { against: "production", base: at(6), basis: "same test data · noise not tested", worse: [], metrics: [metric("Accuracy", "0.889", "0.897", "+0.8", "pp", "better", 0.3), metric("Recall", "0.742", "0.751", "+0.9", "pp", "better", 0.3), metric("Log loss", "0.268", "0.256", "-0.012", "", "better", 0.3), metric("Latency p95", "12.4 ms", "11.3 ms", "-1.1", "ms", "better", 0.5)] },
  ],
  metrics: [], notes: [],
  facts: [["Model", "TabularNet, 118,402 weights"], ["Data", "2 sets"], ["Params", "14"], ["Code", "6 cells"], ["Environment", "84 packages"], ["Stored", "1.2 MB new of 4.6 MB, 0.38 s"]].map(([key, text]) => ({ key, text })),
};
const MET = [
  metric("Recall", "0.742", "0.714", "-2.8", "pp", "worse", -0.7), metric("Log loss", "0.268", "0.277", "+0.009", "", "worse", -0.35),
  metric("Latency p95", "12.4 ms", "11.1 ms", "-1.3", "ms", "better", 0.5), metric("Accuracy", "0.889", "0.886", "-0.4", "pp", "worse", -0.1),
  metric("ROC AUC", "0.921", "0.918", "", "", "incomparable", 0, { why: "the test data differ", split: "holdout" }), metric("Precision", "0.733", "0.734", "+0.1", "pp", "same", 0.02),
];
export const regressed = {
  ...commit, version: at(7), parent: at(6),
  alerts: [{ key: "Recall fell on region=south", text: "0.753 → 0.615, \u221213.8\u00a0pp" }],
  comparisons: [{ against: "parent", base: at(6), basis: "same test data · noise not tested", metrics: MET, worse: ["Recall"] }],
  facts: [["Data", "1 of 2 sets changed"], ["Params", "3 changed"], ["Code", "1 of 6 cells changed"], ["Stored", "1.3 MB new of 4.6 MB, 0.41 s"]].map(([key, text]) => ({ key, text })),
  notes: [{ kind: "secret", about: "api_key", text: "api_key looks like a secret and is left out." }],
};
export const first = { ...commit, version: at(1), parent: undefined, comparisons: [], metrics: COMMIT_METRICS.map((m) => ({ ...m, change: "", base: figure("") })) };
delete first.parent;
export const unchanged = { ...commit, created: false, version: at(9), text: "Weights, data, params, code and environment are the same. Checked in 0.09 s.", comparisons: [], facts: [], metrics: [] };

const line = (kind, base, other, text, marks = []) => ({ kind, base, other, text, marks });
const CELL = {
  title: "cell 4", lines: [
    ..."import pandas as pd|from churn import read, concat, REGIONS|||||".split("|").map((t, i) => line("same", i + 1, i + 1, t)),
    line("same", 8, 8, "def load(month):"), line("same", 9, 9, "    frames = [read(month, r) for r in REGIONS]"),
    line("removed", 10, 0, "    df = concat(frames)"), line("removed", 11, 0, "    return df.fillna(0)", [[14, 23]]),
    line("added", 0, 10, '    df = concat(frames, join="inner")', [[22, 36]]), line("added", 0, 11, "    df = df[df.last_contact_days < 400]"), line("added", 0, 12, "    return df.dropna()", [[14, 22]]),
  ],
};
const module = (name, size, rel, children = [], path = name) => ({ name, path, size, rel: figure(rel.toFixed(2), rel), tip: `${path}  ${rel.toFixed(2)}, ${size.toLocaleString("en")} weights`, children });
const under = (parent, rows) => rows.map(([name, size, rel]) => module(name, size, rel, [], `${parent}.${name}`));
const TREE = module("TabularNet", 118402, 0.119, [
  module("emb", 2496, 0.297, under("emb", [["region", 384, 0.412], ["plan", 512, 0.061], ["contract", 192, 0.055], ["device", 1408, 0.048]])),
  module("trunk", 107778, 0.084, under("trunk", [["0", 49664, 0.071], ["norm0", 512, 0.033], ["2", 49408, 0.092], ["norm2", 512, 0.029], ["4", 7682, 0.118]])),
  module("head", 8128, 0.143, under("head", [["0", 8064, 0.121], ["out", 64, 0.286]])),
]);
const drift = (name, text, steps, bars, ticks) => ({ name, text, steps, bars, ticks });
export const diff = {
  view: "diff", schema: 1, base: at(6), other: at(7), headline: [MET[0], MET[2], MET[3]],
  sentence: "3 metrics are worse on the same 8,000 test rows. Noise was not tested, so a small change may be chance.",
  metrics: { basis: "same test data · noise not tested; bars share one scale", rows: MET, equal: ["Size", "Train rows"] },
  params: { total: 14, rows: [["data.month", "2026-09", "2026-10"], ["lr", "0.001", "0.0008"], ["epochs", "30", "28"], ["clip", null, "1.0"]].map(([name, base, other]) => ({ name, scope: "", base, other })) },
  data: { equal: ["test"], rows: [{ name: "train", role: "train", text: "48,210 → 46,905 rows, schema equal", hidden: 17, columns: [
    drift("last_contact_days", "PSI 0.69, large · missing 0.4 % → 11.2 %", [3, 9, 16, 22, 18, 12, 9, 6, 4, 2], [4, 11, 18, 23, 16, 9, 5, 2, 0, 0], ["0", "150", "400"]),
    drift("region", "PSI 0.15, moderate", [18, 24, 21, 19, 18], [6, 28, 24, 22, 20], ["south", "west", "north", "east", "mid"]),
    drift("tenure_months", "PSI 0.06, small · median 19 → 23", [10, 14, 16, 15, 13, 11, 9, 6, 4, 2], [6, 10, 14, 16, 15, 13, 11, 8, 5, 2], ["0", "30", "60"]),
  ] }] },
  code: { total: 6, git: "", cells: [CELL] },
  environment: { text: "2 of 84 packages differ", rows: [["scikit-learn", "1.7.1", "1.8.0"], ["torch", "2.13.0", null]].map(([name, base, other]) => ({ name, scope: "package", base, other })) },
  weights: { models: [{ name: "model", text: "relative change |Δ| / |v6| by module; all 11 tensors differ", tree: TREE, structure: [], largest: [{ key: "emb.region", text: "0.41" }, { key: "head.out", text: "0.29" }] }] },
};

const LB = [[9, 0.8965, "+0.8 pp", "better", 0.751, 0.256, 11.3], [6, 0.889, "", null, 0.742, 0.268, 12.4], [8, 0.887, "-0.2 pp", "worse", 0.735, 0.266, 12.3], [7, 0.8855, "-0.4 pp", "worse", 0.714, 0.277, 11.1], [4, 0.884, "-0.5 pp", "worse", 0.728, 0.279, 12.1], [5, 0.879, "-1.0 pp", "worse", 0.748, 0.291, 11.2], [3, 0.872, "-1.7 pp", "worse", 0.702, 0.304, 11.2], [1, 0.861, "-2.8 pp", "worse", 0.684, 0.331, 11.0]];
export const leaderboard = {
  view: "leaderboard", schema: 1, by: column("accuracy", "Accuracy"), total: 9, baseline: "production",
  columns: [column("recall", "Recall"), column("loss", "Log loss", { lower: true }), column("latency", "Latency p95", { lower: true })],
  rows: LB.map(([n, acc, change, verdict, recall, loss, latency], i) => ({ rank: i + 1, version: at(n), bar: (acc - 0.85) / 0.05, change: minus(change), verdict, baseline: n === 6, cells: { accuracy: figure(f3(acc), acc), recall: figure(f3(recall), recall), loss: figure(f3(loss), loss), latency: figure(`${latency.toFixed(1)} ms`, latency) } })),
  unranked: [{ version: at(2), reason: "accuracy is NaN since epoch 4, the loss overflowed." }],
};
export const table = {
  view: "table", schema: 1, title: "Branches", total: 2, empty: "", command: "",
  columns: [column("b", "Branch", { kind: "text", numeric: false }), column("v", "Newest", { kind: "version", numeric: false }), column("n", "Versions", { kind: "metric" }), column("t", "When", { kind: "time", numeric: false }), column("l", "Labels", { kind: "text", numeric: false })],
  rows: [
    [{ text: "main", kind: "branch" }, { text: "v9", kind: "version", value: 9 }, { text: "7", value: 7 }, { text: "2 min ago", kind: "time", value: NOW - 130_000 }, { text: "staging", kind: "label" }],
    [{ text: "exp/cosine", kind: "branch" }, { text: "v8", kind: "version", value: 8 }, { text: "2", value: 2 }, { text: "yesterday", kind: "time", value: NOW - DAY }, { text: "canary", kind: "label" }],
  ],
};
export const empty = { ...table, title: "Tags", rows: [], total: 0, empty: "No tags here yet. Name a version that you want to find again:", command: "%mvt tag 1.0.0 v9" };
export const notice = { view: "notice", schema: 1, kind: "done", title: "production is now v9.", text: "It was v6. You can undo this.", command: "%mvt undo" };
export const warning = { view: "notice", schema: 1, kind: "warning", title: "The notebook runs v7, main is at v9.", text: "What you commit now continues v7.", command: "" };
export const status = {
  view: "status", schema: 1, title: "3 things changed since v9", branch: "main", text: "the next version would be v10", command: '%mvt commit model -m "what changed"',
  rows: [["changed", "Model", "model: 9 of 11 tensors changed", "1.3 MB new"], ["changed", "Code", "cells 4 and 7 edited", ""], ["changed", "Params", "lr 0.0008 → 0.0005", ""], ["equal", "Data", "train, test", ""], ["equal", "Environment", "84 packages", ""]].map(([badge, part, text, size]) => ({ badge, part, text, size })),
  notes: [{ kind: "order", about: "", text: "Cell 7 ran before the last edit of cell 4." }, { kind: "secret", about: "api_key", text: "api_key looks like a secret and is left out." }, { kind: "not-kept", about: "df_raw", text: "df_raw (1.2 GB) is not kept: above the limit of 256 MB." }],
};
export const everything = { view: "version", schema: 1, version: at(6), parents: [at(5), at(4)], facts: commit.facts, metrics: first.metrics, params: diff.params.rows.map((row) => ({ ...row, base: null, other: row.other })), notes: [], cells: [{ title: "cell 4", lines: CELL.lines.filter((l) => l.kind !== "removed").map((l) => ({ ...l, kind: "same", base: l.other, marks: [] })) }] };
export const newer = { view: "log", schema: 2 };
export const malformed = { ...log, rows: [{ version: { id: 3 } }] };
export const nolog = { ...log, rows: [], total: 0, branches: [], metrics: [], metric: "", production: "" };
export const cut = { ...log, rows: log.rows.slice(0, 3), total: 10_000, cut: "Saved output: the newest 3 of 10,000 versions. Run the cell again for all of them." };

export function huge(count) {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const rows = Array.from({ length: count }, (_, i) => {
    const acc = 0.775 + 0.12 * (1 - Math.exp((-3 * i) / count)) + 0.004 * Math.sin((i / count) * 22) - 0.02 * random() ** 2;
    const side = i % 97 > 60 && i % 97 < 90;
    const parent = i === 0 ? [] : i % 97 === 61 || side ? [i] : i % 97 === 90 ? [i - 29, i] : [i];
    return { version: version(i + 1, `Run ${i + 1}`, "ana", (count - i) / 24, { parents: parent.filter((p) => p > 0).map(id), branch: side ? `exp/${Math.floor(i / 97) % 37}` : "main" }), points: { accuracy: { text: f3(acc), value: acc, change: "+0.1 pp", verdict: "better" } }, regressed: i % 713 === 700 ? ["recall fell"] : [], model: "Net" };
  });
  return { ...log, repository: "ranker", rows: rows.reverse(), total: count, branches: ["main", ...Array.from({ length: 37 }, (_, i) => `exp/${i}`)], metrics: [log.metrics[0]], production: id(Math.floor(count * 0.9)) };
}

export function wide(count, columns) {
  const keys = Array.from({ length: columns }, (_, j) => `m${j}`);
  return { ...leaderboard, total: count, unranked: [], columns: keys.slice(1).map((key) => column(key, key)), by: column("m0", "Metric 0"),
    rows: Array.from({ length: count }, (_, i) => ({ rank: i + 1, version: version(i + 1, `Run ${i}`, "ana", 1), bar: 1 - i / count, change: "+0.1 pp", verdict: "better", baseline: i === 3, cells: Object.fromEntries(keys.map((key, j) => [key, figure(f3(((i * 7919 + j * 31) % 1000) / 1000), ((i * 7919 + j * 31) % 1000) / 1000)])) })) };
}

const size = (text, value) => figure(text, value);
const tile = (name, kb, kind = "version", more = "") => ({ name, text: more, kind, freed: kind === "free", size: size(kb >= 1000 ? `${(kb / 1000).toFixed(1)} MB` : `${kb} kB`, kb * 1000) });
export const storage = {
  view: "treemap", schema: 1, title: "18.4 MB on disk, 39.2 MB as full copies, 1.0 MB of it in the trash; gc frees 2.6 MB", total: 11, text: "Nothing labelled, and no ancestor of it, is ever freed.", command: "%mvt gc --dry-run", empty: "",
  figures: [["18.4 MB", "on disk"], ["1.0 MB", "of it in the trash"], ["39.2 MB", "if all were full copies"], ["2.6 MB", "would be freed"]].map(([text, key]) => ({ key, text })),
  items: [tile("shared", 3500, "shared", "used by several versions, and metadata"), tile("not needed", 2610, "free", "no version needs it"), tile("v1", 2080), tile("v6", 1500, "version", "Merge exp/cosine (soup)"), tile("v7", 1310), tile("v8", 1240), tile("v9", 1180), tile("in the trash", 1020, "free", "until undo ends"), tile("v2", 900), tile("v4", 900), tile("v5", 830), tile("v3", 820), tile("v10", 310), tile("v11", 140), tile("v12\u2013v40", 90)],
  columns: [column("n", "Name", { kind: "text", numeric: false }), column("s", "Size"), column("o", "Its own"), column("m", "Message", { kind: "text", numeric: false })],
  rows: [["main", "branch", "15.1 MB", 15.1, "9.2 MB", 9.2, ""], ["v9", "version", "4.6 MB", 4.6, "1.2 MB", 1.2, "Restore south rows"], ["v8", "version", "4.6 MB", 4.6, "1.2 MB", 1.2, "Label smoothing"]].map(([name, kind, a, x, b, y, m]) => [{ text: name, kind }, { text: a, value: x }, { text: b, value: y }, { text: m, kind: "quiet" }]),
};
export const nostorage = { ...storage, figures: [["0 B", "on disk"], ["0 B", "if all were full copies"], ["0 B", "would be freed"]].map(([text, key]) => ({ key, text })), items: [], rows: [], total: 0, command: "" };
export const one = { ...log, rows: log.rows.slice(-1), total: 1, branches: ["main"], production: "" };
export const nometrics = { ...diff, headline: [], sentence: "", metrics: undefined };
delete nometrics.metrics;
export const trails = { ...leaderboard, rows: leaderboard.rows.map((row, i) => ({ ...row, trail: [0.861, null, 0.872, 0.884, 0.879, 0.889, 0.8855, 0.887].slice(0, 8 - (i % 4)).concat([row.cells.accuracy.value]) })) };

/** A host that answers as Python does, after `wait` ms: `count` versions that exist only as numbers. */
export function remote(count, wait = 15) {
  const value = (i) => 0.775 + 0.12 * (1 - Math.exp((-3 * i) / count)) + 0.004 * Math.sin((i / count) * 22) + 0.006 * (((i * 7919) % 997) / 997 - 0.5);
  const row = (i) => ({ version: version(i + 1, `Run ${i + 1}`, "ana", (count - i) / 240, { parents: i ? [id(i)] : [] }), points: { accuracy: { text: f3(value(i)), value: value(i), change: "+0.1 pp", verdict: i % 713 === 700 ? "worse" : "better" } }, regressed: i % 7130 === 700 ? ["recall fell"] : [], model: "Net" });
  const page = (start, stop) => { const rows = []; for (let k = start; k < Math.min(stop, count); k++) rows.push(row(count - 1 - k)); return { start, rows, parents: rows.map((_, k) => (start + k + 1 < count ? [start + k + 1] : [])), columns: rows.map(() => 0), segments: rows.map((_, k) => (start + k + 1 < count ? [[0, 0, 0]] : [])) }; };
  const course = (first, last, n) => { const per = (last - first + 1) / n; const low = [], middle = [], high = []; for (let c = 0; c < n; c++) { const v = value(first + c * per); low.push(v - 0.005); middle.push(v); high.push(v + 0.005); } const falls = []; for (let i = first; i <= last && falls.length < 40; i++) if (i % 7130 === 700) falls.push([i, value(i) - 0.02]); return { first, last, low, middle, high, falls }; };
  const timeline = { total: count, course: course(0, count - 1, 1000), marks: [{ at: Math.floor(count * 0.9), value: value(count * 0.9), labels: ["production"] }], page: page(0, 100) };
  const payload = { ...log, repository: "ranker", rows: timeline.page.rows, total: count, branches: ["main"], metrics: [log.metrics[0]], production: "", timeline };
  const answer = (q) => (q.what === "rows" ? page(q.start, q.stop) : q.what === "course" ? course(q.first, q.last, q.count) : timeline);
  return { payload, host: { ask: (q) => new Promise((done) => setTimeout(() => done(answer(q)), wait)), selected: () => [], onSelect: () => undefined } };
}

/** The same for a leaderboard of `count` rows and `wide` columns. */
export function remoteBoard(count, wide, wait = 15) {
  const keys = Array.from({ length: wide - 1 }, (_, j) => `m:m${j}`);
  const cell = (i, j) => { const v = ((i * 7919 + j * 31) % 1000) / 1000; return figure(f3(v), v); };
  const row = (i, asked) => ({ rank: i + 1, version: version(i + 1, `Run ${i}`, "ana", 1), bar: 1 - i / count, change: "+0.1 pp", verdict: "better", baseline: i === 3, trail: [0.1, 0.3, 0.2, 0.5, 0.6].map((x) => x + (i % 5) / 10), cells: { m0: cell(i, 0), ...Object.fromEntries(asked.map((key) => [key, cell(i, Number(key.slice(3)))])) } });
  const rows = (start, stop, asked) => Array.from({ length: Math.max(0, Math.min(stop, count) - start) }, (_, k) => row(start + k, asked));
  const payload = { ...leaderboard, total: count, unranked: [], live: true, by: column("m0", "Metric 0"), columns: keys.map((key) => column(key, `Metric ${key.slice(3)}`)), rows: rows(0, 60, keys.slice(0, 24)) };
  const answer = (q) => ({ start: q.start, total: count, keys: q.keys, rows: rows(q.start, q.stop, q.keys) });
  return { payload, host: { ask: (q) => new Promise((done) => setTimeout(() => done(answer(q)), wait)), selected: () => [], onSelect: () => undefined } };
}
