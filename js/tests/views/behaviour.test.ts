import assert from "node:assert/strict";
import { test } from "node:test";
import { one, page, place, press, texts } from "./page";
import { render, type ViewEvent } from "../../src/views/index";
import * as fixtures from "../../stories/fixtures.mjs";

function draw(payload: unknown, acting = false): { element: HTMLElement; events: ViewEvent[] } {
  const element = place();
  const events: ViewEvent[] = [];
  render(element, payload, (event) => {
    events.push(event);
    return acting;
  });
  return { element, events };
}

test("the worst metrics of a commit come first, the rest is folded", () => {
  const { element } = draw(fixtures.regressed);
  assert.deepEqual(texts(element, ".tiles:not([data-fold]) .k"), ["Recall", "Log loss", "Accuracy", "Latency p95"]);
  const folded = one(element, ".tiles[data-fold]");
  assert.equal(folded.hidden, true);
  const toggle = one(element, ".more button");
  assert.equal(toggle.getAttribute("aria-expanded"), "false");
  toggle.click();
  assert.equal(folded.hidden, false);
  assert.deepEqual(texts(folded, ".k"), ["ROC AUC, holdout", "Precision"]);
});

test("a leaderboard sorts by any column, best first, and back", () => {
  const { element } = draw(fixtures.leaderboard);
  const names = (): string[] => texts(element, "tbody .v");
  const loss = (): HTMLButtonElement | undefined => Array.from(element.querySelectorAll<HTMLButtonElement>("thead .srt")).find((b) => b.textContent === "Log loss");
  assert.deepEqual(names().slice(0, 3), ["v9", "v6", "v8"]);
  loss()?.click();
  assert.deepEqual(names().slice(0, 3), ["v9", "v8", "v6"]);
  assert.equal(loss()?.closest("th")?.getAttribute("aria-sort"), "ascending");
  assert.equal(element.querySelectorAll("[aria-sort]").length, 1);
  loss()?.click();
  assert.deepEqual(names().slice(0, 2), ["v1", "v3"]);
});

test("figures that are absent sort last in both directions", () => {
  const payload = structuredClone(fixtures.leaderboard) as { rows: { cells: Record<string, { text: string; value: number | null }> }[] };
  (payload.rows[0] as (typeof payload.rows)[0]).cells.recall = { text: "NaN", value: null };
  const { element } = draw(payload);
  for (let i = 0; i < 2; i++) {
    Array.from(element.querySelectorAll<HTMLButtonElement>("thead .srt")).find((b) => b.textContent === "Recall")?.click();
    assert.equal(texts(element, "tbody .v").pop(), "v9");
  }
});

test("a long leaderboard draws only the rows that are seen", () => {
  const { element } = draw(fixtures.wide(2000, 4));
  assert.equal(one(element, "table").getAttribute("aria-rowcount"), "2001");
  assert.ok(element.querySelectorAll("tbody tr[aria-rowindex]").length < 60);
});

test("two versions are picked with the keyboard and compared by a command", () => {
  const { element, events } = draw(fixtures.log);
  const rows = (): HTMLElement[] => Array.from(element.querySelectorAll<HTMLElement>("[role=option]"));
  rows()[0]?.focus();
  press(rows()[0] as HTMLElement, "ArrowDown");
  press(rows()[1] as HTMLElement, "ArrowDown");
  press(rows()[2] as HTMLElement, " ");
  press(rows()[2] as HTMLElement, "ArrowDown");
  press(rows()[3] as HTMLElement, " ");
  assert.deepEqual(texts(element, "[aria-selected=true] .v"), ["v7", "v6"]);
  assert.match(one(element, ".selbar").textContent ?? "", /v6 and v7 selected/);
  press(rows()[3] as HTMLElement, "c");
  assert.equal(one(element, ".cmd > span").textContent, "%mvt diff v6 v7");
  assert.deepEqual(events.map(({ type }) => type), ["select", "select", "compare"]);
  press(rows()[3] as HTMLElement, "Escape");
  assert.equal(one(element, ".selbar").hidden, true);
  assert.equal(element.querySelectorAll("[aria-selected=true]").length, 0);
});

test("a third pick replaces the older one", () => {
  const { element } = draw(fixtures.log);
  for (const i of [0, 1, 2]) {
    element.querySelectorAll<HTMLElement>("[role=option]")[i]?.click();
  }
  assert.deepEqual(texts(element, "[aria-selected=true] .v"), ["v8", "v7"]);
});

test("who answers an event spares the command", () => {
  const { element, events } = draw(fixtures.commit, true);
  one(element, ".chead button").click();
  assert.equal(one(element, ".slot").hidden, true);
  assert.equal(events[0]?.type, "compare");
});

test("searching finds words, and metrics above a limit", () => {
  const { element } = draw(fixtures.log);
  const input = one<HTMLInputElement>(element, "input");
  const find = (query: string): string[] => {
    input.value = query;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return texts(element, "[role=option] .v");
  };
  assert.deepEqual(find("ben south"), ["v7"]);
  assert.deepEqual(find("accuracy >= 0.887"), ["v9", "v8", "v6"]);
  assert.deepEqual(find("nobody"), []);
  assert.equal(one(element, ".none").hidden, false);
  assert.equal(find("").length, 9);
});

test("only one row is in the tab order, and it is the last focused one", () => {
  const { element } = draw(fixtures.log);
  const rows = element.querySelectorAll<HTMLElement>("[role=option]");
  press(rows[0] as HTMLElement, "End");
  assert.deepEqual(texts(element, '[role=option][tabindex="0"] .v'), ["v1"]);
});

