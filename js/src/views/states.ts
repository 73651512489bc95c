import { command } from "./atoms/controls";
import { icon } from "./atoms/icons";
import { h } from "./h";
import type { Scope } from "./scope";

const RAW_LIMIT = 4000;

/** Saved by a newer release: says so, and runs nothing of it. */
export function drawNewer(root: HTMLElement, what: string, scope: Scope): void {
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Output of a newer version" },
      h(
        "div",
        { class: "state", role: "status" },
        icon("clock"),
        h("p", { class: "h" }, "This output needs a newer jupyter-mvt"),
        h("p", { class: "q" }, `${what} Nothing of it is drawn or run here.`),
        command("%pip install -U jupyter-mvt", scope),
      ),
    ),
  );
}

/** Nothing kept yet, and how to begin. */
export function beginning(scope: Scope): HTMLElement[] {
  return [
    h("p", { class: "h" }, "No versions here yet"),
    h("p", { class: "q" }, "Train a model, then keep it:"),
    command('%mvt commit model -m "first"', scope),
  ];
}

/** Does not keep to the contract: shows what it holds as plain text. */
export function drawMalformed(
  root: HTMLElement,
  reason: string,
  payload: unknown,
  plain: string | undefined,
): void {
  const failed = icon("err");
  failed.classList.add("err");
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Output that cannot be drawn" },
      h(
        "div",
        { class: "state", role: "alert" },
        failed,
        h("p", { class: "h" }, "This output cannot be drawn"),
        h("p", { class: "q tx" }, `${reason}. Its text is below; running the cell again makes it anew.`),
        h("pre", { class: "raw", tabindex: 0, "aria-label": "The output as text" }, clip(plain || dump(payload))),
      ),
    ),
  );
}

function dump(payload: unknown): string {
  try {
    return JSON.stringify(payload, null, 2) ?? "nothing";
  } catch {
    return "It cannot be written as text either.";
  }
}

function clip(text: string): string {
  return text.length > RAW_LIMIT ? `${text.slice(0, RAW_LIMIT)}\n…` : text;
}
