/** The sidebar: versions, one of them in detail, two of them compared, labels that move. */

import type { TableView } from "../../protocol/wire";
import { ago } from "../../views/atoms/times";
import { ensureStyles } from "../../views/css/sheet";
import { WHOLE } from "../../views/css/whole";
import { div, h, span } from "../../views/h";
import { isTyping } from "../../views/keys";
import type { Scope } from "../../views/scope";
import type { Client, Done, Follow } from "../client";
import { Away, Refused } from "../failures";
import { ask, isAsking } from "./ask";
import { PANEL } from "./css";
import { Detail } from "./detail";
import { Feed } from "./feed";
import { Header } from "./header";
import { InKernel, type KernelHost } from "./inkernel";
import { Labels } from "./labels";
import type { MenuLine } from "./menu";
import { keepAsking, later } from "./poll";
import { awayNote, emptyState, errorState, skeleton, standing } from "./states";
import { Storage } from "./storage";
import { reason } from "./told";
import { Versions } from "./versions";

/** What the status bar says. */
export interface State {
  branch: string;
  version: string;
  changes: string;
  regressed: readonly string[];
}

/** What the panel needs of the application around it. */
export interface Host {
  client: Client;
  kernel: KernelHost;
  /** The notebook's path on the server, or nothing. */
  notebook: () => string;
  visible: () => boolean;
  /** Tells what was done, with a way back. */
  tell: (text: string, undo: (() => void) | null) => void;
  /** Shows a view in the main area; absent where there is none to spare. */
  wide?: (title: string, key: string, view: string, asked: Record<string, string>) => void;
  state: (state: State | null) => void;
  settings: () => { refreshSeconds: number; metric: string };
  /** Keeps which sections are folded. */
  remember: (name: string, open: boolean) => void;
}

const HIDDEN_EVERY = 15_000;
const LOADING_AFTER = 300;
/** Below this height the sections share one scroll bar. */
const SHORT = 600;
/** How long to wait after each failure, in seconds. */
const PATIENCE = [2, 4, 8, 15, 30];

