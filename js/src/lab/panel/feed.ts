/** What the panel knows of one repository: its newest page kept current, older ones as they are wanted. */

import type { LogRow, LogView, TableView, Version } from "../../protocol/wire";
import type { Client, Repository } from "../client";

/** Rows asked for at once. */
const PAGE = 100;

/** Rows that the server answers at once. */
const MOST = 1_000;

/** All that is shown before anything is picked. */
interface Home {
  /** Another word once anything but labels is said of versions that were there. */
  told: string;
  log: LogView;
  labels: TableView;
  branches: TableView;
}

export class Feed {
  repositories: Repository[] = [];
  key: string | null = null;
  branch = "";
  where = "";
  log: LogView | null = null;
  labels: TableView | null = null;
  branches: TableView | null = null;
  private here: string | null = null;
  private tag = "";
  private told = "";
  private picked: string | null = null;

  constructor(readonly client: Client) {}

  /** Finds the repositories near a notebook and takes its own. */
  async find(path: string): Promise<void> {
    const { repositories, here } = await this.client.repositories(path);
    this.repositories = repositories;
    this.here = here;
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
    this.log = null;
    this.labels = null;
    this.branches = null;
    this.tag = "";
  }

  /** Asks differently from now on. */
  filter(change: { branch?: string; where?: string }): void {
    this.branch = change.branch ?? this.branch;
    this.where = change.where ?? this.where;
    this.tag = "";
  }

  /** Whether only some of the versions are asked for. */
  get filtered(): boolean {
    return this.where !== "" || this.branch !== "";
  }

  /** Whether it is the repository of the notebook in front. */
  get beside(): boolean {
    return this.key !== null && this.key === this.here;
  }

  /** Whether there are older versions than those at hand. */
  get hasMore(): boolean {
    return this.log !== null && this.log.rows.length < this.log.total;
  }

  /** The newest version of the branch that HEAD stands on. */
  get tip(): string {
    const cells = this.branches?.rows.find(([name]) => name?.text.endsWith(" (here)"));
    return cells?.[1]?.text ?? "";
  }

  /** Why a version cannot be restored; empty when it can. */
  dropped({ id, name }: Version): string {
    const thin = this.log?.rows.some((row) => row.thin === true && row.version.id === id);
    return thin ? `The models and variables of ${name} were dropped; what describes it is kept.` : "";
  }

  /** Whether something new came. */
  async refresh(): Promise<boolean> {
    const { key, branch, where } = this;
    if (key === null) {
      return false;
    }
    const answer = await this.client.view<Home>(key, "home", this.asked(0), this.tag);
    // The question may have changed while the answer was on its way.
    if (answer === null || key !== this.key || branch !== this.branch || where !== this.where) {
      return false;
    }
    const { told, log, labels, branches } = answer.view;
    // Without a tag the rows at hand answer another question.
    const last = this.tag ? this.log : null;
    if (told === this.told) {
      log.rows = withOlder(log, last, labels);
    } else if (last) {
      await this.again(key, log, last.rows.length, answer.tag);
    }
    if (key !== this.key || branch !== this.branch || where !== this.where) {
      return false;
    }
    this.told = told;
    this.log = log;
    this.labels = labels;
    this.branches = branches;
    this.tag = answer.tag;
    return true;
  }

  /** Adds the next older page; tells whether it came. */
  async more(): Promise<boolean> {
    const { key, log, branch, where } = this;
    if (key === null || log === null || !this.hasMore) {
      return false;
    }
    const answer = await this.client.view<LogView>(key, "log", this.asked(log.rows.length));
    if (answer === null || log !== this.log || branch !== this.branch || where !== this.where) {
      return false;
    }
    if (answer.tag !== this.tag) {
      // Rows of two states lie side by side now: the next look asks for all of them.
      this.told = "";
    }
    const known = new Set(log.rows.map(({ version }) => version.id));
    const rows = answer.view.rows.filter(({ version }) => !known.has(version.id));
    log.rows = [...log.rows, ...rows];
    return rows.length > 0;
  }

  /** Asks once more for the older rows at hand; those that another state tells come when they are scrolled to. */
  private async again(key: string, log: LogView, count: number, tag: string): Promise<void> {
    while (log.rows.length < Math.min(count, log.total)) {
      const limit = Math.min(MOST, count - log.rows.length);
      const answer = await this.client.view<LogView>(key, "log", this.asked(log.rows.length, limit));
      if (answer?.tag !== tag || answer.view.rows.length === 0) {
        return;
      }
      log.rows = [...log.rows, ...answer.view.rows];
    }
  }

  private asked(offset: number, limit = PAGE): Record<string, string> {
    return { offset: String(offset), limit: String(limit), branch: this.branch, where: this.where };
  }
}

/**
 * The new first page with the older rows at hand behind it. While no more than that was said of
 * them, only their labels are others, which the table of labels tells; where the two do not meet,
 * the older ones are dropped and come again when they are scrolled to.
 */
export function withOlder(next: LogView, last: LogView | null, labels: TableView): LogRow[] {
  const end = next.rows[next.rows.length - 1];
  if (!last || !end || next.rows.length >= next.total) {
    return next.rows;
  }
  const at = last.rows.findIndex(({ version }) => version.id === end.version.id);
  const added = next.total - last.total;
  const met = at >= 0 && next.rows.length - 1 - at === added;
  if (!met) {
    return next.rows;
  }
  const held = new Map<string, string[]>();
  for (const [label, version] of labels.rows) {
    held.set(version?.text ?? "", [...(held.get(version?.text ?? "") ?? []), label?.text ?? ""]);
  }
  const older = last.rows.slice(at + 1).map((row) => ({ ...row, version: { ...row.version, labels: held.get(row.version.name) ?? [] } }));
  return [...next.rows, ...older];
}
