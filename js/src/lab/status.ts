/** Branch, state and regressions at the foot of the window; a click shows the panel. */

import type { IStatusBar } from "@jupyterlab/statusbar";
import { Widget } from "@lumino/widgets";
import type { State } from "./panel/panel";

export interface StatusItem {
  show: (state: State | null) => void;
  allow: (on: boolean) => void;
}

export function statusItem(bar: IStatusBar | null, open: () => void): StatusItem {
  if (bar === null) {
    return { show: () => undefined, allow: () => undefined };
  }
  const item = new Widget({ node: document.createElement("button") });
  item.addClass("jp-StatusBar-TextItem");
  item.addClass("jp-MvtStatus");
  item.node.onclick = open;
  bar.registerStatusItem("jupyter-mvt:status", { item, align: "left", rank: 20 });
  item.hide();
  let allowed = true;
  let last: State | null = null;
  const draw = (): void => {
    item.setHidden(!allowed || last === null);
    if (last) {
      const { branch, version, changes, regressed } = last;
      const fell = regressed[0] ? ` ◆ ${regressed[0]}` : "";
      item.node.textContent = `${branch}${version ? ` ${version}` : ""}${changes ? ` · ${changes}` : ""}${fell}`;
      item.node.title = fell ? `The newest version on ${branch} got worse: ${regressed.join(", ")}. Show model versions.` : "Show model versions";
    }
  };
  return {
    show: (state) => {
      last = state;
      draw();
    },
    allow: (on) => {
      allowed = on;
      draw();
    },
  };
}
