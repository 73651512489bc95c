/** One version in detail, or two of them compared. */

import type { DiffView, Version, VersionView } from "../../protocol/wire";
import { button } from "../../views/atoms/controls";
import { div, span } from "../../views/h";
import { render } from "../../views/index";
import { createScope, type Scope } from "../../views/scope";
import type { Done } from "../client";
import { hostOf } from "../host";
import { ask, isAsking } from "./ask";
import type { Feed } from "./feed";
import { menuButton, type MenuLine } from "./menu";
import { details } from "./parts";
import { section, type Section } from "./section";
import { errorState } from "./states";

export interface DetailHost {
  target: () => Version | null;
  ordered: () => Version[];
  act: (action: string, wish: Record<string, string | number>) => Promise<Done>;
  say: (text: string) => void;
  folded: (open: boolean) => void;
  /** Restores a version in the kernel; the answer is drawn below. */
  checkout: (version: Version, place: HTMLElement, back: HTMLElement) => void;
  /** Why there is no kernel to restore into; empty when there is. */
  noKernel: () => string;
  /** Shows a view in the main area; absent where there is none to spare. */
  wide?: (title: string, view: string, asked: Record<string, string>) => void;
}

export class Detail {
  readonly root: HTMLElement;
  readonly head: Section;
  private readonly body = div("");
  private drawn = createScope();
  private shown = "";
  private comparing = false;
  /** Whether something was to be drawn while a menu was open: it would have been shut. */
  private late = false;

  constructor(
    private readonly feed: Feed,
    private readonly host: DetailHost,
    scope: Scope,
  ) {
    this.head = section("Version", this.body, "pdet", scope, (open) => host.folded(open));
    this.root = this.head.root;
    scope.add(() => this.drawn.dispose());
  }

  /** Shows what is picked, unless something here waits for an answer. */
  async open(again = false): Promise<void> {
    const { key } = this.feed;
    const wanted = this.host.target();
    if (!key || !wanted || this.comparing || this.isHeld() || (this.shown === wanted.id && !again)) {
      return;
    }
    this.head.name(wanted.name);
    try {
      const answer = await this.feed.client.view<VersionView>(key, "version", { revision: wanted.id });
      if (answer && this.host.target()?.id === wanted.id && !this.comparing && !this.isHeld()) {
        const scope = this.fresh();
        const place = div("");
        this.body.replaceChildren(details(answer.view, this.actions(answer.view, place, scope), place));
        this.shown = wanted.id;
      }
    } catch (error) {
      this.body.replaceChildren(errorState(error, this.fresh(), () => void this.open(true)));
    }
  }

  /** Forgets what is shown: it may be another repository's. */
  clear(): void {
    this.fresh();
    this.comparing = false;
    this.root.classList.remove("cmp");
    this.shown = "";
    this.body.replaceChildren();
  }

  /** Compares two versions, by default the two picked. */
  async compare(base?: string, other?: string): Promise<void> {
    const [first, second] = this.host.ordered();
    const sides = base && other ? { base, other } : first && second ? { base: first.id, other: second.id } : null;
    if (!sides || !this.feed.key) {
      this.host.say("Pick two versions to compare them.");
      return;
    }
    try {
      const answer = await this.feed.client.view<DiffView>(this.feed.key, "diff", sides);
      if (answer) {
        this.difference(answer.view);
      }
    } catch (error) {
      this.comparing = true;
      this.head.fold(true);
      this.body.replaceChildren(errorState(error, this.fresh(), () => void this.compare(sides.base, sides.other)), this.closing(null));
    }
  }

  private difference(view: DiffView): void {
    const scope = this.fresh();
    const title = `${view.base.name} → ${view.other.name}`;
    const place = div("");
    scope.add(
      render(
        place,
        view,
        (event) => {
          if (event.type === "compare") {
            void this.compare(event.base, event.other);
            return true;
          }
          return false;
        },
        undefined,
        hostOf(this.feed.client, this.feed.key ?? ""),
      ),
    );
    this.comparing = true;
    this.root.classList.add("cmp");
    this.head.fold(true);
    this.head.name(`Compare ${title}`);
    const wide = this.host.wide ? button("Open wide", {}) : null;
    if (wide) {
      scope.on(wide, "click", () => this.host.wide?.(title, "diff", { base: view.base.id, other: view.other.id }));
    }
    this.body.replaceChildren(this.closing(wide), place);
    this.body.scrollTop = 0;
    this.root.scrollIntoView({ block: "nearest" });
  }

