/** Commands: in the palette, the menus, the notebook's toolbar and under keys. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import { LabIcon } from "@jupyterlab/ui-components";
import type { Widget } from "@lumino/widgets";
import type { Panel } from "./panel/panel";

export const ICON = new LabIcon({
  name: "jupyter-mvt:icon",
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.5" stroke-linecap="round"><path d="M5 4.5v7M11.5 6c0 3-6.5 2-6.5 5"/><circle cx="5" cy="3" r="1.5"/><circle cx="5" cy="13" r="1.5"/><circle cx="11.500" cy="4.500" r="1.5"/></g></svg>',
});
const COMMIT_ICON = new LabIcon({
  name: "jupyter-mvt:commit",
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.5" stroke-linecap="round"><path d="M8 1v4M8 11v4"/><circle cx="8" cy="8" r="3"/></g></svg>',
});
const CATEGORY = "Model versions";
export const SHOW = "jupyter-mvt:show";
const COMMIT = "jupyter-mvt:commit";

/** Adds the commands; what is returned tells that another kernel or notebook is in front. */
export function addCommands(app: JupyterFrontEnd, node: Widget, panel: Panel, missing: () => string, palette: ICommandPalette | null): () => void {
  const { commands } = app;
  const show = (): void => {
    const shell = app.shell as { expandLeft?: (id?: string) => void };
    shell.expandLeft?.(node.id);
    app.shell.activateById(node.id);
  };
  const shown = (act: () => void) => (): void => {
    show();
    act();
  };
  commands.addCommand(SHOW, { label: "Show Model Versions", icon: ICON, execute: show });
  commands.addCommand(COMMIT, {
    label: (args) => (args.toolbar === true ? "" : "Commit Model…"),
    caption: () => missing() || "Keep the model of this notebook as a version",
    icon: COMMIT_ICON,
    isEnabled: () => missing() === "",
    execute: shown(() => panel.commit()),
  });
  commands.addCommand("jupyter-mvt:refresh", { label: "Refresh Model Versions", execute: () => panel.refresh(true) });
  commands.addCommand("jupyter-mvt:search", { label: "Search Model Versions", execute: shown(() => panel.search()) });
  commands.addCommand("jupyter-mvt:switch", { label: "Switch Branch of Models…", execute: shown(() => panel.chooseBranch()) });
  commands.addCommand("jupyter-mvt:compare", { label: "Compare the Model Versions Picked", execute: shown(() => panel.compare()) });
  commands.addCommand("jupyter-mvt:undo", { label: "Undo the Newest Model Operation", execute: shown(() => void panel.undo()) });
  for (const command of [SHOW, COMMIT, ...["refresh", "search", "switch", "compare", "undo"].map((name) => `jupyter-mvt:${name}`)]) {
    palette?.addItem({ command, category: CATEGORY });
  }
  return () => commands.notifyCommandChanged(COMMIT);
}
