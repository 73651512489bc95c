import type { Column, LogView } from "../../protocol/wire";
import { choice } from "../atoms/controls";
import { finder } from "../finder";
import { div, h, span } from "../h";
import type { Scope } from "../scope";

/** What is chosen in the bar. */
export interface Choices {
  metric: Column | undefined;
  branch: string;
  query: string;
}

export interface Controls {
  root: HTMLElement;
  lower: HTMLElement;
  values: () => Choices;
  changed: (then: () => void) => void;
  search: () => void;
}

/** The bar: what is shown, which metric, which branch, and the search. */
export function barControls(data: LogView, scope: Scope): Controls {
  const chosen = data.metrics.some(({ key }) => key === data.metric) ? data.metric : (data.metrics[0]?.key ?? "");
  const metrics = choice("Metric", data.metrics.map(({ key, title }) => ({ value: key, text: title })), chosen);
  const branches = choice(
    "Branch",
    [{ value: "", text: "All branches" }, ...data.branches.map((name) => ({ value: name, text: name }))],
    "",
    "branch",
  );
  const lower = span("q s w", "lower is better");
  let then: () => void = () => undefined;
  const search = finder("message, author, metric > 0.9", () => then(), scope);
  const [box, open] = search.parts;
  open.hidden = data.total === 0;
  scope.on(metrics.select, "change", () => then());
  scope.on(branches.select, "change", () => then());
  const root = div(
    "bar",
    div("row bl", h("b", null, data.repository), span("q s", countText(data))),
    // What one chooses with stays together, however narrow it is; the open search takes the next line.
    div("row ctl", lower, data.metrics.length > 0 ? metrics.root : null, data.branches.length > 1 ? span("w", branches.root) : null, open),
    box,
  );
  return {
    root,
    lower,
    search: search.focus,
    changed: (next) => void (then = next),
    values: () => ({
      metric: data.metrics.find(({ key }) => key === metrics.select.value),
      branch: branches.select.value,
      query: search.query(),
    }),
  };
}

function countText({ total, branches, rows }: LogView): string {
  const count = (n: number, word: string): string => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : word === "branch" ? "es" : "s"}`;
  const fell = rows.filter(({ regressed }) => regressed.length > 0).length;
  if (total === 0) {
    return "";
  }
  const parts = [count(total, "version"), count(branches.length, "branch")];
  return [...parts, ...(fell > 1 ? [count(fell, "regression")] : [])].join(", ");
}
