/** Parts of the panel that know nothing of the server. */

import type { DiffView, TableView, VersionView } from "../../protocol/wire";
import { button, choice, command } from "../../views/atoms/controls";
import { icon } from "../../views/atoms/icons";
import { absolute, ago, when } from "../../views/atoms/times";
import { byVerdict, changeText, look, metricTitle } from "../../views/atoms/verdicts";
import { div, h, hidden, span } from "../../views/h";
import type { Scope } from "../../views/scope";
import { Away, Refused, type Repository } from "../client";

/** A heading that folds what is below it. */
export function section(title: string, body: HTMLElement, scope: Scope): { root: HTMLElement; name: (title: string, count?: string) => void } {
  const arrow = span("row", icon("down", true));
  const words = span("el", title);
  const count = span("ct", "");
  const head = h("button", { type: "button", class: "ph", "aria-expanded": "true" }, arrow, words, count);
  scope.on(head, "click", () => {
    body.hidden = !body.hidden;
    head.setAttribute("aria-expanded", String(!body.hidden));
    arrow.replaceChildren(icon(body.hidden ? "right" : "down", true));
  });
  return {
    root: h("section", null, head, body),
    name(next, number = "") {
      words.textContent = next;
      count.textContent = number;
    },
  };
}

/** The repository that is shown; a choice where there are several. */
export function repositoryName(repositories: readonly Repository[], key: string | null, scope: Scope, choose: (key: string) => void): HTMLElement {
  const current = repositories.find(({ id }) => id === key);
  if (repositories.length < 2) {
    return h("b", { class: "el", title: current?.folder }, current?.name ?? "Versions");
  }
  const options = repositories.map(({ id, name, folder }) => ({ value: id, text: folder ? `${name} (${folder})` : name }));
  const { root, select } = choice("Repository", options, key ?? "");
  scope.on(select, "change", () => choose(select.value));
  return root;
}

/** Everything about one version that fits a narrow place. */
export function details(view: VersionView, actions: readonly HTMLElement[]): HTMLElement {
  const { version } = view;
  const rows: [string, string | HTMLElement][] = [
    ["Id", h("code", null, version.id)],
    ["Parent", view.parents.map(({ name }) => name).join(" and ") || "none"],
    ["Branch", version.branch],
    ["Author", version.author],
    ["Time", when(version.time_ms)],
    ...view.metrics.slice(0, 8).map((metric): [string, string] => [metricTitle(metric), metric.other.text]),
    ...view.facts.map(({ key, text }): [string, string] => [key, text]),
  ];
  return div(
    "pd",
    h("p", { class: "t" }, version.message || version.name),
    h("dl", { class: "kv" }, ...rows.filter(([, value]) => value !== "").flatMap(([key, value]) => [h("dt", null, key), h("dd", null, value)])),
    div("acts", ...actions),
  );
}

export interface Question {
  title: string;
  text: string;
  content?: HTMLElement | null;
  yes: string;
  /** What is at stake is worse than what is there. */
  grave?: boolean;
  field?: string;
  act: (typed: string) => Promise<void>;
}

/** Asks in place. Esc and Cancel close it; what fails is told inside. */
export function ask(question: Question, place: HTMLElement, scope: Scope, back: HTMLElement | null): void {
  const { title, text, content, yes, grave, field, act } = question;
  const go = button(yes, { kind: "go lg" });
  const cancel = button("Cancel", { kind: "ghost lg" });
  const input = field ? h("input", { type: "text", "aria-label": field, placeholder: field, spellcheck: "false" }) : null;
  const trouble = h("p", { class: "er", role: "alert", hidden: true });
  const root = h(
    "div",
    { class: grave ? "ask no" : "ask", role: "alertdialog", "aria-label": title },
    h("p", { class: "b" }, title),
    content ?? null,
    text ? h("p", { class: "s q" }, text) : null,
    input,
    trouble,
    div("acts", go, cancel),
  );
  const close = (): void => {
    root.remove();
    back?.focus();
  };
  const run = async (): Promise<void> => {
    go.disabled = true;
    try {
      await act(input?.value.trim() ?? "");
      root.remove();
    } catch (error) {
      trouble.hidden = false;
      trouble.textContent = reason(error);
      go.disabled = false;
    }
  };
  scope.on(go, "click", () => void run());
  scope.on(cancel, "click", close);
  scope.on(root, "keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      void run();
    }
  });
  place.replaceChildren(root);
  (input ?? (grave ? cancel : go)).focus();
  root.scrollIntoView({ block: "nearest" });
}

