import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { page, place, texts } from "./page";
import { render } from "../../src/views/index";
import * as fixtures from "../../stories/fixtures.mjs";

const STORIES = Object.entries(fixtures).filter(([, payload]) => typeof payload === "object") as [string, Record<string, unknown>][];
const DRAWN = STORIES.filter(([name]) => name !== "malformed" && name !== "newer");
const ATTACK = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>"'>&lt;b&gt;`;

/** The payload with every text but those that steer the drawing replaced. */
function poisoned(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    return ["view", "kind", "verdict", "id", "key", "metric", "badge", "parents", "against", "head", "production"].includes(key) ? value : ATTACK;
  }
  if (Array.isArray(value)) {
    return value.map((item) => poisoned(item, key));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
  }
  return value;
}

for (const [name, payload] of DRAWN) {
  for (const width of [800, 380]) {
    test(`${name} draws hostile text as text, ${width} px wide`, () => {
      page.width = width;
      const element = place();
      const dispose = render(element, poisoned(payload), () => undefined);
      assert.equal(element.querySelectorAll("img, script, iframe, a[href], [onerror]").length, 0);
      assert.ok(!(element.textContent ?? "").includes("cannot be drawn"));
      assert.ok(element.textContent?.includes("<img src=x"));
      assert.equal((globalThis as { hurt?: number }).hurt, undefined);
      dispose();
      page.width = 800;
    });
  }

  test(`${name} leaves nothing behind`, () => {
    const element = place();
    const before = page.observed;
    const dispose = render(element, payload, () => undefined);
    assert.ok(page.observed > before);
    dispose();
    assert.equal(page.observed, before);
    assert.equal(element.childElementCount, 0);
  });

  test(`${name} with any field missing says so instead of throwing`, () => {
    for (const field of Object.keys(payload)) {
      const element = place();
      const broken = Object.fromEntries(Object.entries(payload).filter(([key]) => key !== field));
      const dispose = render(element, { ...broken, [`not_${field}`]: null }, () => undefined);
      assert.equal(element.childElementCount, 1, field);
      dispose();
    }
  });

  test(`${name} does not change what it is given`, () => {
    const before = JSON.stringify(payload);
    render(place(), payload, () => undefined)();
    assert.equal(JSON.stringify(payload), before);
  });
}

for (const payload of [null, undefined, 3, "text", [], {}, { view: "log" }, { view: "log", schema: 1, rows: 7 }, { view: "toString", schema: 1 }]) {
  test(`${JSON.stringify(payload)} is shown, not thrown`, () => {
    const element = place();
    const dispose = render(element, payload, () => undefined);
    assert.match(element.textContent ?? "", /cannot be drawn|needs a newer/);
    dispose();
  });
}

test("a malformed payload names the place and shows the plain text given", () => {
  const element = place();
  render(element, fixtures.malformed, () => undefined, "v9  Restore south rows");
  assert.match(element.textContent ?? "", /rows\[0\]\.version\.id is not text/);
  assert.deepEqual(texts(element, "pre"), ["v9  Restore south rows"]);
});

test("a newer schema names what is needed", () => {
  const element = place();
  render(element, fixtures.newer, () => undefined);
  assert.match(element.textContent ?? "", /schema 2; this one reads up to schema 1/);
});

test("styles are put into the page once", () => {
  render(place(), fixtures.notice, () => undefined);
  render(place(), fixtures.commit, () => undefined);
  assert.equal(document.head.querySelectorAll("style[data-mvt-views]").length, 1);
});

test("no view parses text as markup, runs it, or asks for anything outside", () => {
  const banned = /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|createContextualFragment|\beval\b|new Function|fetch\(|XMLHttpRequest|WebSocket|import\(|url\(/;
  const folder = join(process.cwd(), "src/views");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  assert.ok(files.length > 20);
  for (const name of files) {
    const source = readFileSync(join(folder, name), "utf8");
    assert.ok(!banned.test(source), name);
    assert.ok(source.split("\n").length <= 401, `${name} is too long`);
  }
});
