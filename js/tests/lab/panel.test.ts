import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRow, LogView, TableView } from "../../src/protocol/wire";
import { PANEL } from "../../src/lab/panel/css";
import { ask } from "../../src/lab/panel/ask";
import { withOlder } from "../../src/lab/panel/feed";
import { InKernel } from "../../src/lab/panel/inkernel";
import { menuButton } from "../../src/lab/panel/menu";
import { leftAt } from "../../src/lab/panel/parts";
import { Refused } from "../../src/lab/failures";
import { WHOLE } from "../../src/views/css/whole";
import { createScope } from "../../src/views/scope";

function row(number: number, labels: string[] = []): LogRow {
  const version = { id: `id${number}`, name: `v${number}`, number, message: "", branch: "main", author: "ana", time_ms: 0, parents: [], labels, tags: [] };
  return { version, points: {}, regressed: [], model: "" };
}

function log(numbers: readonly number[], total: number): LogView {
  return { view: "log", schema: 1, repository: "r", head: "main", rows: numbers.map((number) => row(number)), total, branches: ["main"], metrics: [], metric: "", production: "" };
}

function table(rows: TableView["rows"]): TableView {
  return { view: "table", schema: 1, title: "", columns: [], rows, total: rows.length, empty: "", command: "" };
}

const names = (rows: readonly LogRow[]): string[] => rows.map(({ version }) => version.name);

/** Classes that a sheet styles wherever they are below a view. */
function loose(sheet: string): string[] {
  const selectors = (sheet.match(/[^{}]+(?=\{)/g) ?? []).flatMap((list) => list.split(","));
  return selectors.flatMap((selector) => /^\s*\.mvt \.([\w-]+)$/.exec(selector)?.[1] ?? []);
}

test("the panel's sheet, which lies beside notebooks' outputs, restyles nothing of theirs", () => {
  const theirs = new Set(WHOLE.replace(/\{[^{}]*\}/g, " ").match(/(?<=\.)[a-z][\w-]*/g));
  assert.ok(loose(PANEL).length > 20);
  assert.deepEqual(loose(PANEL).filter((name) => theirs.has(name)), []);
});

test("older pages stay when a version comes, with labels as they are now", () => {
  const last = log([5, 4, 3, 2, 1], 5);
  const rows = withOlder(log([6, 5, 4], 6), last, table([[{ text: "production" }, { text: "v2" }]]));
  assert.deepEqual(names(rows), ["v6", "v5", "v4", "v3", "v2", "v1"]);
  assert.deepEqual(rows.map(({ version }) => version.labels), [[], [], [], [], ["production"], []]);
});

test("older pages go when the history is another one", () => {
  assert.deepEqual(names(withOlder(log([6, 5, 4], 4), log([5, 4, 3, 2, 1], 5), table([]))), ["v6", "v5", "v4"]);
  assert.deepEqual(names(withOlder(log([9, 8, 7], 9), log([5, 4], 5), table([]))), ["v9", "v8", "v7"]);
});

test("when a label left a version is told by the move away from it, not by its last move", () => {
  const move = (to: string, from: string, value: number): TableView["rows"][number] => [{ text: to }, { text: from }, { text: "" }, { text: "ana" }, { text: "", value }];
  const history = table([move("v3", "v9", 300), move("v9", "v6", 200), move("v6", "none", 100)]);
  assert.equal(leftAt(history, "v6"), 200);
  assert.equal(leftAt(history, "v1"), null);
});

test("a question tells what failed, with a command to paste, and stays open", async () => {
  const place = document.createElement("div");
  document.body.append(place);
  const act = (): Promise<void> => Promise.reject(new Refused("v4 cannot be read.", "corrupt", "%mvt fsck", 500));
  ask({ title: "Roll back?", text: "", yes: "Do it", act }, place, createScope(), null);
  (place.querySelector(".go") as HTMLButtonElement).click();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(place.querySelector(".er p")?.textContent, "v4 cannot be read.");
  assert.equal(place.querySelector(".er .cmd span")?.textContent, "%mvt fsck");
  (place.querySelectorAll(".ask .btn.lg")[1] as HTMLButtonElement).click();
  assert.equal(place.childElementCount, 0);
  place.remove();
});

test("focus waits on Cancel where something gets worse", () => {
  const place = document.createElement("div");
  document.body.append(place);
  ask({ title: "Move?", text: "", yes: "Move", grave: true, act: () => Promise.resolve() }, place, createScope(), null);
  assert.equal(document.activeElement?.textContent, "Cancel");
  place.remove();
});

test("a menu opens, chooses and gives the focus back", () => {
  const button = document.createElement("button");
  document.body.append(button);
  const chosen: string[] = [];
  const scope = createScope();
  menuButton(button, "Branches", () => [{ head: "HEAD" }, { text: "main", checked: true, act: () => chosen.push("main") }, { text: "<b>exp</b>", disabled: "no", act: () => chosen.push("exp") }], scope);
  button.click();
  const items = document.querySelectorAll<HTMLElement>("[role=menuitemradio],[role=menuitem]");
  assert.equal(button.getAttribute("aria-expanded"), "true");
  assert.equal(items.length, 2);
  assert.equal(document.querySelector(".menu b"), null);
  items[1]?.click();
  assert.deepEqual(chosen, []);
  items[0]?.click();
  assert.deepEqual(chosen, ["main"]);
  assert.equal(button.getAttribute("aria-expanded"), "false");
  assert.equal(document.activeElement, button);
  scope.dispose();
  button.remove();
});

test("a kernel's HEAD moves only when that is confirmed, its branch as a word of its own", async () => {
  const place = document.createElement("div");
  const back = document.createElement("button");
  document.body.append(place, back);
  const ran: (readonly string[])[] = [];
  const said: string[] = [];
  let own = "exp/a b; %reset";
  const kernel = new InKernel(
    {
      missing: () => "",
      run: (words) => {
        ran.push(words);
        return Promise.resolve({ view: null, changed: null });
      },
      restore: () => Promise.reject(new Error("not asked")),
      glance: () => Promise.resolve({ view: { view: "status", branch: own, rows: [] }, changed: 0 }),
      interrupt: () => undefined,
      mayLook: () => true,
    },
    createScope(),
    { say: (text) => said.push(text), changed: () => undefined, done: () => undefined },
  );
  await kernel.move("exp/a b; %reset", place, back);
  assert.equal(place.childElementCount, 0, "it stands there already");
  own = "main";
  await kernel.move("exp/a b; %reset", place, back);
  (place.querySelectorAll(".ask .btn.lg")[1] as HTMLButtonElement).click();
  assert.deepEqual(ran, []);
  await kernel.move("exp/a b; %reset", place, back);
  (place.querySelector(".go") as HTMLButtonElement).click();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(ran, [["switch", "exp/a b; %reset"]]);
  assert.deepEqual(said, ["New sessions and this kernel are on exp/a b; %reset."]);
  assert.equal(place.childElementCount, 0);
  place.remove();
  back.remove();
});
