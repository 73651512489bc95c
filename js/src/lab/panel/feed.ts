/** What the panel knows of one repository, kept up to date with at most one question a second. */

import type { LogView, TableView } from "../../protocol/wire";
import type { Client, Repository } from "../client";

/** The first page, and what "more" adds to it. */
const PAGE = 200;
const MORE = 1000;

export class Feed {
  repositories: Repository[] = [];
  key: string | null = null;
  branch = "";
  where = "";
  wanted = PAGE;
  log: LogView | null = null;
  labels: TableView | null = null;
  private tag = "";
  private picked: string | null = null;

  constructor(readonly client: Client) {}

  /** Finds the repositories near a notebook and takes its own. */
  async find(path: string): Promise<void> {
    const { repositories, here } = await this.client.repositories(path);
    this.repositories = repositories;
    // Another folder's repository is shown beside a notebook only if somebody picked it.
    const offered = repositories.map(({ id }) => id);
    const picked = this.picked !== null && offered.includes(this.picked) ? this.picked : null;
    const next = here ?? picked ?? (path === "" ? (offered[0] ?? null) : null);
    if (next !== this.key) {
      this.choose(next);
    }
  }

  /** Takes the repository that somebody picked from the list. */
  pick(key: string): void {
    this.picked = key;
    this.choose(key);
  }

  /** Takes another repository, and forgets what was known. */
  choose(key: string | null): void {
    this.key = key;
    this.branch = "";
    this.where = "";
    this.wanted = PAGE;
    this.log = null;
    this.labels = null;
    this.tag = "";
  }

  /** Asks differently from now on. */
  filter(change: { branch?: string; where?: string; more?: boolean }): void {
    this.branch = change.branch ?? this.branch;
    this.where = change.where ?? this.where;
    this.wanted = change.more ? this.wanted + MORE : PAGE;
    this.tag = "";
  }

  /** Whether something new came. */
  async refresh(): Promise<boolean> {
    const { key, wanted, branch, where } = this;
    if (key === null) {
      return false;
    }
    const first = await this.page(key, 0, Math.min(wanted, MORE), this.tag);
    if (first === null) {
      return false;
    }
    const log = first.view;
    while (log.rows.length < Math.min(wanted, log.total)) {
      const next = await this.page(key, log.rows.length, Math.min(MORE, wanted - log.rows.length));
      if (!next || next.view.rows.length === 0) {
        break;
      }
      log.rows.push(...next.view.rows);
    }
    const labels = await this.client.view<TableView>(key, "labels");
    // The question may have changed while the answer was on its way.
    if (key !== this.key || branch !== this.branch || where !== this.where || wanted !== this.wanted) {
      return false;
    }
    this.log = log;
    this.labels = labels?.view ?? null;
    this.tag = first.tag;
    return true;
  }

  private page(key: string, offset: number, limit: number, tag = ""): Promise<{ view: LogView; tag: string } | null> {
    const asked = { offset: String(offset), limit: String(limit), branch: this.branch, where: this.where };
    return this.client.view<LogView>(key, "log", asked, tag);
  }
}
