/** Tables and lists of the panel that know nothing of the server. */

import type { DiffView, TableView, VersionView } from "../../protocol/wire";
import { icon } from "../../views/atoms/icons";
import { absolute, ago, when } from "../../views/atoms/times";
import { byVerdict, changeText, look, metricTitle } from "../../views/atoms/verdicts";
import { div, h, hidden, span } from "../../views/h";
import { remarkRow } from "../../views/version";

/** Metrics listed before the rest is left to the comparison. */
const METRICS = 8;

/** Everything about one version that fits a narrow place. */
export function details(view: VersionView, actions: readonly HTMLElement[], place: HTMLElement): HTMLElement {
  const { version } = view;
  const rows: [string, string | HTMLElement][] = [
    ["Id", h("code", null, version.id)],
    ["Parent", view.parents.map(({ name }) => name).join(" and ") || "none"],
    ["Branch", version.branch],
    ["Author", version.author],
    ["Time", when(version.time_ms)],
    ["Tags", version.tags.join(", ")],
    ...view.metrics.slice(0, METRICS).map((metric): [string, string] => [metricTitle(metric), metric.other.text]),
    ...view.facts.map(({ key, text }): [string, string] => [key, text]),
  ];
  return div(
    "",
    div(
      "pd",
      h("p", { class: "t", dir: "auto" }, version.message || version.name),
      div("acts", ...actions),
      place,
    ),
    ...(view.remarks ?? []).map(remarkRow),
    div(
      "pd",
      h("dl", { class: "kv" }, ...rows.filter(([, value]) => value !== "").flatMap(([key, value]) => [h("dt", null, key), h("dd", null, value)])),
      view.metrics.length > METRICS ? h("p", { class: "q s" }, `and ${view.metrics.length - METRICS} more`) : null,
    ),
  );
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
      { title: metric.tip || null },
      h("td", { class: "tx" }, metricTitle(metric)),
      h("td", { class: "n" }, changeText(metric) || metric.other.text),
      h("td", { style: "width:28px" }, h("span", { class: `vd ${tone}` }, icon(shape, true), hidden(word))),
    );
  });
  return h("table", { "aria-label": "What changes" }, h("tbody", null, ...rows));
}

/** Where a label has been, newest first. */
export function moves(view: TableView): HTMLElement {
  const items = view.rows.slice(0, 20).map(([version, , why, who, time]) => {
    const at = time?.value ?? 0;
    return h(
      "li",
      null,
      span("v", version?.text ?? ""),
      h("span", { class: "q nw", title: absolute(at) }, `${who?.text ?? ""}, ${ago(at)}`),
      span("sp"),
      h("span", { class: "q el", title: why?.text ?? "" }, why?.text ?? ""),
    );
  });
  return h("ul", { class: "hist", "aria-label": view.title }, ...items);
}

/** When a label last left a version, or nothing where it did not. */
export function leftAt(history: TableView, version: string): number | null {
  const move = history.rows.find(([, before]) => before?.text === version);
  return move?.[4]?.value ?? null;
}
