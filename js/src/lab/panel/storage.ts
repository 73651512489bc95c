/** What the repository takes on disk: asked for only when somebody looks. */

import { div } from "../../views/h";
import { render } from "../../views/index";
import { createScope, type Scope } from "../../views/scope";
import type { Feed } from "./feed";
import { section, type Section } from "./section";
import { errorState, working } from "./states";

export class Storage {
  readonly root: HTMLElement;
  readonly head: Section;
  private readonly body = div("");
  private drawn = createScope();
  private asked = "";

  constructor(
    private readonly feed: Feed,
    scope: Scope,
    folded: (open: boolean) => void,
  ) {
    this.head = section("Storage", this.body, "psto", scope, (open) => {
      folded(open);
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
    this.body.replaceChildren(working("Measuring what is stored", null, scope));
    try {
      const answer = await this.feed.client.view<unknown>(key, "usage");
      if (answer && this.asked === wanted) {
        const place = div("");
        const next = this.fresh();
        next.add(render(place, answer.view, () => false));
        this.body.replaceChildren(place);
      }
    } catch (error) {
      this.asked = "";
      this.body.replaceChildren(errorState(error, this.fresh(), () => void this.draw()));
    }
  }

  private fresh(): Scope {
    this.drawn.dispose();
    this.drawn = createScope();
    return this.drawn;
  }
}
