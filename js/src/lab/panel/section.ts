import { icon } from "../../views/atoms/icons";
import { h, span } from "../../views/h";
import type { Scope } from "../../views/scope";

/** A part of the panel under a heading that folds it away. */
export interface Section {
  root: HTMLElement;
  /** What folds it. */
  button: HTMLButtonElement;
  name: (title: string, count?: string) => void;
  isOpen: () => boolean;
  fold: (open: boolean) => void;
}

/** Folds what is below a heading; `folded` is told when somebody does. */
export function section(title: string, body: HTMLElement, kind: string, scope: Scope, folded?: (open: boolean) => void): Section {
  const arrow = span("row", icon("down", true));
  const words = span("el", title);
  const count = span("ct", "");
  const head = h("button", { type: "button", class: "ph", "aria-expanded": "true" }, arrow, words, count);
  const root = h("section", { class: `psec ${kind}` }, head, body);
  body.classList.add("pbody");
  const fold = (open: boolean): void => {
    body.hidden = !open;
    root.classList.toggle("shut", !open);
    head.setAttribute("aria-expanded", String(open));
    arrow.replaceChildren(icon(open ? "down" : "right", true));
  };
  scope.on(head, "click", () => {
    fold(body.hidden);
    folded?.(!body.hidden);
  });
  return {
    root,
    button: head,
    fold,
    isOpen: () => !body.hidden,
    name(next, number = "") {
      words.textContent = next;
      count.textContent = number;
    },
  };
}