test("versions whose models were dropped are marked", () => {
  const payload = structuredClone(fixtures.log) as { rows: { version: { name: string }; thin?: boolean }[] };
  payload.rows.forEach((row) => (row.thin = ["v3", "v4"].includes(row.version.name)));
  const { element } = draw(payload);
  const marked = (): string[] => Array.from(element.querySelectorAll("[role=option]")).filter((row) => texts(row as HTMLElement, ".ms > *").includes("(thin)")).flatMap((row) => texts(row as HTMLElement, ".v"));
  assert.deepEqual(marked(), ["v4", "v3"]);
});

test("an empty history says how to begin, and offers nothing to search", () => {
  const { element: page } = draw(fixtures.nolog);
  assert.equal(one(page, ".state").textContent, 'No versions here yetTrain a model, then keep it:%mvt commit model -m "first"');
  assert.equal([...page.querySelectorAll<HTMLElement>(".bar button")].filter((one) => !one.hidden).length, 0);
});

test("what is equal is counted, slices apart, and named when asked for", () => {
  const equal = ["Size", "Recall [region=south]", "Recall [region=west]"];
  const { element: page } = draw({ ...fixtures.diff, metrics: { basis: "same test data", rows: [], equal } });
  const fold = [...page.querySelectorAll(".more")].find((one) => one.textContent?.includes("are equal"));
  assert.match(fold?.textContent ?? "", /^1 metric and 2 slices are equal/);
  assert.equal(fold?.nextElementSibling?.textContent, "Size, Recall [region=south], Recall [region=west]");
});

test("what cannot be compared is folded when there is much of it", () => {
  const payload = structuredClone(fixtures.diff) as { metrics: { rows: object[] } };
  const apart = Array.from({ length: 9 }, (_, i) => ({ ...payload.metrics.rows[0], title: `Apart ${i}`, verdict: "incomparable" }));
  payload.metrics.rows = [...payload.metrics.rows, ...apart.slice(0, 2)];
  assert.equal(texts(draw(payload).element, "[aria-label=Metrics] .more").filter((text) => text.includes("compared")).length, 0);
  payload.metrics.rows = [...payload.metrics.rows, ...apart.slice(2)];
  const { element } = draw(payload);
  const section = one(element, "[aria-label=Metrics]");
  const fold = Array.from(section.querySelectorAll<HTMLElement>(".more")).find((line) => line.textContent?.includes("compared"));
  assert.match(fold?.textContent ?? "", /^10 metrics cannot be compared/);
  const [shown, hidden] = section.querySelectorAll<HTMLElement>(".tw");
  assert.ok(shown && hidden?.hidden && !texts(shown, "tbody th").some((text) => text.startsWith("Apart")));
  one(fold as HTMLElement, "button").click();
  assert.equal(hidden.hidden, false);
});

test("a table longer than a screen scrolls by itself", () => {
  const { rows: some } = fixtures.table as { rows: object[] };
  const rows = (count: number): object => ({ ...fixtures.table, total: count, rows: Array.from({ length: count }, () => some[0]) });
  assert.equal(draw(rows(40)).element.querySelector(".tall"), null);
  assert.equal(draw(rows(41)).element.querySelectorAll(".tall tbody tr").length, 41);
});

test("marks within a line count characters, also beyond 16 bits", () => {
  const line = { kind: "added", base: 0, other: 1, text: "x = '\u{1F600}', new", marks: [[9, 12]] };
  const { element: page } = draw({ ...fixtures.diff, code: { total: 1, git: "", cells: [{ title: "cell 1", lines: [line] }] } });
  assert.equal(page.querySelector("mark")?.textContent, "new");
});

test("tabs follow the arrows and the brackets", () => {
  const { element } = draw(fixtures.diff);
  const chosen = (): string => texts(element, "[role=tab][aria-selected=true]")[0] ?? "";
  const seen = (): number => Array.from(element.querySelectorAll<HTMLElement>(".sec")).filter((s) => !s.hidden).length;
  assert.equal(chosen(), "All");
  assert.equal(seen(), 6);
  press(one(element, "[role=tablist]"), "ArrowRight");
  assert.equal(chosen(), "Metrics6");
  assert.equal(seen(), 1);
  press(one(element, ".card"), "]");
  assert.equal(chosen(), "Data1");
  press(one(element, ".card"), "x");
  assert.equal(one(element, ".cmd > span").textContent, "%mvt diff v7 v6");
});

test("equal lines of code are folded until all is asked for", () => {
  const { element } = draw(fixtures.diff);
  assert.deepEqual(texts(element, ".eq span"), ["6 equal lines"]);
  assert.deepEqual(texts(element, ".ln.del mark"), ["fillna(0)"]);
  one(element, "[aria-pressed]").click();
  assert.equal(element.querySelectorAll(".eq").length, 0);
});

test("code is side by side where there is room, in one column where there is not", () => {
  assert.equal(draw(fixtures.diff).element.querySelectorAll(".cx.uni").length, 0);
  page.width = 500;
  assert.equal(draw(fixtures.diff).element.querySelectorAll(".cx.uni").length, 1);
  page.width = 800;
});

test("a chart says in a sentence what it shows", () => {
  const { element } = draw(fixtures.log);
  const said = element.querySelector("svg[role=img]")?.getAttribute("aria-label") ?? "";
  assert.match(said, /Accuracy over 9 versions of churn\. From 0\.861 at v1 to 0\.897 at v9\./);
  assert.match(said, /production is v6/);
  assert.match(said, /Regressions at v7\./);
});
