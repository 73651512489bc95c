/** The plugin: sidebar, commands and status. Each service it uses may be absent. */

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, Notification } from "@jupyterlab/apputils";
import { IStatusBar } from "@jupyterlab/statusbar";
import { LabIcon } from "@jupyterlab/ui-components";
import { Widget } from "@lumino/widgets";
import type { LogView } from "../protocol/wire";
import { render } from "../views/index";
import { createScope } from "../views/scope";
import { Client } from "./client";
import { drawPanel } from "./panel/panel";

const ICON = new LabIcon({
  name: "jupyter-mvt:icon",
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.5" stroke-linecap="round"><path d="M5 4.5v7M11.5 6c0 3-6.5 2-6.5 5"/><circle cx="5" cy="3" r="1.5"/><circle cx="5" cy="13" r="1.5"/><circle cx="11.500" cy="4.500" r="1.5"/></g></svg>',
});
const CATEGORY = "Model versions";
const SHOW = "jupyter-mvt:show";
const REFRESH = "jupyter-mvt:refresh";

/** As much of a notebook as is used here; JupyterLab and Notebook 7 give it alike. */
interface Book {
  context: { path: string };
  sessionContext: object;
}

function bookOf(widget: unknown): Book | null {
  const book = widget as Partial<Book> | null;
  return book?.sessionContext && book.context && typeof book.context.path === "string" ? (book as Book) : null;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: "jupyter-mvt:plugin",
  description: "The history of models beside the notebook, without a kernel",
  autoStart: true,
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, IStatusBar],
  activate,
};

function activate(app: JupyterFrontEnd, lab: ILabShell | null, restorer: ILayoutRestorer | null, palette: ICommandPalette | null, bar: IStatusBar | null): void {
  const node = new Widget();
  node.id = "jupyter-mvt-panel";
  node.addClass("jp-MvtPanel");
  node.title.icon = ICON;
  node.title.caption = "Model versions";
  node.node.setAttribute("role", "region");
  node.node.setAttribute("aria-label", "Model versions");
  const scope = createScope();
  node.disposed.connect(() => scope.dispose());
  const status = statusItem(app, bar);
  // A terminal or a launcher in front does not change which repository is looked at.
  let last: Book | null = null;
  const book = (): Book | null => (last = bookOf(app.shell.currentWidget) ?? last);
  const inner = document.createElement("div");
  node.node.append(inner);
  const panel = drawPanel(
    inner,
    {
      client: new Client(app.serviceManager.serverSettings),
      notebook: () => app.serviceManager.contents.localPath(book()?.context.path ?? ""),
      visible: () => node.isVisible,
      tell: (text, undo) => {
        Notification.success(text, { autoClose: 8000, actions: [{ label: "Undo", callback: undo }] });
      },
      wide: lab ? (title, payload) => openWide(lab, title, payload) : undefined,
      state: status,
    },
    scope,
  );
  app.shell.add(node, "left", { rank: 700 });
  restorer?.add(node, node.id);
  const look = (): void => void panel.refresh(true);
  app.shell.currentChanged?.connect(look);
  void app.restored.then(look);
  addCommands(app, node, look);
  for (const command of [SHOW, REFRESH]) {
    palette?.addItem({ command, category: CATEGORY });
  }
}

function addCommands(app: JupyterFrontEnd, node: Widget, look: () => void): void {
  app.commands.addCommand(SHOW, {
    label: "Show Model Versions",
    icon: ICON,
    execute: () => {
      const shell = app.shell as { expandLeft?: (id?: string) => void };
      shell.expandLeft?.(node.id);
      app.shell.activateById(node.id);
    },
  });
  app.commands.addCommand(REFRESH, { label: "Refresh Model Versions", execute: look });
}

function openWide(lab: ILabShell, title: string, payload: unknown): void {
  const widget = new Widget();
  widget.id = `jupyter-mvt-diff-${title}`;
  widget.addClass("jp-MvtDiff");
  widget.title.label = title;
  widget.title.icon = ICON;
  widget.title.closable = true;
  const end = render(widget.node, payload, () => false);
  widget.disposed.connect(end);
  lab.add(widget, "main");
  lab.activateById(widget.id);
}

/** Branch and regressions at the foot of the window; a click shows the panel. */
function statusItem(app: JupyterFrontEnd, bar: IStatusBar | null): (log: LogView | null) => void {
  if (bar === null) {
    return () => undefined;
  }
  const item = new Widget({ node: document.createElement("button") });
  item.addClass("jp-StatusBar-TextItem");
  item.addClass("jp-MvtStatus");
  item.node.onclick = () => void app.commands.execute(SHOW);
  bar.registerStatusItem("jupyter-mvt:status", { item, align: "left", rank: 20 });
  item.hide();
  return (log) => {
    const tip = log?.rows.find(({ version }) => version.branch === log.head);
    item.setHidden(!log || log.total === 0);
    const fell = tip?.regressed.length ? ` ◆ ${tip.regressed[0] ?? ""}` : "";
    item.node.textContent = log ? `${log.head}${tip ? ` ${tip.version.name}` : ""}${fell}` : "";
    item.node.title = fell ? "The newest version here got worse. Show model versions." : "Show model versions";
  };
}

export default plugin;
