/** The top of the panel: which repository, which branch, and what can be done to the whole. */

import { button } from "../../views/atoms/controls";
import { icon } from "../../views/atoms/icons";
import { laneColor } from "../../views/atoms/chips";
import { ago } from "../../views/atoms/times";
import { div, h, span } from "../../views/h";
import { laneOf } from "../../views/log/model";
import type { Scope } from "../../views/scope";
import type { Feed } from "./feed";
import { menuButton, type MenuLine } from "./menu";

/** What the header asks of the panel. */
export interface HeaderHost {
  /** Takes another repository. */
  repository: (key: string) => void;
  refresh: () => void;
  switchTo: (branch: string) => void;
  /** Starts a branch at HEAD. */
  newBranch: () => void;
  /** Shows the versions of one branch, or all. */
  only: (branch: string) => void;
  /** What the menu for everything else holds. */
  more: () => readonly MenuLine[];
  commit: () => void;
  /** Why nothing can be committed now; empty when it can. */
  noCommit: () => string;
  /** What the kernel would commit; nothing when it was not asked. */
  changes: () => string;
}

export class Header {
  readonly root = div("");
  private readonly name = h("button", { type: "button", class: "btn ghost pname" });
  private readonly branch = h("button", { type: "button", class: "btn pbranch" });
  private readonly row = div("pbr", this.branch);
  private readonly keep = button("Commit", { kind: "pcommit" });
  private readonly again: HTMLButtonElement;

  constructor(
    private readonly feed: Feed,
    private readonly host: HeaderHost,
    scope: Scope,
  ) {
    this.again = button(null, { icon: "refresh", label: "Refresh", kind: "ghost icn" });
    const more = button(null, { icon: "dots", label: "More actions", kind: "ghost icn" });
    this.root.append(div("ptop", this.name, span("sp"), this.again, more), this.row);
    this.row.append(this.keep);
    menuButton(this.name, "Repositories", () => this.repositories(), scope);
    menuButton(this.branch, "Branches", () => this.branches(), scope);
    menuButton(more, "More actions", () => host.more(), scope);
    scope.on(this.again, "click", () => host.refresh());
    scope.on(this.keep, "click", () => {
      if (!host.noCommit()) {
        host.commit();
      }
    });
    this.draw();
  }

  /** Opens the menu of branches. */
  openBranches(): void {
    this.branch.focus();
    this.branch.click();
  }

  /** Where a question about the branch belongs. */
  get anchor(): HTMLElement {
    return this.branch;
  }

  busy(on: boolean): void {
    this.again.classList.toggle("spin", on);
  }

  draw(): void {
    const { repositories, key, log } = this.feed;
    const current = repositories.find(({ id }) => id === key);
    const several = repositories.length > 1;
    this.name.disabled = !several;
    this.name.title = current?.folder ?? "";
    this.name.setAttribute("aria-label", several ? `Repository ${current?.name ?? "none"}, choose another` : (current?.name ?? "Model versions"));
    this.name.replaceChildren(icon("box"), h("b", { class: "el" }, current?.name ?? "Versions"), several ? icon("down", true) : "");
    this.row.hidden = log === null || (log.total === 0 && !this.feed.filtered);
    this.reason();
    if (log) {
      const changes = this.host.changes();
      const lane = laneOf(log).get(log.head) ?? 0;
      this.branch.setAttribute("aria-label", `Branch ${log.head}, switch`);
      this.branch.title = `HEAD is on ${log.head}`;
      this.branch.replaceChildren(
        h("span", { class: "dot", style: `background:${laneColor(lane)}` }),
        h("span", { class: "el" }, log.head),
        this.feed.tip ? span("q nw at", `at ${this.feed.tip}`) : "",
        span("sp"),
        changes ? span("q nw el", changes) : "",
        icon("down", true),
      );
    }
  }

  /** Lets the commit button say why it cannot. */
  reason(): void {
    const why = this.host.noCommit();
    this.keep.setAttribute("aria-disabled", String(why !== ""));
    this.keep.title = why || "Keep the model of this notebook as a version";
  }

  private repositories(): MenuLine[] {
    const { repositories, key } = this.feed;
    return repositories.map(({ id, name, folder }) => ({
      text: name,
      about: folder === name ? "" : folder,
      checked: id === key,
      act: () => this.host.repository(id),
    }));
  }

  private branches(): MenuLine[] {
    const { log, branches, branch } = this.feed;
    if (!log) {
      return [];
    }
    const lanes = laneOf(log);
    const rows = (branches?.rows ?? []).map((cells) => ({
      name: (cells[0]?.text ?? "").replace(/ \(here\)$/, ""),
      version: cells[1]?.text ?? "",
      time: cells[4]?.value ?? 0,
    }));
    const others = rows.map(({ name }) => name).filter((name) => name !== branch);
    return [
      { head: "HEAD is on" },
      ...rows.map(({ name, version, time }) => ({
        text: name,
        about: `${version}, ${ago(time)}`,
        lane: lanes.get(name) ?? 0,
        checked: name === log.head,
        act: () => (name === log.head ? undefined : this.host.switchTo(name)),
      })),
      { text: "New branch here…", icon: "branch" as const, act: () => this.host.newBranch() },
      null,
      { head: "Show versions of" },
      { text: "all branches", checked: branch === "", act: () => this.host.only("") },
      ...(branch ? [{ text: branch, checked: true, act: () => undefined }] : []),
      ...others.slice(0, 30).map((name) => ({ text: name, checked: false, act: () => this.host.only(name) })),
    ];
  }
}
