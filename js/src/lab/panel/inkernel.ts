/** What the panel does in the notebook's kernel: commit, restore, look what has changed. */

import type { CommitView, StatusView, TableView, Version } from "../../protocol/wire";
import { button, command } from "../../views/atoms/controls";
import { div, h } from "../../views/h";
import { render } from "../../views/index";
import { createScope, type Scope } from "../../views/scope";
import type { Show, Told } from "../kernel";
import { ask, type Asked } from "./ask";

/** The kernel, as much of it as is needed. */
export interface KernelHost {
  missing: () => string;
  run: (words: readonly string[], show?: Show) => Promise<Told>;
  restore: (revision: string, name: string, show?: Show) => Promise<Told>;
  glance: () => Promise<Told | null>;
  interrupt: () => void;
  /** Whether it may be asked after a cell. */
  mayLook: () => boolean;
}

export interface InKernelHost {
  say: (text: string) => void;
  /** Another number of changes is known. */
  changed: () => void;
  done: (title: string) => void;
}

/** After a look that took long, the next waits so many times as long. */
const REST = 10;
/** While one look is on its way, another waits so many milliseconds. */
const PAUSE = 300;

export class InKernel {
  /** `3 changes`, `clean`, or nothing where nobody knows. */
  changes = "";
  private notBefore = 0;
  private looking = false;
  private timer = 0;

  constructor(
    private readonly kernel: KernelHost,
    private readonly scope: Scope,
    private readonly host: InKernelHost,
  ) {
    scope.add(() => window.clearTimeout(this.timer));
  }

  /** Asks what would be committed, unless that was costly a moment ago. */
  async look(): Promise<void> {
    window.clearTimeout(this.timer);
    if (!this.kernel.mayLook() || this.kernel.missing()) {
      this.know("");
      return;
    }
    const rest = this.looking ? PAUSE : this.notBefore - Date.now();
    if (rest > 0) {
      // What was known is no longer so, and nothing is better than what is wrong.
      this.know("");
      this.timer = window.setTimeout(() => void this.look(), rest);
      return;
    }
    this.looking = true;
    const started = performance.now();
    const told = await this.kernel.glance();
    const took = performance.now() - started;
    this.looking = false;
    this.notBefore = took > 100 ? Date.now() + took * REST : 0;
    const view = told?.view as StatusView | null | undefined;
    const count = told?.changed ?? 0;
    const next = !view || (view.rows.length === 0 && count === 0) ? "" : count === 0 ? "clean" : count === 1 ? "1 change" : `${count} changes`;
    this.know(next);
  }

  private know(next: string): void {
    if (next !== this.changes) {
      this.changes = next;
      this.host.changed();
    }
  }

  /** Asks for a message, and commits the notebook's model. */
  commit(place: HTMLElement, back: HTMLElement): void {
    const act = async (message: string, { toil }: Asked): Promise<void> => {
      const show = toil("Keeping a version", () => this.kernel.interrupt());
      const { view } = await this.kernel.run(message ? ["commit", "-m", message] : ["commit"], show);
      this.told(view as CommitView);
    };
    ask({ title: "Keep the model of this notebook", text: "With its data's fingerprints, params, metrics, code and environment.", yes: "Commit", field: "What changed, and why", long: true, optional: true, act }, place, this.scope, back);
  }

  /** Restores a version beside the user's own names, once that is confirmed. */
  checkout(version: Version, place: HTMLElement, back: HTMLElement): void {
    const act = async (name: string, { toil }: Asked): Promise<void> => {
      const show = toil(`Restoring ${version.name}`, () => this.kernel.interrupt());
      const { view } = await this.kernel.restore(version.id, name, show);
      this.restored(version, name, view as TableView, place, back);
    };
    ask({ title: `Restore ${version.name} in the kernel?`, text: "Its models and variables come under one name. Your own stay as they are.", yes: `Restore ${version.name}`, field: "Name of the variable", value: version.name, act }, place, this.scope, back);
  }

  /** Offers to move the kernel's own HEAD to the branch on which new sessions start now, if it has one elsewhere. */
  async move(branch: string, place: HTMLElement, back: HTMLElement): Promise<void> {
    const told = await this.kernel.glance();
    const own = (told?.view as StatusView | null | undefined)?.branch;
    if (!own || own === branch) {
      void this.look();
      return;
    }
    const act = async (): Promise<void> => {
      await this.kernel.run(["switch", branch]);
      this.host.say(`New sessions and this kernel are on ${branch}.`);
      void this.look();
    };
    ask({ title: `Move this kernel to ${branch} too?`, text: `New sessions start on ${branch} now. This kernel has a HEAD of its own on ${own}, and commits there until it is moved. Its variables stay as they are.`, yes: `Move the kernel to ${branch}`, act }, place, this.scope, back);
  }

  private restored(version: Version, name: string, view: TableView, place: HTMLElement, back: HTMLElement): void {
    const scope = createScope();
    const shown = div("");
    const close = button("Close", { kind: "ghost" });
    const first = view.rows[0]?.[0]?.text ?? "";
    scope.add(render(shown, view, () => false));
    scope.on(close, "click", () => {
      scope.dispose();
      place.replaceChildren();
      back.focus();
    });
    this.scope.add(() => scope.dispose());
    // The question goes away when this returns; what came of it takes its place.
    queueMicrotask(() => place.replaceChildren(h("div", { class: "ask", role: "status" }, h("p", { class: "b" }, `${version.name} is restored as ${name}`), shown, first ? command(`${name}[${JSON.stringify(first)}]`, scope) : null, div("acts", close))));
    this.host.say(`${version.name} is restored as ${name}.`);
  }

  private told(view: CommitView): void {
    const { created, version, text, alerts } = view;
    const fell = alerts.map(({ key, text: said }) => (said ? `${key} ${said}.` : key)).join(" ");
    this.changes = "clean";
    this.host.done(created ? [`${version.name} is kept.`, fell].filter(Boolean).join(" ") : text || `Nothing changed since ${version.name}.`);
  }
}
