import type { Column, LeaderboardView, RankRow, Unranked } from "../protocol/wire";
import { labelChip } from "./atoms/chips";
import { commandSlot, fold, linkButton } from "./atoms/controls";
import { icon } from "./atoms/icons";
import { delta } from "./atoms/verdicts";
import { div, h, hidden, span } from "./h";
import { cutNote } from "./parts";
import type { Scope } from "./scope";
import { sortableTable, type SortColumn } from "./sorting";
import type { Emit } from "./view";

/** Versions ranked by one metric, against one baseline. */
export function drawLeaderboard(root: HTMLElement, data: LeaderboardView, emit: Emit, scope: Scope): void {
  const others = data.columns.filter(({ key }) => key !== data.by.key);
  const base = data.rows.find((row) => row.baseline)?.version.name;
  const slot = commandSlot(scope);
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Leaderboard" },
      div(
        "bar",
        div("row bl", h("b", null, "Leaderboard"), span("q s", countText(data))),
        span("sp"),
        data.baseline ? span("q s", `against ${data.baseline}`) : null,
      ),
      data.rows.length ? ranked(data, others, base, scope) : div("none", "No version has been scored on this metric yet."),
      ...unranked(data.unranked, emit, slot.show, scope),
      slot.root,
      cutNote(data.cut) ?? "",
    ),
  );
}

function countText({ total, by }: LeaderboardView): string {
  const count = total === 1 ? "1 version" : `${total.toLocaleString("en")} versions`;
  return `${count} by ${by.title}${by.lower ? ", lower is better" : ""}`;
}

function ranked(data: LeaderboardView, others: readonly Column[], base: string | undefined, scope: Scope): HTMLElement {
  const { rows, by } = data;
  const figure = (column: Column): SortColumn => ({
    title: column.title,
    numeric: column.numeric,
    lower: column.lower,
    className: column.key === by.key ? "" : "w",
    key: (i) => rows[i]?.cells[column.key]?.value ?? (column.numeric ? null : (rows[i]?.cells[column.key]?.text ?? null)),
  });
  const columns: SortColumn[] = [
    { title: "Version", numeric: false, lower: false, lead: rankText("#", rows.length), key: (i) => rows[i]?.version.number ?? null },
    figure(by),
    ...(base === undefined ? [] : [{ title: `vs ${base}`, numeric: true, lower: false, className: "le" }]),
    ...others.map(figure),
  ];
  return sortableTable(
    {
      label: `Versions by ${by.title}`,
      columns,
      count: rows.length,
      row: (i) => rankRow(rows[i] as RankRow, by, others, base !== undefined, rows.length),
      sorted: { column: 1, descending: !by.lower },
      pinned: true,
    },
    scope,
  );
}

function rankRow(row: RankRow, by: Column, others: readonly Column[], compared: boolean, count: number): HTMLTableRowElement {
  const { version } = row;
  const share = Math.round(Math.min(1, Math.max(0, row.bar)) * 100);
  return h(
    "tr",
    { class: row.baseline ? "base" : null },
    h(
      "th",
      { scope: "row" },
      div(
        "row",
        rankText(row.rank, count),
        span("v", version.name),
        h("span", { class: "el w", style: "max-width:200px", title: version.message }, version.message),
        ...version.labels.map(labelChip),
      ),
    ),
    h(
      "td",
      { class: "n" },
      h("span", { class: "trk w", "aria-hidden": "true" }, h("i", { style: `width:${share}%` })),
      h("b", null, row.cells[by.key]?.text ?? "not scored"),
    ),
    compared ? h("td", { class: "n le" }, change(row)) : null,
    ...others.map((column) => figureCell(row, column)),
  );
}

/** A rank, as wide as the last one. */
function rankText(rank: number | string, count: number): HTMLElement {
  return h("span", { class: "q x4 rk", style: `min-width:${String(count).length}ch` }, rank);
}

function change(row: RankRow): HTMLElement {
  if (row.baseline) {
    return span("q s", "baseline");
  }
  return row.change ? delta(row.change, row.verdict ?? "changed") : hidden("not compared");
}

function figureCell(row: RankRow, column: Column): HTMLTableCellElement {
  const figure = row.cells[column.key];
  const className = column.numeric ? "n w" : "w";
  if (figure === undefined || figure.text === "") {
    return h("td", { class: `${className} q s` }, column.kind === "metric" ? "not scored" : "");
  }
  return h("td", { class: figure.value === null && column.numeric ? `${className} q` : className }, figure.text);
}

const UNRANKED_SHOWN = 3;

function unranked(rows: readonly Unranked[], emit: Emit, show: (text: string) => void, scope: Scope): HTMLElement[] {
  const lines = rows.map(({ version, reason }) => {
    const open = linkButton(`Show ${version.name}`);
    scope.on(open, "click", () => {
      const text = `%mvt show ${version.name}`;
      if (emit({ type: "open", version: version.id, command: text }) !== true) {
        show(text);
      }
    });
    return h(
      "div",
      { class: "note sep" },
      icon("warn"),
      h("p", { class: "tx" }, h("b", null, version.name), ` is not ranked: ${reason}`),
      div("acts", open),
    );
  });
  if (lines.length <= UNRANKED_SHOWN) {
    return lines;
  }
  const rest = div("", ...lines.slice(UNRANKED_SHOWN));
  return [...lines.slice(0, UNRANKED_SHOWN), fold(`${lines.length - UNRANKED_SHOWN} more are not ranked`, rest, scope), rest];
}
