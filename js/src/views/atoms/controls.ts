import { h, hidden, span, type Child } from "../h";
import type { Scope } from "../scope";
import { icon, type IconName } from "./icons";

export interface ButtonOptions {
  icon?: IconName;
  /** The name, for a button that shows only an icon. */
  label?: string;
  kind?: string;
  pressed?: boolean;
}

/** A push button. */
export function button(text: Child, options: ButtonOptions = {}): HTMLButtonElement {
  return h(
    "button",
    {
      type: "button",
      class: `btn ${options.kind ?? ""}`.trim(),
      "aria-label": options.label,
      title: options.label,
      "aria-pressed": options.pressed === undefined ? null : String(options.pressed),
    },
    options.icon ? icon(options.icon) : null,
    text,
  );
}

/** A button that reads as a link. */
export function linkButton(text: string): HTMLButtonElement {
  return h("button", { type: "button", class: "lnk nw" }, text);
}

/** A native list of choices that looks like a button. */
export function choice(
  label: string,
  options: readonly { value: string; text: string }[],
  chosen: string,
  before?: IconName,
): { root: HTMLElement; select: HTMLSelectElement } {
  const select = h(
    "select",
    { "aria-label": label, title: label },
    ...options.map(({ value, text }) => h("option", { value, selected: value === chosen }, text)),
  );
  select.value = chosen;
  const root = span("btn pick", before ? icon(before) : null, select, icon("down", true));
  return { root, select };
}

async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without a secure page: leave the text selected, one key from being copied.
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}

/** A command to paste, with a button that copies it. */
export function command(text: string, scope: Scope): HTMLElement {
  const shown = h("span", null, text);
  const copy = button(null, { icon: "copy", label: "Copy the command", kind: "ghost icn" });
  const said = h("span", { class: "sr", role: "status" });
  scope.on(copy, "click", () => {
    void copyText(text, shown).then((done) => {
      said.textContent = done ? "Copied" : "Selected: press Ctrl+C";
      copy.replaceChildren(icon(done ? "check" : "copy"));
      copy.title = said.textContent;
    });
  });
  return h("div", { class: "cmd" }, shown, copy, said);
}

/** A place under a button for the command that does in a cell what nobody here can do. */
export function commandSlot(scope: Scope): { root: HTMLElement; show: (text: string) => void } {
  const root = h("div", { class: "slot", role: "status", hidden: true });
  let shown = "";
  return {
    root,
    show(text) {
      const again = shown === text;
      shown = again ? "" : text;
      root.hidden = again;
      root.replaceChildren(...(again ? [] : [span("q s nw", "Run in a cell"), command(text, scope)]));
    },
  };
}

/** A line that says what is folded away, and a button that shows it. */
export function fold(
  text: string,
  content: HTMLElement,
  scope: Scope,
  words: { show: string; hide: string } = { show: "Show", hide: "Hide" },
): HTMLElement {
  const toggle = h(
    "button",
    { type: "button", class: "lnk nw", "aria-expanded": "false" },
    span("", words.show),
    hidden(` ${text}`),
  );
  content.hidden = true;
  scope.on(toggle, "click", () => {
    content.hidden = !content.hidden;
    toggle.setAttribute("aria-expanded", String(!content.hidden));
    const [word] = toggle.children;
    if (word) {
      word.textContent = content.hidden ? words.show : words.hide;
    }
  });
  return h("div", { class: "more fold" }, span("", text), toggle);
}
