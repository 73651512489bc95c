/** The leaderboard as a widget: the picked rows are `w.selected` in Python. */

import type { AnyModel } from "@anywidget/types";
import { TABLES } from "../views/css/base";
import { BOARD } from "../views/css/board";
import { CARDS } from "../views/css/cards";
import { SEARCH } from "../views/css/search";
import { sheetOf } from "../views/css/sheet";
import { drawLeaderboard } from "../views/leaderboard/view";
import { view, type Views } from "../views/mount";
import * as payloads from "../views/payload";
import { connect, select } from "./connect/connect";
import { opener } from "./connect/opener";

const VIEWS: Views = { sheet: sheetOf(TABLES, BOARD, SEARCH, CARDS), known: { leaderboard: view(payloads.leaderboard, drawLeaderboard) } };

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
