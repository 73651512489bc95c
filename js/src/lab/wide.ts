/** Views in the main area: a difference, the leaderboard, the log; restored with the layout. */

import type { ILabShell, ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import { WidgetTracker } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import { render } from "../views/index";
import type { ViewEvent } from "../views/view";
import { createScope, type Scope } from "../views/scope";
import type { Client } from "./client";
import { ICON } from "./commands";
import { hostOf } from "./host";
import { errorState, skeleton } from "./panel/states";

const OPEN = "jupyter-mvt:open";

/** What is shown, as the layout remembers it. */
interface Shown {
  title: string;
  key: string;
  view: string;
  asked: Record<string, string>;
}

class Wide extends Widget {
  private readonly scope = createScope();

  constructor(
    readonly shown: Shown,
    private readonly client: Client,
    private readonly open: (title: string, key: string, view: string, asked: Record<string, string>) => void,
  ) {
    super();
    this.id = idOf(shown);
    this.addClass("jp-MvtWide");
    this.title.label = shown.title;
    this.title.icon = ICON;
    this.title.closable = true;
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", shown.title);
    this.node.tabIndex = -1;
    void this.draw();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.scope.dispose();
    }
    super.dispose();
  }

  private async draw(): Promise<void> {
    const scope: Scope = createScope();
    const wait = window.setTimeout(() => this.node.replaceChildren(dressed(skeleton("Reading"))), 300);
    this.scope.add(() => window.clearTimeout(wait));
    try {
      const answer = await this.client.view<unknown>(this.shown.key, this.shown.view, this.shown.asked);
      window.clearTimeout(wait);
      this.node.replaceChildren();
      scope.add(render(this.node, answer?.view, (event) => this.act(event), undefined, this.shown.view === "diff" ? hostOf(this.client, this.shown.key) : undefined));
    } catch (error) {
      window.clearTimeout(wait);
      this.node.replaceChildren(dressed(errorState(error, scope, () => void this.draw())));
    }
    this.scope.add(() => scope.dispose());
  }

  private act(event: ViewEvent): boolean {
    if (event.type === "compare") {
      this.open("Compare", this.shown.key, "diff", { base: event.base, other: event.other });
      return true;
    }
    if (event.type === "open") {
      this.open("Version", this.shown.key, "version", { revision: event.version });
      return true;
    }
    return false;
  }
}

function dressed(state: HTMLElement): HTMLElement {
  const root = document.createElement("div");
  root.className = "mvt";
  root.append(state);
  return root;
}

function idOf({ key, view, asked }: Shown): string {
  return ["jupyter-mvt", key, view, ...Object.values(asked)].join("-").replace(/[^\w-]/g, "_");
}

/** Returns what opens a view in the main area. */
export function wideViews(app: JupyterFrontEnd, lab: ILabShell, client: Client, restorer: ILayoutRestorer | null): (title: string, key: string, view: string, asked: Record<string, string>) => void {
  const tracker = new WidgetTracker<Wide>({ namespace: "jupyter-mvt-wide" });
  const open = (title: string, key: string, view: string, asked: Record<string, string>): void => {
    void app.commands.execute(OPEN, { title, key, view, asked });
  };
  app.commands.addCommand(OPEN, {
    label: "Open a View of Model Versions",
    execute: (args) => {
      const shown = { title: String(args.title), key: String(args.key), view: String(args.view), asked: (args.asked ?? {}) as Record<string, string> };
      const there = tracker.find((widget) => widget.id === idOf(shown));
      const widget = there ?? new Wide(shown, client, open);
      if (!there) {
        void tracker.add(widget);
        lab.add(widget, "main");
      }
      lab.activateById(widget.id);
    },
  });
  if (restorer) {
    void restorer.restore(tracker, { command: OPEN, args: ({ shown }) => ({ ...shown }), name: ({ id }) => id });
  }
  return open;
}