/** The metrics of a difference, what got worse first. */
export function changes(view: DiffView): HTMLElement | null {
  const metrics = byVerdict(view.metrics?.rows ?? view.headline).slice(0, 6);
  if (metrics.length === 0) {
    return null;
  }
  const rows = metrics.map((metric) => {
    const { shape, tone, word } = look(metric.verdict);
    return h(
      "tr",
      null,
      h("td", null, metricTitle(metric)),
      h("td", { class: "n" }, changeText(metric) || metric.other.text),
      h("td", { style: "width:16px" }, h("span", { class: `vd ${tone}` }, icon(shape, true), hidden(word))),
    );
  });
  return h("table", null, h("tbody", null, ...rows));
}

/** Where a label has been, newest first. */
export function moves(view: TableView): HTMLElement {
  const items = view.rows.slice(0, 20).map(([version, , why, who, time]) => {
    const at = time?.value ?? 0;
    return h(
      "li",
      null,
      span("v", version?.text ?? ""),
      h("span", { class: "q el", title: absolute(at) }, `${who?.text ?? ""}, ${ago(at)}`),
      span("sp"),
      h("span", { class: "q el", title: why?.text ?? "" }, why?.text ?? ""),
    );
  });
  return h("ul", { class: "hist", "aria-label": view.title }, ...items);
}

/** The version that a label rolls back to: its moves read as a stack, as the store does. */
export function backFrom(view: TableView): string | null {
  const stack: string[] = [];
  for (const [version] of [...view.rows].reverse()) {
    const name = version?.text ?? "";
    if (!/^v\d+$/.test(name)) {
      continue;
    }
    const at = stack.indexOf(name);
    if (at >= 0) {
      stack.splice(at + 1);
    } else {
      stack.push(name);
    }
  }
  return stack[stack.length - 2] ?? null;
}

/** No repository, or none of its versions yet. */
export function emptyState(scope: Scope): HTMLElement {
  return div(
    "state",
    icon("commit"),
    h("p", { class: "h" }, "No versions here yet"),
    h("p", { class: "q" }, "Train a model, then keep it:"),
    command('%mvt commit model -m "first"', scope),
    h("p", { class: "q s" }, "The first commit makes a repository beside this notebook."),
  );
}

/** Rows of the final height, until there are some. */
export function skeleton(): HTMLElement {
  const bars = [78, 52, 64, 40, 86, 58, 58, 44, 72, 50].map((width) => h("div", { class: "sk", style: `width:${width}%` }));
  return h("div", { class: "sks", role: "status", "aria-label": "Reading versions" }, ...bars);
}

/** What cannot be shown, and what to do about it. */
export function errorState(error: unknown, scope: Scope): HTMLElement {
  const hint = error instanceof Refused ? error.hint : "";
  const root = div("state", icon("err"), h("p", { class: "h" }, "This cannot be shown"), h("p", { class: "q tx" }, reason(error)));
  root.setAttribute("role", "alert");
  root.children[0]?.classList.add("err");
  if (hint) {
    root.append(hint.startsWith("%") ? command(hint, scope) : h("p", { class: "q s" }, hint));
  }
  return root;
}

/** An error in one sentence. */
export function reason(error: unknown): string {
  return error instanceof Refused || error instanceof Away ? error.message : `This failed: ${String(error)}`;
}
