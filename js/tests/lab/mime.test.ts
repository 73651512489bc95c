import assert from "node:assert/strict";
import { test } from "node:test";
import extension, { MIME_TYPE } from "../../src/lab/mime";

type Extension = (typeof extension)["rendererFactory"];

function modelOf(payload: unknown): Parameters<ReturnType<Extension["createRenderer"]>["renderModel"]>[0] {
  return { trusted: false, data: { [MIME_TYPE]: payload }, metadata: {}, setData: () => undefined } as never;
}

function newRenderer(): ReturnType<Extension["createRenderer"]> {
  return extension.rendererFactory.createRenderer({ mimeType: MIME_TYPE } as never);
}

test("the renderer comes first for our type and is safe in untrusted notebooks", () => {
  assert.deepEqual(
    { rank: extension.rank, safe: extension.rendererFactory.safe, types: extension.rendererFactory.mimeTypes },
    { rank: -20, safe: true, types: ["application/vnd.jupyter-mvt.v1+json"] },
  );
});

test("drawing again replaces what was drawn, and disposing leaves nothing", async () => {
  const renderer = newRenderer();
  await renderer.renderModel(modelOf({ kind: "first-draw", note: "one" }));
  await renderer.renderModel(modelOf({ kind: "second-draw", note: "two" }));
  assert.equal(renderer.node.childElementCount, 1);
  assert.match(renderer.node.textContent ?? "", /second-draw/);
  assert.doesNotMatch(renderer.node.textContent ?? "", /first-draw/);
  renderer.dispose();
  assert.equal(renderer.node.childElementCount, 0);
});

test("markup in a payload stays text", async () => {
  const renderer = newRenderer();
  await renderer.renderModel(modelOf({ kind: "<img src=x onerror=alert(1)>" }));
  assert.equal(renderer.node.querySelector("img"), null);
  assert.match(renderer.node.textContent ?? "", /<img src=x/);
});

test("a notebook's own JSON is not handed to the view", async () => {
  const payload = { kind: "frozen", rows: [1, 2] };
  const before = JSON.stringify(payload);
  await newRenderer().renderModel(modelOf(Object.freeze(payload)));
  assert.equal(JSON.stringify(payload), before);
});
