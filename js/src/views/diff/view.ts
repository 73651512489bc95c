import type { DiffView, Metric } from "../../protocol/wire";
import { branchChip, labelChip } from "../atoms/chips";
import { button, commandSlot, fold } from "../atoms/controls";
import { icon } from "../atoms/icons";
import { headlineItem, look, pill, tally } from "../atoms/verdicts";
import { codeBlock, type Redrawable } from "../code";
import { div, h, span } from "../h";
import { isTyping } from "../keys";
import { paramTable } from "../params";
import { cutNote, factsLine, sectionHead } from "../parts";
import type { Scope } from "../scope";
import { listTable } from "../table";
import type { Emit, Host } from "../view";
import { dataBody, dataSummary } from "./data";
import { metricsTable } from "./metrics";
import { outputsBody } from "./outputs";
import { tabs, type Tab } from "./tabs";
import { weightsBody } from "./weights";

/** So many metrics that cannot be compared stand among the others; more are folded. */
const FEW_APART = 6;

/** What differs between two versions; what is equal is only named. */
export function drawDiff(root: HTMLElement, data: DiffView, emit: Emit, scope: Scope, host?: Host): void {
  const slot = commandSlot(scope);
  const only = button("Only changes", { kind: "ghost", pressed: true });
  const swap = button(null, { icon: "swap", label: "Swap the two sides (x)", kind: "icn" });
  const whole = (): boolean => only.getAttribute("aria-pressed") === "false";
  const redraws: Redrawable[] = [];
  const items = sections(data, whole, redraws, scope, host);
  const { list, panel, step } = tabs(items, scope);
  const swapSides = (): void => {
    const text = `%mvt diff ${data.other.name} ${data.base.name}`;
    if (emit({ type: "compare", base: data.other.id, other: data.base.id, command: text }) !== true) {
      slot.show(text);
    }
  };
  const toggle = (): void => {
    only.setAttribute("aria-pressed", String(whole()));
    redraws.forEach(({ draw }) => draw());
  };
  scope.on(only, "click", toggle);
  scope.on(swap, "click", swapSides);
  scope.on(root, "keydown", (event) => {
    if (isTyping(event)) {
      return;
    }
    const act = { x: swapSides, "[": () => step(-1), "]": () => step(1) }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  const empty = items.length === 0;
  root.append(
    h(
      "article",
      { class: "card", "aria-label": `Difference between ${data.base.name} and ${data.other.name}` },
      bar(data, redraws.length ? only : null, swap),
      slot.root,
      summary(data, empty),
      empty ? "" : list,
      empty ? "" : panel,
      cutNote(data.cut) ?? "",
    ),
  );
}

function bar({ base, other }: DiffView, ...controls: (HTMLElement | null)[]): HTMLElement {
  return div(
    "bar",
    div(
      "row wrap",
      h("span", { class: "v", title: base.message }, base.name),
      ...base.labels.slice(0, 2).map(labelChip),
      span("q", icon("arrow")),
      h("span", { class: "v", title: other.message }, other.name),
      ...other.labels.slice(0, 2).map(labelChip),
      other.branch ? span("w", branchChip(other.branch)) : null,
    ),
    div("row ctl", ...controls),
  );
}

function summary(data: DiffView, empty: boolean): HTMLElement {
  const counts = tally(data.metrics?.rows ?? []);
  return div(
    "pad",
    data.headline.length
      ? h("h3", { class: "hl" }, ...data.headline.slice(0, 3).map(headlineItem))
      : h("h3", { class: "h" }, empty ? "Nothing differs" : data.measured === 0 ? "No metrics to compare" : "No metric differs"),
    data.sentence ? h("p", { class: "say" }, empty ? afterTitle(data.sentence) : data.sentence) : null,
    counts.length
      ? div("row wrap", ...counts.map(([name, count]) => pill(name, `${count} ${look(name).word}`)))
      : null,
  );
}

/** What the title above it has not said already. */
function afterTitle(sentence: string): string {
  const rest = sentence.replace(/^Nothing differs: /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function sections(data: DiffView, whole: () => boolean, redraws: Redrawable[], scope: Scope, host?: Host): Tab[] {
  const tabsFound: Tab[] = [];
  const add = (key: string, title: string, count: number, about: string, ...body: HTMLElement[]): void => {
    const section = h("section", { class: "sec", "aria-label": title }, sectionHead(title, about), ...body);
    tabsFound.push({ key, title, count, section });
  };
  const { metrics, predictions, outputs, params, data: sets, code, environment, weights } = data;
  if (metrics) {
    add("metrics", "Metrics", metrics.rows.length, metrics.basis, ...metricsBody(data, scope));
  }
  if (predictions) {
    const { text, figures, tables } = predictions;
    const body = tables.flatMap((table) => [div("drow", h("b", null, table.title)), listTable(table, scope)]);
    add("predictions", "Predictions", 0, text, factsLine(figures) ?? div(""), ...body);
  }
  if (outputs) {
    add("outputs", "Outputs", outputs.rows.length, outputs.text, ...outputsBody(outputs, data, whole, redraws, host, scope));
  }
  if (sets) {
    add("data", "Data", sets.rows.length, dataSummary(sets), ...dataBody(sets, data, scope));
  }
  if (params) {
    const about = `${params.rows.length} of ${params.total} differ`;
    add("params", "Params", params.rows.length, about, paramTable(params.rows, true));
  }
  if (code) {
    add("code", "Code", code.cells.length, codeSummary(data), ...codeBody(data, whole, redraws, scope));
  }
  if (environment) {
    const { rows, text } = environment;
    add("environment", "Environment", rows.length, text, paramTable(rows, true));
  }
  if (weights) {
    const [only] = weights.models;
    const alone = weights.models.length === 1;
    const about = alone ? (only?.text ?? "") : `${weights.models.length} models differ`;
    const body = weights.models.flatMap((model) => [
      ...(alone ? [] : [div("drow", h("b", null, model.name), span("q s", ` ${model.text}`))]),
      ...weightsBody(model, scope),
    ]);
    add("weights", "Weights", weights.models.length, about, ...body);
  }
  return tabsFound;
}

function metricsBody(data: DiffView, scope: Scope): HTMLElement[] {
  const { metrics } = data;
  if (!metrics) {
    return [];
  }
  const isApart = ({ verdict }: Metric): boolean => verdict === "incomparable";
  const apart = metrics.rows.filter(isApart);
  // Where one side was never evaluated, all that the other was scored on would bury what can be compared.
  const [rows, folded] = apart.length > FEW_APART ? [metrics.rows.filter((metric) => !isApart(metric)), apart] : [metrics.rows, []];
  const table = (shown: readonly Metric[]): HTMLElement[] => (shown.length ? [metricsTable({ ...metrics, rows: [...shown] }, data)] : []);
  const under = (text: string, body: HTMLElement | undefined): HTMLElement[] => (body ? [fold(text, body, scope), body] : []);
  const names = metrics.equal.length ? h("p", { class: "more" }, metrics.equal.join(", ")) : undefined;
  return [
    ...table(rows),
    ...under(`${folded.length} metrics cannot be compared`, table(folded)[0]),
    ...under(equalText(metrics.equal), names),
  ];
}

/** `3 metrics and 12 slices are equal`; a slice is named `recall [region=south]`. */
function equalText(names: readonly string[]): string {
  const slices = names.filter((name) => name.endsWith("]")).length;
  const counts = [[names.length - slices, "metric"], [slices, "slice"]] as const;
  const said = counts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`);
  return `${said.join(" and ")} ${names.length === 1 ? "is" : "are"} equal`;
}

function codeSummary({ code }: DiffView): string {
  const { cells = [], total = 0, git = "" } = code ?? {};
  const [only] = cells;
  const said = cells.length === 1 && only ? `${only.title} of ${total}` : `${cells.length} of ${total} ${total === 1 ? "cell differs" : "cells differ"}`;
  return [only && cells.length === 1 && only.title.includes(",") ? only.title : said, git].filter(Boolean).join(" · ");
}

function codeBody({ code }: DiffView, whole: () => boolean, redraws: Redrawable[], scope: Scope): HTMLElement[] {
  const cells = code?.cells ?? [];
  return cells.flatMap((cell) => {
    const block = codeBlock(cell, whole, scope);
    redraws.push(block);
    return cells.length === 1 ? [block.root] : [div("ch", cell.title), block.root];
  });
}
