/** A menu that opens under a button: arrows, Home, End and first letters move, Esc closes. */

import { icon, type IconName } from "../../views/atoms/icons";
import { laneColor } from "../../views/atoms/chips";
import { div, h, span } from "../../views/h";
import { createScope, type Scope } from "../../views/scope";

export interface MenuItem {
  text: string;
  /** Said at the end of the line, quietly. */
  about?: string;
  icon?: IconName;
  /** The lane of a branch, drawn as its dot. */
  lane?: number;
  /** Makes it a choice among others. */
  checked?: boolean;
  /** Why it cannot be used now. */
  disabled?: string;
  act: () => void;
}

/** A line of the menu: an item, a heading, or nothing for a rule. */
export type MenuLine = MenuItem | { head: string } | null;

/** From so many items on, one can type to find. */
const SEARCH_FROM = 10;

/** Gives a button a menu; `lines` is asked each time it opens, `closed` is told when it is shut. */
export function menuButton(button: HTMLButtonElement, label: string, lines: () => readonly MenuLine[], scope: Scope, closed?: () => void): void {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  let close: (() => void) | null = null;
  const open = (last: boolean): void => {
    button.setAttribute("aria-expanded", "true");
    close = openMenu(button, label, lines(), last, () => {
      close = null;
      button.setAttribute("aria-expanded", "false");
      closed?.();
    });
  };
  scope.on(button, "click", () => (close ? close() : open(false)));
  scope.on(button, "keydown", (event) => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !close) {
      event.preventDefault();
      open(event.key === "ArrowUp");
    }
  });
  scope.add(() => close?.());
}

function openMenu(anchor: HTMLElement, label: string, lines: readonly MenuLine[], last: boolean, ended: () => void): () => void {
  const scope = createScope();
  const root = h("div", { class: "menu", role: "menu", "aria-label": label });
  const rows: HTMLElement[] = [];
  const close = (focus = true): void => {
    scope.dispose();
    root.remove();
    ended();
    if (focus) {
      anchor.focus();
    }
  };
  for (const line of lines) {
    if (line === null) {
      root.append(h("div", { class: "mrule", role: "separator" }));
    } else if ("head" in line) {
      root.append(div("mhead", line.head));
    } else {
      const row = menuRow(line);
      scope.on(row, "click", () => {
        if (!line.disabled) {
          close();
          line.act();
        }
      });
      rows.push(row);
      root.append(row);
    }
  }
  const find = rows.length >= SEARCH_FROM ? finder(rows, scope) : null;
  if (find) {
    root.prepend(find);
  }
  listen(root, rows, find, close, scope);
  place(root, anchor);
  // It stays within a panel that is drawn narrower meanwhile.
  const resized = new ResizeObserver(() => place(root, anchor));
  resized.observe(anchor.closest(".mvt.panel") ?? document.body);
  scope.add(() => resized.disconnect());
  (find ?? (last ? rows[rows.length - 1] : (rows.find((row) => row.getAttribute("aria-checked") === "true") ?? rows[0])))?.focus();
  scope.on(document, "pointerdown", (event) => {
    const target = event.target as Node;
    if (!root.contains(target) && !anchor.contains(target)) {
      close(false);
    }
  });
  scope.on(root, "focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget as Node) && event.relatedTarget !== anchor) {
      close(false);
    }
  });
  return () => close(false);
}

function menuRow(item: MenuItem): HTMLElement {
  const choice = item.checked !== undefined;
  return h(
    "button",
    {
      type: "button",
      class: "mi",
      role: choice ? "menuitemradio" : "menuitem",
      tabindex: -1,
      "aria-checked": choice ? String(item.checked) : null,
      "aria-disabled": item.disabled ? "true" : null,
      title: item.disabled ?? null,
    },
    span("mmark", item.checked ? icon("check", true) : item.icon ? icon(item.icon) : null),
    item.lane === undefined ? null : h("span", { class: "dot", style: `background:${laneColor(item.lane)}` }),
    h("span", { class: "el", title: item.text }, item.text),
    span("sp"),
    item.about ? span("q nw", item.about) : null,
  );
}

function finder(rows: readonly HTMLElement[], scope: Scope): HTMLInputElement {
  const input = h("input", { class: "mfind", type: "search", placeholder: "Find", "aria-label": "Find in this menu", spellcheck: "false" });
  scope.on(input, "input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) {
      row.hidden = wanted !== "" && !row.textContent?.toLowerCase().includes(wanted);
    }
  });
  return input;
}

function listen(root: HTMLElement, rows: readonly HTMLElement[], find: HTMLInputElement | null, close: () => void, scope: Scope): void {
  scope.on(root, "keydown", (event) => {
    const shown = rows.filter((row) => !row.hidden);
    const at = shown.indexOf(document.activeElement as HTMLElement);
    const typing = document.activeElement === find;
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? shown.length - 1 : at - 1, Home: typing ? undefined : 0, End: typing ? undefined : shown.length - 1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && typing) {
      shown[0]?.click();
    } else if (to !== undefined) {
      event.preventDefault();
      shown[(to + shown.length) % Math.max(1, shown.length)]?.focus();
    } else if (!typing && /^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const next = [...shown.slice(at + 1), ...shown].find((row) => row.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()));
      next?.focus();
    }
  });
}

/** Under its button, within the panel; above it where there is more room. */
function place(root: HTMLElement, anchor: HTMLElement): void {
  const panel = anchor.closest<HTMLElement>(".mvt.panel") ?? document.body;
  if (!root.isConnected) {
    panel.append(root);
  }
  const own = panel.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const below = own.bottom - at.bottom - 8;
  const above = at.top - own.top - 8;
  const up = below < Math.min(root.offsetHeight, 220) && above > below;
  root.style.maxHeight = `${Math.max(96, up ? above : below)}px`;
  root.style.top = up ? "" : `${at.bottom - own.top + 4}px`;
  root.style.bottom = up ? `${own.bottom - at.top + 4}px` : "";
  const left = Math.max(8, Math.min(at.left - own.left, own.width - root.offsetWidth - 8));
  root.style.left = `${left}px`;
}
