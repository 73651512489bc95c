/** Labels: where each is, where it has been, and moving it once that is confirmed. */

import type { DiffView, TableView, Version } from "../../protocol/wire";
import { labelChip } from "../../views/atoms/chips";
import { button } from "../../views/atoms/controls";
import { ago } from "../../views/atoms/times";
import { div, h } from "../../views/h";
import { createScope, type Scope } from "../../views/scope";
import type { Done, Follow } from "../client";
import { ask, followed, isAsking } from "./ask";
import type { Feed } from "./feed";
import { changes, leftAt, moves } from "./parts";
import { section, type Section } from "./section";
import { reason } from "./told";

/** What labels need of the panel that they are in. */
export interface LabelHost {
  target: () => Version | null;
  act: (action: string, wish: Record<string, string | number>, follow?: Follow) => Promise<Done>;
  say: (text: string) => void;
  folded: (open: boolean) => void;
  compare: (base: string, other: string) => void;
}

/** Where a label has been, and where it goes back to. */
interface WayBack {
  history: TableView;
  to: Version | null;
  /** How many of the predictions that were stored for both are the same. */
  alike: { same: number; rows: number } | null;
}

export class Labels {
  readonly root: HTMLElement;
  readonly head: Section;
  private readonly body = div("labs");
  private readonly open = new Set<string>();
  private drawn = createScope();
  /** Whether a question is being prepared: what is drawn anew meanwhile would take its place away. */
  private opening = false;

  constructor(
    private readonly feed: Feed,
    private readonly scope: Scope,
    private readonly host: LabelHost,
  ) {
    this.head = section("Labels", this.body, "plab", scope, (open) => host.folded(open));
    this.root = this.head.root;
    scope.add(() => this.drawn.dispose());
  }

  draw(): void {
    const view = this.feed.labels;
    if (view === null || this.opening || isAsking(this.body)) {
      return;
    }
    const rows = view.rows.map((cells) => ({ name: cells[0]?.text ?? "", held: cells[1]?.text ?? "" }));
    const known = rows.some(({ name }) => name === "production") ? rows : [{ name: "production", held: "" }, ...rows];
    const sorted = [...known].sort((a, b) => Number(b.name === "production") - Number(a.name === "production"));
    const focus = this.body.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : undefined;
    this.drawn.dispose();
    this.drawn = createScope();
    this.head.name("Labels", String(rows.length));
    this.body.replaceChildren(...sorted.map((row) => this.labelRow(row)));
    if (focus) {
      this.body.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
    }
  }

  private labelRow({ name, held }: { name: string; held: string }): HTMLElement {
    const place = div("");
    const past = div("");
    const target = this.host.target();
    const promotes = target !== null && target.name !== held;
    const clock = button(null, { icon: "clock", label: `History of ${name}`, kind: "ghost icn" });
    // Beside a narrow panel's label only the shortest names have room; it is said, and shown in the question.
    const short = promotes && target.name.length > 2;
    const act = promotes ? button(short ? "Promote" : `Promote ${target.name}`, {}) : button("Roll back", {});
    if (short) {
      act.setAttribute("aria-label", `Promote ${target.name}`);
      act.title = `Promote ${target.name}`;
    }
    const dropped = promotes ? this.feed.dropped(target) : "";
    if (dropped) {
      act.title = dropped;
      act.setAttribute("aria-disabled", "true");
    }
    clock.dataset.key = `past ${name}`;
    act.dataset.key = `act ${name}`;
    clock.setAttribute("aria-expanded", "false");
    this.drawn.on(act, "click", () => (dropped ? this.host.say(dropped) : void this.opened(() => (promotes ? this.promote(name, held, target, place, act) : this.rollback(name, held, place, act)))));
    this.drawn.on(clock, "click", () => this.toggle(name, past, clock));
    clock.hidden = held === "";
    act.hidden = !promotes && held === "";
    if (this.open.has(name)) {
      void this.history(name, past, clock);
    }
    return div("", div("lrow", labelChip(name), h("span", { class: held ? "v" : "q el" }, held || "none"), act, clock), place, past);
  }

