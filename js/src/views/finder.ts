import { button } from "./atoms/controls";
import { icon } from "./atoms/icons";
import { h, span } from "./h";
import type { Scope } from "./scope";

/** A search box that is a button until it is asked for. */
export interface Finder {
  /** The box and its button: one of them is seen. */
  parts: [box: HTMLElement, open: HTMLElement];
  query: () => string;
  focus: () => void;
}

/** Calls `then` when what is looked for has changed, `wait` milliseconds after the last key. */
export function finder(hint: string, then: () => void, scope: Scope, wait = 0): Finder {
  const input = h("input", { type: "search", placeholder: hint, "aria-label": "Search versions" });
  const box = span("find", icon("search"), input);
  const open = button(null, { icon: "search", label: "Search versions (/)", kind: "icn" });
  const show = (on: boolean): void => {
    box.hidden = !on;
    open.hidden = on;
    (on ? input : open).focus();
  };
  box.hidden = true;
  let timer = 0;
  scope.add(() => clearTimeout(timer));
  scope.on(open, "click", () => show(true));
  scope.on(input, "input", () => {
    clearTimeout(timer);
    if (wait) {
      timer = Number(setTimeout(then, wait));
    } else {
      then();
    }
  });
  scope.on(input, "keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      clearTimeout(timer);
      input.value = "";
      show(false);
      then();
    }
  });
  return { parts: [box, open], query: () => input.value, focus: () => show(true) };
}
