/** The diff as a widget; `draw` serves other widgets that open a diff below them. */

import type { AnyModel } from "@anywidget/types";
import { CARDS } from "../views/css/cards";
import { DIFF } from "../views/css/diff";
import { TABLES } from "../views/css/base";
import { sheetOf } from "../views/css/sheet";
import { diff as payload } from "../views/diff/payload";
import { drawDiff } from "../views/diff/view";
import { mount, view, type Views } from "../views/mount";
import type { Dispose, Host } from "../views/view";
import { connect, select } from "./connect/connect";

const VIEWS: Views = { sheet: sheetOf(TABLES, CARDS, DIFF), known: { diff: view(payload, drawDiff) } };

export function draw(element: HTMLElement, data: unknown, host?: Host): Dispose {
  return mount(element, data, () => undefined, VIEWS, undefined, host);
}

export default {
  draw,
  render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
    // Python makes the difference of what is selected: the other side first swaps them.
    return connect(model, el, VIEWS, () => (event) => event.type === "compare" && select(model, [event.base, event.other]));
  },
};