  private async opened(question: () => Promise<void>): Promise<void> {
    if (this.opening) {
      return;
    }
    this.opening = true;
    try {
      await question();
    } catch (error) {
      this.host.say(reason(error));
    }
    this.opening = false;
    this.draw();
  }

  private async promote(name: string, held: string, target: Version, place: HTMLElement, back: HTMLElement): Promise<void> {
    const key = this.feed.key ?? "";
    const answer = held ? await this.feed.client.view<DiffView>(key, "diff", { base: held, other: target.id }) : null;
    const diff = answer?.view;
    const worse = (diff?.metrics?.rows ?? []).some(({ verdict }) => verdict === "worse");
    const wish: Record<string, string> = { label: name, revision: target.id, ...(held ? { expect: held } : {}) };
    const text = [worse ? "Something gets worse." : "", diff?.sentence ?? "", "You can undo this."].filter(Boolean).join(" ");
    const title = held ? `Move ${name} from ${held} to ${target.name}?` : `Put ${name} on ${target.name}?`;
    const content = diff ? div("", changes(diff) ?? h("p", { class: "s q" }, "No metric can be compared."), this.whole(held, target)) : null;
    ask({ title, text, content, yes: held ? `Move ${name}` : `Put ${name}`, grave: worse, act: async () => void (await this.host.act("label", wish)) }, place, this.scope, back);
  }

  private whole(held: string, target: Version): HTMLElement {
    const link = h("button", { type: "button", class: "lnk s" }, "Show the whole difference");
    this.drawn.on(link, "click", () => this.host.compare(held, target.id));
    return link;
  }

  private async rollback(name: string, held: string, place: HTMLElement, back: HTMLElement): Promise<void> {
    const answer = await this.feed.client.view<WayBack>(this.feed.key ?? "", "way-back", { label: name });
    const to = answer?.view.to;
    if (!answer || !to) {
      this.host.say(`${name} never held another version.`);
      return;
    }
    const left = leftAt(answer.view.history, to.name);
    const until = left === null ? "" : `${to.name} held it until ${ago(left)}. `;
    const text = `${until}Every byte of ${to.name} is read and verified before ${name} moves. ${predictions(answer.view.alike, held, to.name)} You can undo this.`;
    const diff = await this.feed.client.view<DiffView>(this.feed.key ?? "", "diff", { base: held, other: to.id });
    ask({ title: `Roll ${name} back to ${to.name}?`, text, content: diff ? changes(diff.view) : null, yes: `Roll back to ${to.name}`, act: async (_, asked) => void (await this.host.act("rollback", { label: name, to: to.id }, followed(asked, `Verifying ${to.name}`))) }, place, this.scope, back);
  }

  private toggle(name: string, place: HTMLElement, clock: HTMLElement): void {
    if (this.open.delete(name)) {
      place.replaceChildren();
      clock.setAttribute("aria-expanded", "false");
    } else {
      this.open.add(name);
      void this.history(name, place, clock);
    }
  }

  private async history(name: string, place: HTMLElement, clock: HTMLElement): Promise<void> {
    clock.setAttribute("aria-expanded", "true");
    try {
      const answer = await this.feed.client.view<TableView>(this.feed.key ?? "", "history", { label: name });
      if (answer && this.open.has(name)) {
        place.replaceChildren(moves(answer.view));
      }
    } catch (error) {
      this.host.say(reason(error));
    }
  }
}

/** What is known of predictions, from what was stored; nothing is run for it. */
function predictions(alike: WayBack["alike"], held: string, to: string): string {
  if (alike === null) {
    return "No predictions are stored for both on the same rows, so they are not compared.";
  }
  const { same, rows } = alike;
  const [all, part] = [rows.toLocaleString("en"), same.toLocaleString("en")];
  return same === rows ? `Stored predictions of ${held} and ${to} are identical: ${all} of ${all}.` : `Stored predictions of ${held} and ${to} are the same for ${part} of ${all} rows.`;
}
