/** The versions: search, graph and list, older pages as one scrolls, two picked for comparison. */

import type { LogView, Version } from "../../protocol/wire";
import { button } from "../../views/atoms/controls";
import { icon } from "../../views/atoms/icons";
import { div, h, span } from "../../views/h";
import { versionList } from "../../views/log/list";
import { laneOf, matcher, nodesOf } from "../../views/log/model";
import type { Scope } from "../../views/scope";
import type { Feed } from "./feed";
import { section, type Section } from "./section";
import { later } from "./poll";
import { errorState, skeleton } from "./states";

/** So near to the end, in rows, the next page is asked for. */
const AHEAD = 24;

/** Of more rows only those near what is seen are drawn: the list is drawn anew with every operation. */
const ALL_UP_TO = 40;

export interface VersionsHost {
  /** Other versions are picked. */
  picked: () => void;
  compare: () => void;
  /** Asks the server anew. */
  ask: () => void;
  folded: (open: boolean) => void;
  /** The metric to show, as somebody chose it. */
  metric: (log: LogView) => string;
}

export class Versions {
  readonly root: HTMLElement;
  readonly head: Section;
  readonly input = h("input", { type: "search", placeholder: "Search, or accuracy > 0.9", "aria-label": "Search versions", title: "Words of a message, author, branch or label; or a condition such as accuracy > 0.9 and author = 'ana'", spellcheck: "false" });
  picked: string[] = [];
  private readonly list: ReturnType<typeof versionList>;
  private readonly under = div("");
  private readonly pair = div("");
  private readonly find: HTMLElement;
  private fetching = false;
  private waiting = false;
  private follows = true;

