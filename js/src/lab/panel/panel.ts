/** The sidebar: versions, one of them in detail, two of them compared, labels that move. */

import type { DiffView, LogView, VersionView } from "../../protocol/wire";
import { button, choice } from "../../views/atoms/controls";
import { icon } from "../../views/atoms/icons";
import { ago } from "../../views/atoms/times";
import { ensureStyles } from "../../views/css/sheet";
import { WHOLE } from "../../views/css/whole";
import { div, h, span } from "../../views/h";
import { render } from "../../views/index";
import { isTyping } from "../../views/keys";
import { versionList } from "../../views/log/list";
import { laneOf, matcher, nodesOf } from "../../views/log/model";
import type { Scope } from "../../views/scope";
import { Away, Refused, type Client, type Done } from "../client";
import { PANEL } from "./css";
import { Feed } from "./feed";
import { Labels } from "./labels";
import { ask, details, emptyState, errorState, reason, repositoryName, section, skeleton } from "./pieces";
import { keepAsking, later } from "./poll";

/** What the panel needs of the application around it. */
export interface Host {
  client: Client;
  /** The notebook's path on the server, or nothing. */
  notebook: () => string;
  visible: () => boolean;
  /** Tells what was done, with a way back. */
  tell: (text: string, undo: () => void) => void;
  /** Shows a difference in the main area; absent where there is none to spare. */
  wide?: (title: string, payload: unknown) => void;
  /** What the status bar says. */
  state: (log: LogView | null) => void;
}

export interface Panel {
  /** Looks again, and for the notebook's repository if `find`. */
  refresh: (find: boolean) => Promise<void>;
}

const EVERY = 1500;
const HIDDEN_EVERY = 15_000;
const LOADING_AFTER = 300;

/** Draws the panel into `root` and keeps it current until `scope` ends. */
export function drawPanel(root: HTMLElement, host: Host, scope: Scope): Panel {
  return new Sidebar(root, host, scope);
}

