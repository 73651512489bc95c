import type { Column, LogRow, LogView } from "../../protocol/wire";
import { button, choice, command } from "../atoms/controls";
import { icon } from "../atoms/icons";
import { div, h, span } from "../h";
import { isTyping } from "../keys";
import { cutNote } from "../parts";
import type { Scope } from "../scope";
import type { Emit } from "../view";
import { versionList } from "./list";
import { laneOf, matcher, nodesOf } from "./model";
import { plot } from "./plot";

/** History as a chart over a list: pick two versions to compare them. */
export function drawLog(root: HTMLElement, data: LogView, emit: Emit, scope: Scope): void {
  const lanes = laneOf(data);
  const byId = new Map(data.rows.map((row) => [row.version.id, row]));
  const picked: string[] = [];
  const foot = div("selbar");
  foot.hidden = true;
  const none = h("p", { class: "none", role: "status", hidden: true });
  const controls = barControls(data, scope);
  const list = versionList({ pick: (id) => pick(id), open: (id) => open(id) }, scope);
  const chart = plot(data, lanes, (id) => (pick(id), list.reveal(id, false)), scope);
  let shown: readonly LogRow[] = [];

  const refresh = (): void => {
    const { metric, branch, query } = controls.values();
    const matches = matcher(query, data.metrics);
    shown = data.rows.filter((row) => (branch === "" || row.version.branch === branch) && matches(row));
    const nodes = nodesOf(data, shown, metric?.key ?? "", lanes);
    const scored = nodes.some(({ point }) => typeof point?.value === "number");
    chart.root.hidden = !scored;
    chart.show(nodes, { title: metric?.title ?? "", lower: metric?.lower ?? false }, new Set(picked));
    list.show(nodes, metric?.key ?? "");
    list.mark(new Set(picked));
    list.root.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    none.textContent = data.rows.length ? "No version answers this search." : "No versions here yet.";
    controls.lower.hidden = !metric?.lower;
    current = nodes;
    how = { title: metric?.title ?? "", lower: metric?.lower ?? false };
  };
  let current: ReturnType<typeof nodesOf> = [];
  let how = { title: "", lower: false };

  const pick = (id: string): void => {
    if (!byId.has(id)) {
      return;
    }
    const at = picked.indexOf(id);
    if (at >= 0) {
      picked.splice(at, 1);
    } else {
      picked.splice(0, Math.max(0, picked.length - 1));
      picked.push(id);
    }
    marked();
    emit({ type: "select", versions: [...picked] });
  };
  const marked = (): void => {
    list.mark(new Set(picked));
    chart.show(current, how, new Set(picked));
    showFoot();
  };
  const clear = (): void => {
    picked.length = 0;
    marked();
  };
  const offer = (text: string): void => {
    foot.hidden = false;
    foot.replaceChildren(span("q s nw", "Run in a cell"), command(text, scope), closer(clear, scope));
  };
  const open = (id: string): void => {
    const name = byId.get(id)?.version.name ?? "";
    const text = `%mvt show ${name}`;
    if (name && emit({ type: "open", version: id, command: text }) !== true) {
      offer(text);
    }
  };
  const compare = (): void => {
    const rows = picked.flatMap((id) => byId.get(id) ?? []).sort((a, b) => a.version.number - b.version.number);
    const [base, other] = rows;
    if (!base || !other) {
      return;
    }
    const text = `%mvt diff ${base.version.name} ${other.version.name}`;
    if (emit({ type: "compare", base: base.version.id, other: other.version.id, command: text }) !== true) {
      offer(text);
    }
  };
  const showFoot = (): void => {
    const names = picked.flatMap((id) => byId.get(id)?.version ?? []).sort((a, b) => a.number - b.number).map(({ name }) => h("b", null, name));
    foot.hidden = names.length === 0;
    const [one, two] = names;
    if (!one) {
      return;
    }
    const reset = button("Clear", { kind: "ghost x4" });
    scope.on(reset, "click", clear);
    const go = button(["Compare", h("span", { class: "x4", "aria-hidden": "true" }, "c")], { kind: "go" });
    scope.on(go, "click", compare);
    foot.replaceChildren(
      h("span", { class: "s", role: "status" }, one, ...(two ? [" and ", two, " selected"] : [" selected; pick another to compare"])),
      span("sp"),
      reset,
      ...(two ? [go] : []),
    );
  };

  scope.on(root, "keydown", (event) => {
    if (isTyping(event)) {
      return;
    }
    const act = { c: compare, "/": controls.search, Escape: clear }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  controls.changed(refresh);
  root.append(
    h("section", { class: "card", "aria-label": `Versions of ${data.repository}` }, controls.root, chart.root, list.root, none, foot, cutNote(data.cut) ?? ""),
  );
  refresh();
}

function closer(close: () => void, scope: Scope): HTMLElement {
  const made = button(null, { icon: "close", label: "Close", kind: "ghost icn" });
  scope.on(made, "click", close);
  return made;
}

interface Controls {
  root: HTMLElement;
  lower: HTMLElement;
  values: () => { metric: Column | undefined; branch: string; query: string };
  changed: (then: () => void) => void;
  search: () => void;
}

/** The bar: what is shown, which metric, which branch, and the search. */
function barControls(data: LogView, scope: Scope): Controls {
  const chosen = data.metrics.some(({ key }) => key === data.metric) ? data.metric : (data.metrics[0]?.key ?? "");
  const metrics = choice("Metric", data.metrics.map(({ key, title }) => ({ value: key, text: title })), chosen);
  const branches = choice(
    "Branch",
    [{ value: "", text: "All branches" }, ...data.branches.map((name) => ({ value: name, text: name }))],
    "",
    "branch",
  );
  const lower = span("q s w", "lower is better");
  const input = h("input", { type: "search", placeholder: "message, author, metric > 0.9", "aria-label": "Search versions" });
  const find = span("find", icon("search"), input);
  find.hidden = true;
  const open = button(null, { icon: "search", label: "Search versions (/)", kind: "icn" });
  let then: () => void = () => undefined;
  const search = (): void => {
    find.hidden = false;
    open.hidden = true;
    input.focus();
  };
  scope.on(open, "click", search);
  scope.on(metrics.select, "change", () => then());
  scope.on(branches.select, "change", () => then());
  scope.on(input, "input", () => then());
  scope.on(input, "keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      input.value = "";
      find.hidden = true;
      open.hidden = false;
      open.focus();
      then();
    }
  });
  const root = div(
    "bar",
    div("row bl", h("b", null, data.repository), span("q s", countText(data))),
    span("sp"),
    lower,
    data.metrics.length > 0 ? metrics.root : null,
    data.branches.length > 1 ? span("w", branches.root) : null,
    find,
    open,
  );
  return {
    root,
    lower,
    search,
    changed: (next) => void (then = next),
    values: () => ({
      metric: data.metrics.find(({ key }) => key === metrics.select.value),
      branch: branches.select.value,
      query: input.value,
    }),
  };
}

function countText({ total, branches, rows }: LogView): string {
  const count = (n: number, word: string): string => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : word === "branch" ? "es" : "s"}`;
  const fell = rows.filter(({ regressed }) => regressed.length > 0).length;
  const parts = [count(total, "version"), count(branches.length, "branch")];
  return [...parts, ...(fell > 1 ? [count(fell, "regression")] : [])].join(", ");
}
