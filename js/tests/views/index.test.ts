import assert from "node:assert/strict";
import { test } from "node:test";
import { render } from "../../src/views/index";

test("a payload of a kind that this version does not know is shown as text", () => {
  const element = document.createElement("div");
  const dispose = render(element, { kind: "from-the-future", note: "<b>x</b>" }, () => undefined);
  assert.equal(element.querySelector("b"), null);
  assert.match(element.textContent ?? "", /from-the-future/);
  dispose();
  assert.equal(element.childElementCount, 0);
});