class Sidebar implements Panel {
  private readonly feed: Feed;
  private readonly top = div("ptop");
  private readonly branch = div("pbr");
  private readonly note = div("");
  private readonly body = div("body");
  private readonly foot = div("pf");
  private readonly input: HTMLInputElement;
  private readonly list: ReturnType<typeof versionList>;
  private readonly more = div("");
  private readonly pair = div("");
  private readonly detail = div("");
  private readonly labels: Labels;
  private readonly versionsHead: ReturnType<typeof section>;
  private readonly detailHead: ReturnType<typeof section>;
  private picked: string[] = [];
  private seen = 0;
  private away = false;
  private busy: Promise<void> | null = null;
  private shownDiff: (() => void) | null = null;
  private said: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly host: Host,
    private readonly scope: Scope,
  ) {
    this.feed = new Feed(host.client);
    this.input = h("input", { type: "search", placeholder: "message, author, metric > 0.9", "aria-label": "Search versions" });
    this.list = versionList({ pick: (id) => this.pick(id), open: (id) => this.pick(id, true) }, scope);
    this.versionsHead = section("Versions", div("", this.list.root, this.more, this.pair), scope);
    this.detailHead = section("Version", this.detail, scope);
    this.labels = new Labels(this.feed, scope, {
      target: () => this.target(),
      act: (action, wish) => this.do(action, wish),
      say: (text) => this.say(text),
    });
    ensureStyles(root, WHOLE);
    root.classList.add("mvt", "panel");
    root.append(h("style", null, PANEL), this.top, this.note, this.body, this.foot);
    this.foot.setAttribute("role", "status");
    this.listen();
    later(LOADING_AFTER, () => this.seen === 0 && !this.away && !this.body.hasChildNodes() && this.body.replaceChildren(skeleton()), scope);
    keepAsking(() => (this.host.visible() ? EVERY : HIDDEN_EVERY), () => (this.busy === null ? void this.refresh(false) : undefined), scope);
  }

  async refresh(find: boolean): Promise<void> {
    await this.busy;
    this.busy = this.look(find).finally(() => {
      this.busy = null;
    });
    await this.busy;
  }

  private async look(find: boolean): Promise<void> {
    try {
      if (find || this.feed.key === null) {
        const before = this.feed.key;
        await this.feed.find(this.host.notebook());
        if (before !== this.feed.key) {
          this.picked = [];
        }
        this.head();
      }
      const news = await this.feed.refresh();
      const back = this.away;
      this.away = false;
      this.seen = Date.now();
      if (news || this.feed.key === null || back) {
        this.draw();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private listen(): void {
    let timer = 0;
    this.scope.on(this.input, "input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => this.search(), 200);
    });
    this.scope.add(() => window.clearTimeout(timer));
    this.scope.on(this.root, "keydown", (event) => {
      if (event.key === "Escape" && event.target === this.input) {
        this.input.value = "";
        this.search();
      } else if (!isTyping(event) && event.key === "/") {
        event.preventDefault();
        this.input.focus();
      } else if (!isTyping(event) && event.key === "c" && this.picked.length === 2) {
        void this.compare();
      }
    });
  }

  /** Words are looked for in what is here; a comparison asks the server, who knows all versions. */
  private search(): void {
    const query = this.input.value.trim();
    const where = /[<>=]/.test(query) ? query : "";
    if (where !== this.feed.where) {
      this.feed.filter({ where });
      void this.refresh(false);
    } else {
      this.draw();
    }
  }

  private head(): void {
    const { repositories, key } = this.feed;
    const again = button(null, { icon: "swap", label: "Compare the two versions picked (c)", kind: "ghost icn" });
    this.scope.on(again, "click", () => void this.compare());
    const name = repositoryName(repositories, key, this.scope, (next) => {
      this.feed.pick(next);
      this.picked = [];
      void this.refresh(false);
    });
    this.top.replaceChildren(icon("box"), name, span("sp"), again);
  }

  private fail(error: unknown): void {
    if (error instanceof Away) {
      this.away = true;
      const since = this.seen ? ` Shown as of ${ago(this.seen)}.` : "";
      this.note.replaceChildren(h("div", { class: "note warn", role: "status" }, icon("warn"), h("p", null, `${error.message}${since} Trying again.`)));
      return;
    }
    if (error instanceof Refused && error.code === "unknown-repository") {
      this.feed.choose(null);
      return;
    }
    this.seen = Date.now();
    if (this.feed.where) {
      this.more.replaceChildren(errorState(error, this.scope));
      return;
    }
    this.body.replaceChildren(errorState(error, this.scope));
    this.host.state(null);
  }

  private draw(): void {
    const { log } = this.feed;
    this.note.replaceChildren();
    this.host.state(log);
    this.footer();
    const filtered = this.feed.where !== "" || this.feed.branch !== "";
    if (log === null || (log.total === 0 && !filtered)) {
      this.body.replaceChildren(emptyState(this.scope));
      return;
    }
    if (!this.body.contains(this.versionsHead.root)) {
      const find = div("pin", icon("search"), this.input);
      this.body.replaceChildren(this.branch, find, this.versionsHead.root, this.detailHead.root, this.labels.root);
    }
    this.branches(log);
    this.versions(log);
    this.labels.draw();
  }

  private branches(log: LogView): void {
    const options = [{ value: "", text: "All branches" }, ...log.branches.map((name) => ({ value: name, text: name === log.head ? `${name} (here)` : name }))];
    const { root, select } = choice("Branch", options, this.feed.branch, "branch");
    this.scope.on(select, "change", () => {
      this.feed.filter({ branch: select.value });
      void this.refresh(false);
    });
    if (!this.branch.contains(document.activeElement)) {
      this.branch.replaceChildren(root);
    }
  }

  private versions(log: LogView): void {
    const query = this.feed.where ? "" : this.input.value.trim();
    const fits = matcher(query, log.metrics);
    const rows = log.rows.filter(fits);
    this.list.show(nodesOf(log, rows, log.metric, laneOf(log)), log.metric);
    const count = rows.length === log.total ? String(log.total) : `${rows.length} of ${log.total}`;
    this.versionsHead.name("Versions", count);
    this.more.replaceChildren();
    if (rows.length === 0) {
      this.more.append(h("p", { class: "none" }, "No version fits this search."));
    }
    if (log.rows.length < log.total) {
      const next = button(`Show more of ${log.total}`, { kind: "ghost" });
      this.scope.on(next, "click", () => {
        this.feed.filter({ more: true });
        void this.refresh(false);
      });
      this.more.append(div("two", next));
    }
    const here = new Set(log.rows.map(({ version }) => version.id));
    this.picked = this.picked.filter((id) => here.has(id));
    if (this.picked.length === 0 && rows[0]) {
      this.picked = [rows[0].version.id];
    }
    this.chosen();
  }

  private pick(id: string, alone = false): void {
    if (alone || (this.picked.length === 1 && this.picked[0] === id)) {
      this.picked = [id];
    } else if (this.picked.includes(id)) {
      this.picked = this.picked.filter((other) => other !== id);
    } else {
      this.picked = [...this.picked.slice(-1), id];
    }
    this.chosen();
    this.labels.draw();
  }

  private chosen(): void {
    this.list.mark(new Set(this.picked));
    const [first, second] = this.ordered();
    this.pair.replaceChildren();
    if (first && second) {
      const go = button("Compare", {});
      this.scope.on(go, "click", () => void this.compare());
      this.pair.append(div("two", h("span", { class: "v" }, first.name), icon("arrow", true), h("span", { class: "v" }, second.name), span("sp"), go));
    }
    void this.open();
  }

  private ordered(): { id: string; name: string; number: number }[] {
    const rows = this.feed.log?.rows ?? [];
    const found = this.picked.flatMap((id) => rows.filter(({ version }) => version.id === id).map(({ version }) => version));
    return found.sort((a, b) => a.number - b.number);
  }

  private target(): { id: string; name: string } | null {
    const last = this.picked[this.picked.length - 1];
    return this.ordered().find(({ id }) => id === last) ?? null;
  }

  private async open(): Promise<void> {
    const { key } = this.feed;
    const wanted = this.target();
    if (!key || !wanted || this.detail.querySelector(".ask") || this.shownDiff) {
      return;
    }
    try {
      const answer = await this.host.client.view<VersionView>(key, "version", { revision: wanted.id });
      if (answer && this.target()?.id === wanted.id) {
        this.detailHead.name(wanted.name);
        this.detail.replaceChildren(details(answer.view, this.actions(wanted)));
      }
    } catch (error) {
      this.detail.replaceChildren(errorState(error, this.scope));
    }
  }

  private actions(version: { id: string; name: string }): HTMLElement[] {
    const place = div("");
    const make = (name: "tag" | "branch", title: string): HTMLElement => {
      const start = button(name === "tag" ? "Tag" : "Branch", { icon: name });
      this.scope.on(start, "click", () => {
        const text = name === "tag" ? "A tag names a version for good." : "The branch starts at this version.";
        const act = (typed: string): Promise<void> => this.do(name, { name: typed, revision: version.id });
        ask({ title, text, yes: `Make the ${name}`, field: `Name of the ${name}`, act }, place, this.scope, start);
      });
      return start;
    };
    const compare = button("Compare with parent", {});
    this.scope.on(compare, "click", () => void this.compare(`${version.id}~1`, version.id));
    return [compare, make("tag", `Tag ${version.name}`), make("branch", `Branch from ${version.name}`), place];
  }

  private async compare(base?: string, other?: string): Promise<void> {
    const [first, second] = this.ordered();
    const sides = base && other ? { base, other } : first && second ? { base: first.id, other: second.id } : null;
    if (!sides || !this.feed.key) {
      this.say("Pick two versions to compare them.");
      return;
    }
    try {
      const answer = await this.host.client.view<DiffView>(this.feed.key, "diff", sides);
      if (answer) {
        this.difference(answer.view);
      }
    } catch (error) {
      this.say(reason(error));
    }
  }

  private difference(view: DiffView): void {
    this.closeDifference();
    const title = `${view.base.name} → ${view.other.name}`;
    const place = div("");
    const close = button("Close", { kind: "ghost" });
    const wide = this.host.wide ? button("Open wide", {}) : null;
    const end = render(place, view, (event) => {
      if (event.type === "compare") {
        void this.compare(event.base, event.other);
        return true;
      }
      return false;
    });
    this.shownDiff = end;
    this.scope.on(close, "click", () => {
      this.closeDifference();
      void this.open();
    });
    if (wide) {
      this.scope.on(wide, "click", () => this.host.wide?.(title, view));
    }
    this.detailHead.name(`Compare ${title}`);
    this.detail.replaceChildren(place, div("two", wide, span("sp"), close));
    this.detail.scrollIntoView({ block: "nearest" });
  }

  private closeDifference(): void {
    this.shownDiff?.();
    this.shownDiff = null;
  }

  private async do(action: string, wish: Record<string, string | number>): Promise<void> {
    const key = this.feed.key ?? "";
    const done = await this.host.client.act(key, action, wish);
    this.labels.settle();
    this.detail.querySelector(".ask")?.remove();
    this.tell(key, done);
    await this.refresh(false);
  }

  private tell(key: string, done: Done): void {
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
    this.said = h("span", { class: "row" }, span("el", done.notice.title), link);
    this.footer();
    this.host.tell(done.notice.title, undo);
  }

  private say(text: string): void {
    this.said = span("el", text);
    this.footer();
  }

  private footer(): void {
    const total = this.feed.log?.total ?? 0;
    const plain = this.feed.key ? `${total} ${total === 1 ? "version" : "versions"}, up to date` : "No repository beside this notebook";
    this.foot.replaceChildren(this.said ?? span("el", plain));
  }
}
