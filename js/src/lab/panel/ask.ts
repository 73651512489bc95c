/** Questions in place: under the row they are about, with what follows before the buttons. */

import { button, command } from "../../views/atoms/controls";
import { createScope, type Scope } from "../../views/scope";
import { div, h } from "../../views/h";
import type { Follow } from "../client";
import type { Show } from "../kernel";
import { hintOf, reason } from "./told";
import { working } from "./working";

/** What somebody who answered a question may do while it is open. */
export interface Asked {
  /** Says that work goes on in here, with a way to stop it; returns what shows how far it is. */
  toil: (said: string, stop: (() => void) | null) => Show;
}

export interface Question {
  title: string;
  text: string;
  content?: HTMLElement | null;
  yes: string;
  /** What is at stake is worse than what is there: then focus starts on Cancel. */
  grave?: boolean;
  /** The name of a field to fill in, and what it starts with. */
  field?: string;
  value?: string;
  /** More than one line may be written. */
  long?: boolean;
  /** Whether nothing may be written. */
  optional?: boolean;
  /** Nothing is left to ask: it begins at once, and is here to be watched and stopped. */
  now?: boolean;
  act: (typed: string, asked: Asked) => Promise<void>;
}

/** Whether a question is open somewhere in here. */
export function isAsking(place: HTMLElement): boolean {
  return place.querySelector(".ask") !== null;
}

/** Asks in place. Esc and Cancel close it; what fails is told inside, with what to do. */
export function ask(question: Question, place: HTMLElement, outer: Scope, back: HTMLElement | null): void {
  const { title, text, content, yes, grave, act } = question;
  const scope = createScope();
  const go = button(yes, { kind: "go lg" });
  const cancel = button("Cancel", { kind: "ghost lg" });
  const input = field(question);
  const trouble = h("div", { class: "er", role: "alert", hidden: true });
  go.hidden = yes === "";
  const root = h(
    "div",
    { class: grave ? "ask no" : "ask", role: "alertdialog", "aria-label": title, "aria-modal": "false" },
    h("p", { class: "b" }, title),
    content ?? null,
    text ? h("p", { class: "s q tx" }, text) : null,
    input,
    trouble,
    div("acts", go, cancel),
  );
  const end = (): void => {
    scope.dispose();
    root.remove();
  };
  const close = (): void => {
    end();
    back?.focus();
  };
  const run = async (): Promise<void> => {
    const typed = input?.value.trim() ?? "";
    if (input && !typed && !question.optional) {
      input.focus();
      return;
    }
    go.disabled = true;
    go.setAttribute("aria-busy", "true");
    trouble.hidden = true;
    const busy = createScope();
    try {
      await act(typed, { toil: (said, stop) => toil(root, said, stop, busy) });
      end();
    } catch (error) {
      trouble.hidden = false;
      trouble.replaceChildren(h("p", null, reason(error)), hint(error, scope) ?? "");
      go.disabled = false;
      go.removeAttribute("aria-busy");
      trouble.scrollIntoView({ block: "nearest" });
    } finally {
      busy.dispose();
    }
  };
  scope.on(go, "click", () => void run());
  scope.on(cancel, "click", close);
  scope.on(root, "keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && event.target === input && (!question.long || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void run();
    }
  });
  outer.add(() => scope.dispose());
  place.replaceChildren(root);
  (input ?? (grave ? cancel : go)).focus();
  root.scrollIntoView({ block: "nearest" });
  if (question.now) {
    void run();
  }
}

/** How work on the server is shown and stopped in here, from the first word that it takes long. */
export function followed({ toil: begin }: Asked, said: string): Follow {
  let show: Show | null = null;
  let stop = (): void => undefined;
  return {
    stopper: (next) => (stop = next),
    show: (progress) => {
      show ??= begin(said, () => stop());
      show(progress);
    },
  };
}

/** Shows work in the place of the buttons that began it, until the scope ends. */
function toil(root: HTMLElement, said: string, stop: (() => void) | null, scope: Scope): Show {
  const { root: bar, show } = working(said, stop, scope);
  root.classList.add("busy");
  root.append(bar);
  const first = root.querySelector<HTMLButtonElement>(".acts .btn");
  // A disabled button has lost the focus, and Stop is what can be done now.
  bar.querySelector("button")?.focus();
  scope.add(() => {
    root.classList.remove("busy");
    bar.remove();
    requestAnimationFrame(() => (root.isConnected ? first?.focus() : undefined));
  });
  return show;
}

function field({ field: name, value, long }: Question): HTMLInputElement | HTMLTextAreaElement | null {
  if (!name) {
    return null;
  }
  const common = { "aria-label": name, placeholder: name, spellcheck: long ? "true" : "false", autocomplete: "off" };
  const input = long ? h("textarea", { ...common, rows: 3 }) : h("input", { ...common, type: "text" });
  input.value = value ?? "";
  return input;
}

/** What to do about a failure: a command with a copy button, or a sentence. */
export function hint(error: unknown, scope: Scope): HTMLElement | null {
  const said = hintOf(error);
  if (!said) {
    return null;
  }
  return said.startsWith("%") ? command(said, scope) : h("p", { class: "q s tx" }, said);
}
