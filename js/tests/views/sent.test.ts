import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { page, place } from "./page";
import { render } from "../../src/views/index";

const FOLDER = join(process.cwd(), "src/views/__fixtures__");

for (const name of readdirSync(FOLDER)) {
  test(`${name}, as Python sends it, is drawn and leaves nothing behind`, () => {
    const payload: unknown = JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
    const element = place();
    const before = page.observed;
    const dispose = render(element, payload, () => undefined);
    assert.doesNotMatch(element.textContent ?? "", /cannot be drawn|needs a newer|undefined|\[object/);
    assert.ok((element.textContent ?? "").length > 10);
    dispose();
    assert.equal(page.observed, before);
  });
}