  constructor(
    private readonly feed: Feed,
    private readonly host: VersionsHost,
    private readonly scope: Scope,
  ) {
    this.list = versionList({ pick: (id) => this.pick(id), open: (id) => this.pick(id, true) }, scope, ALL_UP_TO);
    this.find = div("pfind", icon("search"), this.input);
    this.head = section("Versions", div("", this.list.root, this.under, this.pair), "pvers", scope, (open) => host.folded(open));
    this.root = this.head.root;
    let timer = 0;
    scope.on(this.input, "input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => this.search(), 200);
    });
    scope.on(this.input, "keydown", (event) => {
      if (event.key === "Escape" && this.input.value) {
        event.stopPropagation();
        this.clear();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        this.list.root.querySelector<HTMLElement>("[role=option][tabindex='0']")?.focus();
      }
    });
    scope.add(() => window.clearTimeout(timer));
    scope.on(this.list.root, "scroll", () => void this.ahead());
  }

  /** The field to search in. */
  get field(): HTMLElement {
    return this.find;
  }

  clear(): void {
    this.input.value = "";
    this.search();
  }

  /** Takes the list away: what was asked for cannot be answered, and old rows would lie. */
  fail(error: unknown): void {
    this.waiting = false;
    this.list.root.hidden = true;
    this.pair.replaceChildren();
    this.head.name("Versions");
    const reset = button("Clear the search", {});
    this.scope.on(reset, "click", () => this.clear());
    this.under.replaceChildren(errorState(error, this.scope), div("two", reset));
  }

  draw(): void {
    const { log } = this.feed;
    if (!log) {
      return;
    }
    this.waiting = false;
    const query = this.feed.where ? "" : this.input.value.trim();
    const rows = query ? log.rows.filter(matcher(query, log.metrics)) : log.rows;
    const metric = this.host.metric(log);
    this.list.root.hidden = rows.length === 0;
    // What few rows need not; asking the style sheet for their number costs a look at all of them.
    this.root.classList.toggle("of1", rows.length < 2);
    this.root.classList.toggle("of2", rows.length === 2);
    this.list.show(nodesOf(log, rows, metric, laneOf(log)), metric);
    const all = log.total.toLocaleString("en");
    this.head.name("Versions", query ? `${rows.length.toLocaleString("en")} of ${all}` : all);
    this.below(log, rows.length, query);
    const here = new Set(log.rows.map(({ version }) => version.id));
    this.picked = this.picked.filter((id) => here.has(id));
    this.follows ||= this.picked.length === 0;
    const [newest] = log.rows;
    // Until somebody picks one, the newest is shown, also when another one comes.
    if (this.follows && newest) {
      this.picked = [newest.version.id];
    }
    this.mark();
  }

  /** The picked versions, older first. */
  ordered(): Version[] {
    const rows = this.feed.log?.rows ?? [];
    return rows.flatMap(({ version }) => (this.picked.includes(version.id) ? [version] : [])).sort((a, b) => a.number - b.number);
  }

  /** The version picked last: what details and labels are about. */
  target(): Version | null {
    const last = this.picked[this.picked.length - 1];
    return this.ordered().find(({ id }) => id === last) ?? null;
  }

  /** Picks the newest version and brings it into sight. */
  newest(): void {
    const first = this.feed.log?.rows[0];
    if (first) {
      this.follows = true;
      this.picked = [first.version.id];
      this.list.reveal(first.version.id, false);
      this.mark();
    }
  }

  private below(log: LogView, shown: number, query: string): void {
    this.under.replaceChildren();
    if (shown === 0) {
      const said = this.feed.hasMore && query ? `None of the newest ${log.rows.length.toLocaleString("en")} versions fits.` : "No version fits this search.";
      this.under.append(h("p", { class: "none", role: "status" }, said));
    }
    if (query && this.feed.hasMore) {
      const next = button("Search older versions", { kind: "ghost" });
      this.scope.on(next, "click", () => void this.fetch());
      this.under.append(div("two", next));
    }
  }

  /** Words are looked for in what is here; a condition asks the server, who knows all versions. */
  private search(): void {
    const query = this.input.value.trim();
    const where = /[<>=]|\b(?:contains|missing|in \()/.test(query) ? query : "";
    if (where !== this.feed.where) {
      this.feed.filter({ where });
      this.wait();
      this.host.ask();
    } else {
      this.draw();
    }
  }

  /** Says that an answer is on its way, if it takes longer than a moment. */
  private wait(): void {
    this.waiting = true;
    later(300, () => {
      if (this.waiting) {
        this.list.root.hidden = true;
        this.under.replaceChildren(skeleton("Searching"));
      }
    }, this.scope);
  }

  private pick(id: string, alone = false): void {
    this.follows = false;
    if (alone || (this.picked.length === 1 && this.picked[0] === id)) {
      this.picked = [id];
    } else if (this.picked.includes(id)) {
      this.picked = this.picked.filter((other) => other !== id);
    } else {
      this.picked = [...this.picked.slice(-1), id];
    }
    this.mark();
    this.host.picked();
  }

  private mark(): void {
    this.list.mark(new Set(this.picked));
    const [first, second] = this.ordered();
    this.pair.replaceChildren();
    if (first && second) {
      const go = button("Compare", { kind: "go" });
      const clear = button("Clear", { kind: "ghost" });
      this.scope.on(go, "click", () => this.host.compare());
      this.scope.on(clear, "click", () => this.pick(second.id, true));
      this.pair.append(div("two", span("v", first.name), icon("arrow", true), span("v", second.name), span("sp"), clear, go));
    }
  }

  /** Asks for older versions before the end of the list is reached. */
  private async ahead(): Promise<void> {
    const { scrollTop, clientHeight, scrollHeight } = this.list.root;
    if (scrollTop + clientHeight > scrollHeight - AHEAD * 42) {
      await this.fetch();
    }
  }

  private async fetch(): Promise<void> {
    if (this.fetching || !this.feed.hasMore) {
      return;
    }
    this.fetching = true;
    try {
      if (await this.feed.more()) {
        this.draw();
      }
    } catch {
      // The next look at the repository tells what is wrong with it.
    } finally {
      this.fetching = false;
    }
  }
}
