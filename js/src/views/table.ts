import type { Cell, TableView } from "../protocol/wire";
import { branchChip, labelChip, tagChip } from "./atoms/chips";
import { command } from "./atoms/controls";
import { when } from "./atoms/times";
import { div, h, span } from "./h";
import { cutNote } from "./parts";
import type { Scope } from "./scope";
import { sortableTable } from "./sorting";
import type { Emit } from "./view";

const FEW = 18;

/** Any list: branches, labels, operations, the rows of a query. */
export function drawTable(root: HTMLElement, data: TableView, _emit: Emit, scope: Scope): void {
  const { rows, title } = data;
  root.append(
    h(
      "section",
      { class: "card", "aria-label": title || "Table" },
      title
        ? div("bar", div("row bl", h("b", null, title), rows.length ? span("q s", data.counted ?? countText(data)) : null))
        : "",
      rows.length
        ? listTable(data, scope)
        : emptyState(data, scope),
      cutNote(data.cut) ?? "",
      rows.length && data.command ? div("bar", command(data.command, scope)) : "",
    ),
  );
}

/** What a sortable table of cells needs. */
type Listed = Pick<TableView, "title" | "columns" | "rows">;

/** Rows of cells under heads that sort. */
export function listTable(data: Listed, scope: Scope): HTMLElement {
  const { rows, columns, title } = data;
  // A list of all branches has them in the order of their lanes, as the timeline does.
  const ofBranches = rows.every(([first]) => first?.kind === "branch");
  return sortableTable(
    {
      label: title || "Table",
      columns: columns.map((column, j) => ({
        title: column.title,
        numeric: column.numeric,
        lower: true,
        key: (i) => sortKey(rows[i]?.[j]),
      })),
      count: rows.length,
      row: (i) => tableRow(data, rows[i] ?? [], ofBranches ? i : undefined),
      pinned: columns.length > 3,
    },
    scope,
  );
}

function countText({ total, rows }: TableView): string {
  const all = total.toLocaleString("en");
  return total > rows.length ? `${rows.length.toLocaleString("en")} of ${all} rows` : total === 1 ? "1 row" : `${all} rows`;
}

function sortKey(cell: Cell | undefined): number | string | null {
  if (cell === undefined) {
    return null;
  }
  return typeof cell.value === "number" ? cell.value : cell.text || null;
}

function tableRow({ columns }: Listed, cells: readonly Cell[], lane?: number): HTMLTableRowElement {
  return h(
    "tr",
    null,
    ...columns.map((column, j) => {
      const content = cellContent(cells[j], lane);
      const className = column.numeric ? "n" : textClass(cells[j]?.text ?? "");
      return j === 0
        ? h("th", { scope: "row", class: className }, content)
        : h("td", { class: className }, content);
    }),
  );
}

/** Few words stay on their line; many have room to be read in before the table scrolls. */
function textClass(text: string): string {
  return text.length <= FEW ? "tx few" : "tx much";
}

function cellContent(cell: Cell | undefined, lane?: number): Node | string {
  if (cell === undefined) {
    return "";
  }
  const { text, kind, value } = cell;
  if (kind === "time") {
    return typeof value === "number" ? span("q s nw", when(value)) : span("q s nw", text);
  }
  switch (text === "" ? "empty" : kind) {
    case "version":
      return span("v", text);
    case "label":
      return labelChip(text);
    case "tag":
      return tagChip(text);
    case "branch":
      return branchChip(text, lane);
    case "code":
      return h("code", null, text);
    case "quiet":
      return span("q", text);
    default:
      return text;
  }
}

/** Nothing to list, and what to do about it. */
export function emptyState(data: Pick<TableView, "empty" | "command">, scope: Scope): HTMLElement {
  return div(
    "state",
    h("p", { class: "q tx" }, data.empty || "Nothing here yet."),
    data.command ? command(data.command, scope) : null,
  );
}
