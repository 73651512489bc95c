/** Labels: where each is, where it has been, and moving it once that is confirmed. */

import type { DiffView, TableView } from "../../protocol/wire";
import { labelChip } from "../../views/atoms/chips";
import { button } from "../../views/atoms/controls";
import { ago } from "../../views/atoms/times";
import { div, span } from "../../views/h";
import type { Scope } from "../../views/scope";
import type { Feed } from "./feed";
import { ask, backFrom, changes, moves, reason, section } from "./pieces";

/** What labels need of the panel that they are in. */
export interface LabelHost {
  target: () => { id: string; name: string } | null;
  act: (action: string, wish: Record<string, string | number>) => Promise<void>;
  say: (text: string) => void;
}

export class Labels {
  readonly root: HTMLElement;
  private readonly body = div("");
  private readonly head: ReturnType<typeof section>;

  constructor(
    private readonly feed: Feed,
    private readonly scope: Scope,
    private readonly host: LabelHost,
  ) {
    this.head = section("Labels", this.body, scope);
    this.root = this.head.root;
  }

  /** Takes away a question that is answered. */
  settle(): void {
    this.body.querySelector(".ask")?.remove();
  }

  draw(): void {
    const view = this.feed.labels;
    if (view === null || this.body.querySelector(".ask")) {
      return;
    }
    const rows = view.rows.map((cells) => ({ name: cells[0]?.text ?? "", held: cells[1]?.text ?? "" }));
    const known = rows.some(({ name }) => name === "production") ? rows : [{ name: "production", held: "" }, ...rows];
    const sorted = [...known].sort((a, b) => Number(b.name === "production") - Number(a.name === "production"));
    this.head.name("Labels", String(rows.length));
    this.body.replaceChildren(...sorted.map((row) => this.labelRow(row)));
  }

  private labelRow({ name, held }: { name: string; held: string }): HTMLElement {
    const place = div("");
    const target = this.host.target();
    const promotes = target !== null && target.name !== held;
    const past = button(null, { icon: "clock", label: `History of ${name}`, kind: "ghost icn" });
    const act = promotes ? button(`Promote ${target.name}`, {}) : button("Roll back", {});
    this.scope.on(act, "click", () => void (promotes ? this.promote(name, held, target, place, act) : this.rollback(name, place, act)));
    this.scope.on(past, "click", () => void this.history(name, place, past));
    past.hidden = held === "";
    act.hidden = !promotes && held === "";
    return div("", div("lrow", labelChip(name), span(held ? "" : "q", held || "nowhere yet"), act, past), place);
  }

  private async promote(name: string, held: string, target: { id: string; name: string }, place: HTMLElement, back: HTMLElement): Promise<void> {
    const key = this.feed.key ?? "";
    try {
      const answer = held ? await this.feed.client.view<DiffView>(key, "diff", { base: held, other: target.id }) : null;
      const diff = answer?.view;
      const worse = (diff?.metrics?.rows ?? []).some(({ verdict }) => verdict === "worse");
      const wish: Record<string, string> = { label: name, revision: target.id };
      if (held) {
        wish.expect = held;
      }
      const text = [worse ? "Something gets worse." : "", diff?.sentence ?? "", "You can undo this."].filter(Boolean).join(" ");
      const title = held ? `Move ${name} from ${held} to ${target.name}?` : `Put ${name} on ${target.name}?`;
      ask({ title, text, content: diff ? changes(diff) : null, yes: `Move ${name}`, grave: worse, act: () => this.host.act("label", wish) }, place, this.scope, back);
    } catch (error) {
      this.host.say(reason(error));
    }
  }

  private async rollback(name: string, place: HTMLElement, back: HTMLElement): Promise<void> {
    try {
      const past = await this.past(name);
      const to = past && backFrom(past);
      if (!to) {
        this.host.say(`${name} never held another version.`);
        return;
      }
      const time = past.rows[0]?.[4]?.value;
      const until = typeof time === "number" ? ` It was left ${ago(time)}.` : "";
      const text = `Every byte of ${to} is read and verified before the label moves.${until} You can undo this.`;
      ask({ title: `Roll ${name} back to ${to}?`, text, yes: `Roll back to ${to}`, act: () => this.host.act("rollback", { label: name, to }) }, place, this.scope, back);
    } catch (error) {
      this.host.say(reason(error));
    }
  }

  private async past(name: string): Promise<TableView | null> {
    const answer = await this.feed.client.view<TableView>(this.feed.key ?? "", "history", { label: name });
    return answer?.view ?? null;
  }

  private async history(name: string, place: HTMLElement, toggle: HTMLElement): Promise<void> {
    const open = toggle.getAttribute("aria-expanded") === "true";
    toggle.setAttribute("aria-expanded", String(!open));
    place.replaceChildren();
    if (open) {
      return;
    }
    try {
      const past = await this.past(name);
      if (past) {
        place.replaceChildren(moves(past));
      }
    } catch (error) {
      this.host.say(reason(error));
    }
  }
}
