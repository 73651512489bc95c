import assert from "node:assert/strict";
import { test } from "node:test";
import { place } from "./page";
import { render } from "../../src/views/index";
import type { Host } from "../../src/views/view";
import { outputs } from "../../stories/outputs.mjs";

const { outputs: section } = outputs as { outputs: { rows: Record<string, unknown>[]; command: string } };

/** Whoever observes learns at once that everything is in sight. */
class Seen {
  constructor(private readonly then: (entries: { isIntersecting: boolean }[]) => void) {}
  observe(): void {
    this.then([{ isIntersecting: true }]);
  }
  disconnect(): void {}
}
globalThis.IntersectionObserver = Seen as unknown as typeof IntersectionObserver;

function hostOf(answer: (question: Record<string, unknown>) => unknown): Host {
  return { ask: async <T>(question: Record<string, unknown>) => answer(question) as T, selected: () => [], onSelect: () => undefined };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

test("figures stand beside each other as images with a name", () => {
  const element = place();
  render(element, outputs, () => undefined);
  const [first] = Array.from(element.querySelectorAll(".oside"));
  const images = Array.from(first?.querySelectorAll("img") ?? []);
  assert.deepEqual(images.map((one) => one.getAttribute("alt")), ["Figure 1 of cell [7] in v6", "Figure 1 of cell [7] in v7"]);
  assert.ok(images.every((one) => one.getAttribute("src")?.startsWith("data:image/svg+xml;base64,")));
  assert.equal(element.querySelectorAll("svg script, object, embed").length, 0);
});

test("cells that differ are marked, equal rows folded until all is asked for", () => {
  const element = place();
  render(element, outputs, () => undefined);
  const tables = Array.from(element.querySelectorAll(".ofig table"));
  assert.deepEqual(Array.from(tables[1]?.querySelectorAll("td.mk") ?? []).map((one) => one.textContent), ["0.842", "0.615", "0.711", "0.790"]);
  assert.equal(tables[1]?.querySelectorAll("tbody tr").length, 8);
  assert.equal(tables[1]?.querySelector(".eqr")?.textContent, "2 equal rows");
  const only = Array.from(element.querySelectorAll("button")).find((one) => one.textContent === "Only changes");
  only?.click();
  assert.equal(element.querySelectorAll(".ofig table")[1]?.querySelectorAll("tbody tr").length, 10);
});

test("a saved output says what it leaves out, and how to see it", () => {
  const element = place();
  render(element, outputs, () => undefined);
  assert.ok(element.textContent?.includes("Left out of this saved output."));
  assert.ok(element.textContent?.includes(section.command));
});

test("a live view asks for a figure, once it is seen", async () => {
  const element = place();
  const asked: Record<string, unknown>[] = [];
  render(element, outputs, () => undefined, undefined, hostOf((question) => (asked.push(question), { mime: "image/png", data: "iVBORw0K" })));
  await settled();
  assert.deepEqual(asked, [{ what: "output", name: "b", number: 0 }]);
  const image = element.querySelectorAll(".oside")[2]?.querySelector("img");
  assert.equal(image?.getAttribute("src"), "data:image/png;base64,iVBORw0K");
  assert.ok(!element.textContent?.includes("Left out"));
  // The room that was kept for it is as wide as the column; the figure is as wide as it is.
  assert.equal(image?.parentElement?.hasAttribute("style"), false);
});

test("what is no image, or does not come, is said in words", async () => {
  for (const [answer, said] of [
    [() => ({ mime: "text/html", data: "PGI+" }), "of a kind that is not shown"],
    [() => ({ mime: "image/png", data: 'x" onerror="hurt()' }), "of a kind that is not shown"],
    [() => ({ mime: "image/png", url: "javascript:hurt()" }), "of a kind that is not shown"],
    [() => { throw new Error("The object is corrupt."); }, "The object is corrupt."],
  ] as const) {
    const element = place();
    render(element, outputs, () => undefined, undefined, hostOf(answer));
    await settled();
    const third = element.querySelectorAll(".oside")[2];
    assert.equal(third?.querySelectorAll("img").length, 0);
    assert.ok(third?.textContent?.includes(said), said);
  }
});
