import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Client } from "../../src/lab/client";
import type { LogRow, LogView, TableView } from "../../src/protocol/wire";
import { PANEL } from "../../src/lab/panel/css";
import { ask } from "../../src/lab/panel/ask";
import { Feed, withOlder } from "../../src/lab/panel/feed";
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

/** A server of 2,300 versions, of which the oldest are thin; an operation may come between two answers. */
class Repository {
  thin = 0;
  operations = 1;
  between = (): void => undefined;
  readonly asked: string[] = [];

  get client(): Client {
    return { view: (_key: string, name: string, asked: Record<string, string>, tag = "") => this.answer(name, asked, tag) } as unknown as Client;
  }

  private answer(name: string, asked: Record<string, string>, tag: string): Promise<Answer<unknown> | null> {
    const now = `"${this.operations}"`;
    this.asked.push(`${name} ${asked.offset}+${asked.limit}`);
    if (tag === now) {
      return Promise.resolve(null);
    }
    const newest = 2_300 - Number(asked.offset);
    const numbers = Array.from({ length: Math.min(Number(asked.limit), 1_000, newest) }, (_, at) => newest - at);
    const found = log(numbers, 2_300);
    found.rows = found.rows.map((one) => (one.version.number <= this.thin ? { ...one, thin: true } : one));
    const view = name === "log" ? found : { told: String(this.thin), log: found, labels: table([]), branches: table([]) };
    this.between();
    return Promise.resolve({ view, tag: now });
  }
}

/** A feed that has been scrolled so many pages down, and the versions that it shows as thin. */
async function scrolled(server: Repository, pages: number): Promise<{ feed: Feed; thin: () => string }> {
  const feed = new Feed(server.client);
  feed.choose("k");
  await feed.refresh();
  for (let page = 0; page < pages; page++) {
    await feed.more();
  }
  server.asked.length = 0;
  const thin = (): string => {
    const rows = (feed.log?.rows ?? []).filter((one) => one.thin);
    return rows.length ? `${rows[0]?.version.name}…${rows[rows.length - 1]?.version.name}` : "none";
  };
  return { feed, thin };
}

test("what a gc dropped is told of every version at hand, and no more once that is undone", async () => {
  const server = new Repository();
  const { feed, thin } = await scrolled(server, 12);
  assert.deepEqual([feed.log?.rows.length, thin()], [1_300, "none"]);
  for (const [oldest, told] of [[1_500, "v1500…v1001"], [0, "none"]] as const) {
    server.thin = oldest;
    server.operations += 1;
    assert.equal(await feed.refresh(), true);
    assert.deepEqual([feed.log?.rows.length, thin()], [1_300, told]);
    assert.deepEqual(server.asked.splice(0), ["home 0+100", "log 100+1000", "log 1100+200"]);
  }
});

test("older pages are not asked for again while nothing but labels has moved", async () => {
  const server = new Repository();
  const { feed } = await scrolled(server, 3);
  server.operations += 1;
  assert.equal(await feed.refresh(), true);
  assert.deepEqual([feed.log?.rows.length, server.asked], [400, ["home 0+100"]]);
});

test("rows of another state than the first page's are not put behind it", async () => {
  const server = new Repository();
  const { feed, thin } = await scrolled(server, 3);
  server.thin = 2_150;
  server.operations += 1;
  server.between = () => {
    server.between = () => undefined;
    server.thin = 0;
    server.operations += 1;
  };
  await feed.refresh();
  assert.deepEqual([feed.log?.rows.length, thin()], [100, "none"]);
  await feed.refresh();
  await feed.more();
  assert.deepEqual([feed.log?.rows.length, thin()], [200, "none"]);
});

test("a page that came between a gc and its undo does not stay as it was told", async () => {
  const server = new Repository();
  const { feed, thin } = await scrolled(server, 0);
  server.thin = 2_150;
  server.operations += 1;
  await feed.more();
  assert.equal(thin(), "v2150…v2101");
  server.thin = 0;
  server.operations += 1;
  await feed.refresh();
  assert.deepEqual([feed.log?.rows.length, thin()], [200, "none"]);
});

test("older pages of another question are dropped, however well they would fit", async () => {
  const server = new Repository();
  const { feed } = await scrolled(server, 2);
  feed.filter({ where: "accuracy > 0.5" });
  await feed.refresh();
  assert.deepEqual([feed.log?.rows.length, server.asked], [100, ["home 0+100"]]);
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