  private closing(wide: HTMLElement | null): HTMLElement {
    const close = button("Close", { kind: "ghost" });
    this.drawn.on(close, "click", () => {
      this.clear();
      void this.open();
    });
    return div("two", wide, span("sp"), close);
  }

  private actions({ version, parents, facts }: VersionView, place: HTMLElement, scope: Scope): HTMLElement[] {
    const compare = button("Compare", {});
    compare.setAttribute("aria-label", parents[0] ? `Compare with ${parents[0].name}` : "Compare with its parent");
    compare.title = parents[0] ? `Compare with its parent ${parents[0].name}` : "The first version has nothing before it";
    compare.setAttribute("aria-disabled", String(!parents[0]));
    scope.on(compare, "click", () => (parents[0] ? void this.compare(parents[0].id, version.id) : undefined));
    const out = button("Check out", {});
    const refusal = (): string => this.feed.dropped(version) || this.host.noKernel();
    const why = refusal();
    out.title = why || `Restore the models and variables of ${version.name} in the kernel, beside your own`;
    out.setAttribute("aria-disabled", String(why !== ""));
    scope.on(out, "click", () => {
      const now = refusal();
      if (now) {
        this.host.say(now);
      } else {
        this.host.checkout(version, place, out);
      }
    });
    const more = button(null, { icon: "dots", label: `More actions on ${version.name}`, kind: "icn" });
    menuButton(more, `Actions on ${version.name}`, () => this.menu(version, facts.some(({ key }) => key === "Curves"), place, more, scope), scope, () => this.caughtUp());
    return [compare, out, more];
  }

  private menu(version: Version, curves: boolean, place: HTMLElement, back: HTMLElement, scope: Scope): MenuLine[] {
    const { name, id } = version;
    const make = (action: string, title: string, text: string, yes: string, field: string, key: string, more = {}): (() => void) => {
      return () => ask({ title, text, yes, field, ...more, act: async (typed) => void (await this.host.act(action, { [key]: typed, revision: id })) }, place, scope, back);
    };
    const live = (this.feed.labels?.rows ?? []).filter(([, held]) => held?.text !== name);
    const { wide } = this.host;
    return [
      ...(curves && wide ? [{ text: "Draw its curves", icon: "curve" as const, act: () => wide(`Curves of ${name}`, "curves", { revision: id }) }, null] : []),
      { text: "Write a note…", icon: "note", act: make("note", `Note on ${name}`, "", "Keep the note", "What to remember", "text", { long: true }) },
      { text: "Tag…", icon: "tag", act: make("tag", `Tag ${name}`, "A tag names a version for good.", "Make the tag", "Name of the tag, such as 1.2.0", "name") },
      { text: "Branch from here…", icon: "branch", act: make("branch", `Branch from ${name}`, "The branch starts at this version; HEAD stays where it is.", "Make the branch", "Name of the branch, such as exp/lr", "name") },
      { text: "Put a new label on it…", icon: "up", act: make("label", `Label ${name}`, "A label can move on to another version later.", "Put the label", "Name of the label, such as staging", "label") },
      ...(live.length ? [null, { head: "Compare with" }] : []),
      ...live.slice(0, 6).map(([label, held]) => ({ text: label?.text ?? "", about: held?.text, icon: "swap" as const, act: () => void this.compare(held?.text, id) })),
      null,
      { text: "Copy its id", icon: "copy", act: () => void copy(id).then((done) => this.host.say(done ? `${id} is copied.` : `Its id is ${id}.`)) },
    ];
  }

  /** Whether a question or a menu is open: what is drawn anew would take it away. */
  private isHeld(): boolean {
    const menu = this.body.querySelector("[aria-haspopup][aria-expanded=true]") !== null;
    this.late ||= menu;
    return menu || isAsking(this.body);
  }

  /** Draws what waited for a menu, unless what was chosen in it asks something. */
  private caughtUp(): void {
    setTimeout(() => {
      if (this.late && !isAsking(this.body)) {
        this.late = false;
        void this.open(true);
      }
    });
  }

  private fresh(): Scope {
    this.drawn.dispose();
    this.drawn = createScope();
    this.shown = "";
    return this.drawn;
  }
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
