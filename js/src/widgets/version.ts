/** One version in full, opened below other widgets. */

import { CARDS } from "../views/css/cards";
import { DIFF } from "../views/css/diff";
import { TABLES } from "../views/css/base";
import { sheetOf } from "../views/css/sheet";
import { mount, view, type Views } from "../views/mount";
import * as payloads from "../views/payload";
import { drawVersion } from "../views/version";
import type { Dispose } from "../views/view";

const VIEWS: Views = { sheet: sheetOf(TABLES, CARDS, DIFF), known: { version: view(payloads.everything, drawVersion) } };

export function draw(element: HTMLElement, payload: unknown): Dispose {
  return mount(element, payload, () => undefined, VIEWS);
}
