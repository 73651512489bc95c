/** The plugin: sidebar, commands and status. Each service it uses may be absent. */

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, Notification } from "@jupyterlab/apputils";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStateDB } from "@jupyterlab/statedb";
import { IStatusBar } from "@jupyterlab/statusbar";
import { Widget } from "@lumino/widgets";
import { createScope } from "../views/scope";
import { Client } from "./client";
import { addCommands, ICON, SHOW } from "./commands";
import { Kernels } from "./kernel";
import { Panel } from "./panel/panel";
import { DEFAULTS, follow } from "./settings";
import { statusItem } from "./status";
import { wideViews } from "./wide";

const ID = "jupyter-mvt:plugin";
const FOLDS = "jupyter-mvt:folds";

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "The history of models beside the notebook, without a kernel",
  autoStart: true,
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, IStatusBar, ISettingRegistry, IStateDB],
  activate,
};

function activate(
  app: JupyterFrontEnd,
  lab: ILabShell | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  bar: IStatusBar | null,
  registry: ISettingRegistry | null,
  kept: IStateDB | null,
): void {
  const node = sidebar();
  const scope = createScope();
  node.disposed.connect(() => scope.dispose());
  const inner = document.createElement("div");
  node.node.append(inner);
  const client = new Client(app.serviceManager.serverSettings);
  const status = statusItem(bar, () => void app.commands.execute(SHOW));
  const kernels = new Kernels(app);
  let settings = DEFAULTS;
  const folds: Record<string, boolean> = {};
  const panel = new Panel(
    inner,
    {
      client,
      kernel: {
        missing: () => kernels.missing(),
        run: (words, show) => kernels.run(words, show),
        restore: (revision, name, show) => kernels.restore(revision, name, show),
        glance: () => kernels.glance(),
        interrupt: () => kernels.interrupt(),
        mayLook: () => settings.askKernel,
      },
      notebook: () => kernels.path(),
      visible: () => node.isVisible,
      tell: (text, undo) => {
        const actions = undo ? [{ label: "Undo", callback: undo }] : [];
        Notification.success(text, { autoClose: settings.notifySeconds * 1000, actions });
      },
      wide: lab ? wideViews(app, lab, client, restorer) : undefined,
      state: (state) => status.show(state),
      settings: () => settings,
      remember: (name, open) => {
        folds[name] = open;
        void kept?.save(FOLDS, folds);
      },
    },
    scope,
  );
  app.shell.add(node, "left", { rank: 700 });
  restorer?.add(node, node.id);
  const refreshed = addCommands(app, node, panel, () => kernels.missing(), palette);
  const look = (): void => {
    kernels.book();
    refreshed();
    panel.woke();
    void panel.refresh(true);
  };
  kernels.changed = () => {
    refreshed();
    panel.woke();
  };
  kernels.ran = () => panel.ran();
  app.shell.currentChanged?.connect(look);
  void app.restored.then(look);
  void follow(registry, ID, (next) => {
    settings = next;
    status.allow(next.statusBar);
    void panel.refresh(true);
  });
  void kept?.fetch(FOLDS).then((found) => panel.restore(Object.assign(folds, found as Record<string, boolean> | undefined)));
}

function sidebar(): Widget {
  const node = new Widget();
  node.id = "jupyter-mvt-panel";
  node.addClass("jp-MvtPanel");
  node.title.icon = ICON;
  node.title.caption = "Model versions";
  node.node.setAttribute("role", "region");
  node.node.setAttribute("aria-label", "Model versions");
  return node;
}

export default plugin;
