/** What the repository takes on disk: asked for only when somebody looks. */

import { button } from "../../views/atoms/controls";
import { div, h } from "../../views/h";
import { render } from "../../views/index";
import { createScope, type Scope } from "../../views/scope";
import type { Done, Follow } from "../client";
import { ask, followed, type Asked } from "./ask";
import type { Feed } from "./feed";
import { section, type Section } from "./section";
import { errorState } from "./states";
import { working } from "./working";

const SAID: Readonly<Record<string, string>> = { preview: "Looking for what no version needs", gc: "Freeing and packing", fsck: "Verifying" };

export interface StorageHost {
  act: (action: string, wish: Record<string, string | number>, follow: Follow) => Promise<Done>;
  folded: (open: boolean) => void;
}

type Act = (typed: string, asked: Asked) => Promise<void>;

export class Storage {
  readonly root: HTMLElement;
  readonly head: Section;
  private readonly body = div("");
  private readonly place = div("");
  private drawn = createScope();
  private asked = "";

  constructor(
    private readonly feed: Feed,
    private readonly scope: Scope,
    private readonly host: StorageHost,
  ) {
    this.head = section("Storage", this.body, "psto", scope, (open) => {
      host.folded(open);
      void this.draw();
    });
    this.head.fold(false);
    this.root = this.head.root;
    scope.add(() => this.drawn.dispose());
  }

  /** Measures anew, if it is open and something may have changed since. */
  async draw(): Promise<void> {
    const { key, log } = this.feed;
    const wanted = `${key}/${log?.total}`;
    if (!this.head.isOpen() || key === null || this.asked === wanted) {
      return;
    }
    this.asked = wanted;
    const scope = this.fresh();
    this.body.replaceChildren(this.place, working("Measuring what is stored", null, scope).root);
    try {
      const answer = await this.feed.client.view<unknown>(key, "usage");
      if (answer && this.asked === wanted) {
        const shown = div("");
        const next = this.fresh();
        next.add(render(shown, answer.view, (event) => event.type === "free" && this.free()));
        this.body.replaceChildren(this.place, shown);
      }
    } catch (error) {
      this.asked = "";
      this.body.replaceChildren(this.place, errorState(error, this.fresh(), () => void this.draw()));
    }
  }

  /** Tells what would be freed, and asks. */
  free(): boolean {
    this.reveal();
    const act: Act = async (_, asked) => {
      const { notice } = await this.act("preview", asked);
      queueMicrotask(() => this.sure(notice.title, notice.text));
    };
    ask({ title: "What can be freed is looked for", text: "", yes: "", now: true, act }, this.place, this.scope, this.head.button);
    return true;
  }

  /** Reads every byte, once somebody has asked for it. */
  verify(): void {
    this.reveal();
    const act: Act = async (_, asked) => {
      const { notice } = await this.act("fsck", asked);
      queueMicrotask(() => this.tell(notice));
    };
    ask({ title: "Every byte is read and verified", text: "", yes: "", now: true, act }, this.place, this.scope, this.head.button);
  }

  private sure(title: string, text: string): void {
    const act: Act = async (_, asked) => void (await this.act("gc", asked));
    ask({ title: "Free what no version needs?", text: `${title} ${text} What is left is stored more tightly.`, yes: "Free and pack", act }, this.place, this.scope, this.head.button);
  }

  private tell(view: unknown): void {
    const scope = createScope();
    const shown = div("");
    const close = button("Close", { kind: "ghost" });
    scope.add(render(shown, view, () => false));
    scope.on(close, "click", () => {
      scope.dispose();
      this.place.replaceChildren();
      this.head.button.focus();
    });
    this.scope.add(() => scope.dispose());
    this.place.replaceChildren(h("div", { class: "ask", role: "status" }, shown, div("acts", close)));
    close.focus();
  }

  private reveal(): void {
    this.head.fold(true);
    void this.draw();
    this.root.scrollIntoView({ block: "nearest" });
  }

  private act(name: string, asked: Asked): Promise<Done> {
    return this.host.act(name, {}, followed(asked, SAID[name] ?? ""));
  }

  private fresh(): Scope {
    this.drawn.dispose();
    this.drawn = createScope();
    return this.drawn;
  }
}
