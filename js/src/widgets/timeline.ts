/** The timeline as a widget: what is picked is `w.selected` in Python. */

import type { AnyModel } from "@anywidget/types";
import { LOG } from "../views/css/log";
import { SEARCH } from "../views/css/search";
import { sheetOf } from "../views/css/sheet";
import { drawLog } from "../views/log/view";
import { view, type Views } from "../views/mount";
import * as payloads from "../views/payload";
import { connect, select } from "./connect/connect";
import { opener } from "./connect/opener";

const VIEWS: Views = { sheet: sheetOf(SEARCH, LOG), known: { log: view(payloads.log, drawLog) } };

export default {
  render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
    const place = document.createElement("div");
    const end = connect(model, el, VIEWS, (host) => {
      const open = opener(place, host);
      return (event) => (event.type === "select" ? select(model, event.versions) : open(event));
    });
    el.append(place);
    return end;
  },
};