export class Panel {
  private readonly feed: Feed;
  private readonly header: Header;
  private readonly question = div("");
  private readonly note = div("");
  private readonly body = div("body");
  private readonly foot = div("pf");
  private readonly versions: Versions;
  private readonly detail: Detail;
  private readonly labels: Labels;
  private readonly storage: Storage;
  private readonly kernel: InKernel;
  private seen = 0;
  private failures = 0;
  private next = 0;
  private metric = "";
  private busy: Promise<void> | null = null;
  private said: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly host: Host,
    private readonly scope: Scope,
  ) {
    this.feed = new Feed(host.client);
    const act = (action: string, wish: Record<string, string | number>, follow?: Follow): Promise<Done> => this.act(action, wish, follow);
    const say = (text: string): void => this.say(text);
    const folded = (name: string) => (open: boolean) => host.remember(name, open);
    this.kernel = new InKernel(host.kernel, scope, { say, changed: () => this.head(), done: (title) => this.kept(title) });
    this.versions = new Versions(this.feed, { picked: () => this.picked(), compare: () => void this.detail.compare(), ask: () => { this.foot.replaceChildren(span("el", "Searching…")); void this.refresh(false); }, folded: folded("versions"), metric: (log) => this.metricOf(log.metric) }, scope);
    this.detail = new Detail(this.feed, { target: () => this.versions.target(), ordered: () => this.versions.ordered(), act, say, folded: folded("version"), checkout: (version, place, back) => this.kernel.checkout(version, place, back), noKernel: () => host.kernel.missing(), wide: host.wide && ((title, view, asked) => host.wide?.(title, this.feed.key ?? "", view, asked)) }, scope);
    this.labels = new Labels(this.feed, scope, { target: () => this.versions.target(), act, say, folded: folded("labels"), compare: (base, other) => void this.detail.compare(base, other) });
    this.storage = new Storage(this.feed, scope, { folded: folded("storage"), act: (action, wish, follow) => (action === "gc" ? this.act(action, wish, follow) : host.client.act(this.feed.key ?? "", action, wish, follow)) });
    this.header = new Header(this.feed, { repository: (key) => this.repository(key), refresh: () => void this.refresh(true), switchTo: (name) => void this.switchTo(name), newBranch: () => this.newBranch(), only: (branch) => this.only(branch), more: () => this.more(), commit: () => this.commit(), noCommit: () => host.kernel.missing(), changes: () => this.kernel.changes }, scope);
    ensureStyles(root, WHOLE);
    root.classList.add("mvt", "panel");
    root.append(h("style", null, PANEL), this.header.root, this.question, this.note, this.body, this.foot);
    this.foot.setAttribute("role", "status");
    this.listen();
    later(LOADING_AFTER, () => (this.seen === 0 && this.failures === 0 && !this.body.hasChildNodes() ? this.body.replaceChildren(skeleton()) : undefined), scope);
    keepAsking(() => this.every(), () => (this.busy === null && host.client.following === 0 ? void this.refresh(false) : undefined), () => this.countDown(), scope);
  }

  /** Looks again, and for the notebook's repository if `find`. */
  async refresh(find: boolean): Promise<void> {
    await this.busy;
    this.header.busy(find);
    this.busy = this.look(find).finally(() => {
      this.busy = null;
      this.header.busy(false);
    });
    await this.busy;
  }

  /** The kernel or the notebook is another one, or in another state. */
  woke(): void {
    this.header.reason();
    if (!isAsking(this.root)) {
      void this.detail.open(true);
    }
  }

  /** A cell has run: something may have been committed, or may be now. */
  ran(): void {
    void this.kernel.look();
  }

  /** Asks for a message and commits. */
  commit(): void {
    const why = this.host.kernel.missing();
    if (why) {
      this.say(why);
    } else {
      this.kernel.commit(this.question, this.header.anchor);
    }
  }

  compare(): void {
    void this.detail.compare();
  }

  search(): void {
    this.versions.input.focus();
  }

  chooseBranch(): void {
    this.header.openBranches();
  }

  /** Folds sections as they were left. */
  restore(folds: Readonly<Record<string, boolean>>): void {
    const parts = { versions: this.versions.head, version: this.detail.head, labels: this.labels.head, storage: this.storage.head };
    for (const [name, part] of Object.entries(parts)) {
      part.fold(folds[name] ?? name !== "storage");
    }
    void this.storage.draw();
  }

  /** Asks whether the newest operation, whoever did it, is to be taken back. */
  async undo(): Promise<void> {
    try {
      const answer = this.feed.key ? await this.host.client.view<TableView>(this.feed.key, "operations") : null;
      const row = answer?.view.rows.find(([, verb]) => !/undone by|^(undo|redo)/.test(verb?.text ?? ""));
      const [number, verb, change, , who, time] = row ?? [];
      if (!number) {
        this.say("There is nothing to undo.");
        return;
      }
      const text = `${change?.text ?? ""}\n${who?.text ?? ""}, ${ago(time?.value ?? 0)}. Redo brings it back: %mvt redo`;
      ask({ title: `Undo operation ${number.text} (${verb?.text ?? ""})?`, text, yes: "Undo it", act: async () => void (await this.act("undo", { operation: number.value ?? 0 })) }, this.question, this.scope, this.header.anchor);
    } catch (error) {
      this.say(reason(error));
    }
  }

  private async look(find: boolean): Promise<void> {
    try {
      if (find || this.feed.key === null) {
        const before = this.feed.key;
        await this.feed.find(this.host.notebook());
        if (before !== this.feed.key) {
          this.forget();
        }
      }
      const news = await this.feed.refresh();
      const back = this.failures > 0;
      const first = this.seen === 0;
      this.failures = 0;
      this.seen = Date.now();
      if (news || this.feed.key === null || back || first || find) {
        this.draw();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private listen(): void {
    this.scope.on(this.root, "keydown", (event) => {
      if (isTyping(event)) {
        return;
      }
      const acts: Record<string, () => void> = { "/": () => this.search(), c: () => this.compare() };
      const act = acts[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    });
    const observer = new ResizeObserver(() => this.root.classList.toggle("short", this.root.clientHeight > 0 && this.root.clientHeight < SHORT));
    observer.observe(this.root);
    this.scope.add(() => observer.disconnect());
  }

  private every(): number {
    if (this.failures > 0) {
      return Math.max(0, this.next - Date.now());
    }
    return this.host.visible() ? Math.max(1, this.host.settings().refreshSeconds) * 1000 : HIDDEN_EVERY;
  }

  private countDown(): void {
    if (this.failures > 0 && this.host.visible() && this.seen + this.next > 0) {
      const seconds = Math.max(1, Math.ceil((this.next - Date.now()) / 1000));
      this.note.replaceChildren(awayNote(this.seen, seconds, this.scope, () => void this.refresh(true)));
    }
  }

  private fail(error: unknown): void {
    if (error instanceof Away) {
      const wait = PATIENCE[Math.min(this.failures, PATIENCE.length - 1)] ?? 30;
      this.failures += 1;
      this.next = Date.now() + wait * 1000;
      if (this.feed.log) {
        this.footer();
      } else {
        this.body.replaceChildren();
        this.foot.replaceChildren(span("el", "Nothing was read yet"));
      }
      this.countDown();
      return;
    }
    this.failures = 0;
    this.seen = Date.now();
    this.note.replaceChildren();
    if (error instanceof Refused && error.code === "unknown-repository") {
      this.feed.choose(null);
      this.draw();
    } else if (this.feed.where && this.feed.log) {
      this.versions.fail(error);
      this.foot.replaceChildren(span("el", "Nothing was searched"));
    } else {
      // The head may still be of the repository that was shown before.
      this.head();
      this.footer();
      this.body.replaceChildren(errorState(error, this.scope, () => void this.refresh(true)));
    }
  }

  private draw(): void {
    const { log, key } = this.feed;
    this.note.replaceChildren();
    this.head();
    this.footer();
    if (log === null || (log.total === 0 && !this.feed.filtered)) {
      this.body.replaceChildren(emptyState(key !== null, this.scope));
      return;
    }
    if (!this.body.contains(this.versions.root)) {
      this.body.replaceChildren(this.versions.field, this.versions.root, this.detail.root, this.labels.root, this.storage.root);
    }
    this.versions.draw();
    void this.detail.open(true);
    this.labels.draw();
    void this.storage.draw();
  }

  private head(): void {
    const { log } = this.feed;
    this.header.draw();
    const tip = log?.rows.find(({ version }) => version.name === this.feed.tip) ?? log?.rows.find(({ version }) => version.branch === log.head);
    this.host.state(log && log.total > 0 ? { branch: log.head, version: this.feed.tip || (tip?.version.name ?? ""), changes: this.kernel.changes, regressed: tip?.regressed ?? [] } : null);
  }

  private picked(): void {
    this.detail.clear();
    void this.detail.open();
    this.labels.draw();
  }

  private forget(): void {
    this.versions.picked = [];
    this.versions.input.value = "";
    this.detail.clear();
    this.said = null;
  }

  private repository(key: string): void {
    this.feed.pick(key);
    this.forget();
    void this.refresh(false);
  }

  private only(branch: string): void {
    this.feed.filter({ branch });
    this.versions.picked = [];
    void this.refresh(false);
  }

  private async switchTo(name: string): Promise<void> {
    try {
      await this.act("switch", { name });
      // A kernel beside another repository's notebook has no such branch.
      if (this.feed.beside && !this.host.kernel.missing()) {
        await this.kernel.move(name, this.question, this.header.anchor);
      }
    } catch (error) {
      this.say(reason(error));
    }
  }

  private newBranch(): void {
    const head = this.feed.log?.head ?? "HEAD";
    ask({ title: `Branch from ${head}`, text: "It starts at the newest version there, and HEAD moves to it.", yes: "Make the branch", field: "Name of the branch, such as exp/lr", act: async (name) => {
      await this.host.client.act(this.feed.key ?? "", "branch", { name, revision: head });
      await this.act("switch", { name });
    } }, this.question, this.scope, this.header.anchor);
  }

  private more(): MenuLine[] {
    const { log, key } = this.feed;
    const why = this.host.kernel.missing();
    const none = log ? "" : "There is no repository.";
    const wide = (title: string, view: string): (() => void) => () => this.host.wide?.(title, key ?? "", view, {});
    const metrics = (log?.metrics ?? []).slice(0, 8);
    const shown = this.metricOf(log?.metric ?? "");
    return [
      { text: "Commit…", icon: "commit", disabled: why, act: () => this.commit() },
      { text: "Undo last operation…", icon: "swap", disabled: none, act: () => void this.undo() },
      { text: "Free space…", icon: "box", disabled: none, act: () => void this.storage.free() },
      { text: "Verify every byte", icon: "check", disabled: none, act: () => this.storage.verify() },
      ...(this.host.wide && key ? [null, { text: "Leaderboard", icon: "up" as const, act: wide("Leaderboard", "leaderboard") }, { text: "Timeline", icon: "branch" as const, act: wide("Timeline", "log") }, { text: "Operations", icon: "clock" as const, act: wide("Operations", "operations") }] : []),
      ...(metrics.length > 1 ? [null, { head: "Metric" }, ...metrics.map(({ key: name, title }) => ({ text: title, checked: name === shown, act: () => this.show(name) }))] : []),
    ];
  }

  private show(metric: string): void {
    this.metric = metric;
    this.versions.draw();
  }

  private metricOf(first: string): string {
    const keys = this.feed.log?.metrics.map(({ key }) => key) ?? [];
    return [this.metric, this.host.settings().metric].find((key) => keys.includes(key)) ?? first;
  }

  private async act(action: string, wish: Record<string, string | number>, follow?: Follow): Promise<Done> {
    const done = await this.host.client.act(this.feed.key ?? "", action, wish, follow);
    // What undoes an undo is redo, which the question has named.
    this.tell(done, done.operation > 0 && action !== "undo");
    later(0, () => this.refresh(false), this.scope);
    return done;
  }

  /** A commit was made by the kernel. */
  private kept(title: string): void {
    this.say(title);
    this.host.tell(title, null);
    void this.refresh(true).then(() => {
      this.versions.newest();
      this.picked();
    });
  }

  private tell(done: Done, undoable: boolean): void {
    const key = this.feed.key ?? "";
    const { title } = done.notice;
    const undo = (): void => {
      void this.host.client.act(key, "undo", { operation: done.operation }).then(
        (taken) => {
          this.say(taken.notice.title);
          return this.refresh(false);
        },
        (error: unknown) => this.say(reason(error)),
      );
    };
    const link = h("button", { type: "button", class: "lnk" }, "Undo");
    this.scope.on(link, "click", undo);
    this.said = h("span", { class: "row" }, h("span", { class: "el", title }, title), undoable ? link : null);
    this.footer();
    this.host.tell(title, undoable ? undo : null);
  }

  private say(text: string): void {
    this.said = h("span", { class: "wrapped" }, text);
    this.footer();
  }

  private footer(): void {
    this.foot.replaceChildren(this.said ?? span("el", standing(this.feed, this.failures > 0)));
  }
}
