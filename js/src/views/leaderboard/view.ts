import type { Column, LeaderboardView, RankRow } from "../../protocol/wire";
import { labelChip, laneColor, letterChip } from "../atoms/chips";
import { commandSlot } from "../atoms/controls";
import { icon } from "../atoms/icons";
import { textWidth } from "../atoms/measure";
import { delta } from "../atoms/verdicts";
import { finder } from "../finder";
import { div, h, hidden, span } from "../h";
import { isTyping } from "../keys";
import { cutNote } from "../parts";
import type { Scope } from "../scope";
import type { Emit, Host } from "../view";
import { localBoard, remoteBoard, type Board, type Order } from "./board";
import { grid, type GridColumn } from "./grid";
import { sparkline } from "./spark";
import { unranked } from "./unranked";

/** A column of the table, and how its cells are made. */
interface Shown {
  key: string;
  title: string;
  numeric: boolean;
  /** Sorting begins with the best. */
  lower: boolean;
  sortable: boolean;
  width: number;
  cell: (row: RankRow) => Node | string;
}

const NARROW = 480;

/** Versions ranked by one metric, against one baseline. */
export function drawLeaderboard(root: HTMLElement, data: LeaderboardView, emit: Emit, scope: Scope, host?: Host): void {
  const others = data.columns.filter(({ key }) => key !== data.by.key);
  const slot = commandSlot(scope);
  const pins: string[] = [];
  const picked = new Set<string>();
  let order: Order = { sort: "", descending: false, query: "" };
  let narrow = false;
  const count = h("span", { class: "q s", role: "status" });
  const none = h("p", { class: "none", hidden: true }, "No version answers this search.");
  const board: Board = host && data.live ? remoteBoard(host, data, others, () => changed()) : localBoard(data, () => changed());
  let shown: Shown[] = [];

  const table = grid(
    {
      label: `Versions by ${data.by.title}`,
      rowClass: (i) => (board.row(i)?.baseline ? "base" : ""),
      selected: (i) => picked.has(board.row(i)?.version.id ?? ""),
      cells(i, places) {
        const row = board.row(i);
        return row
          ? places.map((j) => {
              const column = shown[j];
              return column ? (/^[mp]:/.test(column.key) && !board.has(i, column.key) ? h("span", { class: "sk" }) : column.cell(row)) : "";
            })
          : null;
      },
      seen: (rows, [from, to]) => board.need(rows, shown.slice(from, to).flatMap(({ key }) => (/^[mp]:/.test(key) ? [key] : [])).concat(pins)),
      act: (i, how) => act(i, how),
    },
    scope,
  );

  const sortBy = (column: Shown): void => {
    const first = column.numeric && !column.lower;
    const again = order.sort === column.key || (order.sort === "" && column.key === data.by.key);
    const descending = again ? !(order.sort === "" ? !data.by.lower : order.descending) : first;
    order = { ...order, sort: column.key, descending };
    board.order(order);
    table.root.scrollTop = 0;
  };
  const pin = (key: string): void => {
    const at = pins.indexOf(key);
    if (at >= 0) {
      pins.splice(at, 1);
    } else {
      pins.push(key);
    }
    lay();
  };
  const head = (column: Shown): HTMLElement | string => {
    if (!column.sortable) {
      return column.title;
    }
    const down = order.sort ? order.descending : !data.by.lower;
    const sort = h("button", { type: "button", class: "srt", title: column.title }, span("el", column.title), icon(isSorted(column) ? (down ? "fall" : "up") : "fall", true));
    sort.addEventListener("click", () => sortBy(column));
    if (!/^[mp]:/.test(column.key)) {
      return column.key === "version" && !narrow ? div("row", rankText("#", data.total), sort) : sort;
    }
    const held = pins.includes(column.key);
    const stay = h("button", { type: "button", class: "pn", "aria-pressed": String(held), "aria-label": `Pin ${column.title}`, title: held ? "Let it go" : "Keep at the left" }, icon("pin", true));
    stay.addEventListener("click", () => pin(column.key));
    return h("span", { class: "hd" }, stay, sort);
  };
  const isSorted = ({ key }: Shown): boolean => (order.sort ? order.sort === key : key === data.by.key);

  let laid = "";
  const layout = (): string => [board.count(), order.sort, order.descending, order.query].join();
  const lay = (): void => {
    laid = layout();
    const all = columnsOf(data, others, narrow);
    const [version, ...rest] = all;
    const held = pins.flatMap((key) => rest.filter((column) => column.key === key));
    shown = [...(version ? [version] : []), ...held, ...rest.filter(({ key }) => !pins.includes(key))];
    const columns = shown.map((column): GridColumn => ({
      width: column.width,
      numeric: column.numeric,
      head: () => head(column),
      sort: isSorted(column) ? ((order.sort ? order.descending : !data.by.lower) ? "descending" : "ascending") : undefined,
    }));
    table.show(columns, 1 + (narrow ? 0 : held.length), board.count());
    none.hidden = board.count() > 0;
    table.root.hidden = board.count() === 0;
    count.textContent = countText(data, board.count(), order.query);
  };
  /** Rows that arrive are drawn; another order or number of them is laid out anew. */
  const changed = (): void => {
    if (laid === layout()) {
      table.arrived();
    } else {
      lay();
    }
  };
  const act = (i: number, how: "pick" | "open"): void => {
    const version = board.row(i)?.version;
    if (!version) {
      return;
    }
    if (how === "open") {
      offer({ type: "open", version: version.id, command: `%mvt show ${version.name}` });
      return;
    }
    if (picked.has(version.id)) {
      picked.delete(version.id);
    } else {
      picked.add(version.id);
    }
    emit({ type: "select", versions: [...picked] });
    table.draw();
  };
  const offer = (event: Parameters<Emit>[0] & { command: string }): void => {
    if (emit(event) !== true) {
      slot.show(event.command);
    }
  };
  host?.onSelect((ids) => {
    picked.clear();
    ids.forEach((id) => picked.add(id));
    table.draw();
  });
  host?.selected().forEach((id) => picked.add(id));

  const search = finder("message, author, label", () => {
    order = { ...order, query: search.query() };
    board.order(order);
    table.root.scrollTop = 0;
  }, scope, 120);
  scope.on(root, "keydown", (event) => {
    if (!isTyping(event) && event.key === "/") {
      event.preventDefault();
      search.focus();
    }
  });
  const [box, open] = search.parts;
  const searched = data.rows.length > 1;
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Leaderboard" },
      div(
        "bar",
        div("row bl", h("b", null, "Leaderboard"), count),
        div("row ctl", data.baseline ? span("q s w", `against ${data.baseline}`) : null, searched ? open : null),
        searched ? box : null,
      ),
      data.rows.length ? table.root : div("none", "No version has been scored on this metric yet."),
      none,
      ...unranked(data.unranked, offer, scope),
      slot.root,
      cutNote(data.cut) ?? "",
    ),
  );
  scope.width(table.root, (width) => {
    const now = width < NARROW;
    if (now !== narrow) {
      narrow = now;
      lay();
    }
  });
  lay();
}

function countText({ total, by }: LeaderboardView, left: number, query: string): string {
  const all = total === 1 ? "1 version" : `${total.toLocaleString("en")} versions`;
  return `${query ? `${left.toLocaleString("en")} of ` : ""}${all} by ${by.title}${by.lower ? ", lower is better" : ""}`;
}

/** The columns: the version, its place, the change, its course, and the figures. */
function columnsOf(data: LeaderboardView, others: readonly Column[], narrow: boolean): Shown[] {
  const { by, rows } = data;
  const base = rows.find((row) => row.baseline)?.version.name ?? data.baseline;
  // Of very many columns a few rows have to tell how wide they are.
  const sample = rows.slice(0, others.length > 100 ? 4 : 60);
  const fit = (title: string, texts: readonly string[], least: number, most: number): number =>
    Math.round(Math.max(least, Math.min(most, Math.max(textWidth(title, 11, 600) + 58, ...texts.map((text) => textWidth(text, 13) + 26)))));
  const figure = (column: Column): Shown => ({
    key: column.key, title: column.title, numeric: column.numeric, lower: column.lower, sortable: true,
    width: fit(column.title, sample.map(({ cells }) => cells[column.key]?.text ?? ""), 72, column.numeric ? 160 : 200),
    cell: (row) => figureText(row, column),
  });
  const main: Shown = { ...figure(by), width: fit(by.title, sample.map(({ cells }) => cells[by.key]?.text ?? ""), narrow ? 76 : 100, 180) + (narrow ? 0 : 64), cell: (row) => valueCell(row, by, narrow) };
  const change: Shown = { key: "change", title: `vs ${base}`, numeric: true, lower: false, sortable: false, width: fit(`vs ${base}`, sample.map((row) => `${changeText(row, narrow)}iiiiii`), 84, 190), cell: (row) => changeCell(row, narrow) };
  const course: Shown = { key: "trail", title: "Course", numeric: false, lower: false, sortable: false, width: 104, cell: (row) => (row.trail?.length ? sparkline(row.trail, by.lower, laneColor(row.version.branch === "main" ? 0 : 1)) : "") };
  return [
    { key: "version", title: "Version", numeric: false, lower: false, sortable: true, width: narrow ? 96 : 280, cell: (row) => versionCell(row, data.total, narrow) },
    main,
    ...(data.baseline ? [change] : []),
    ...(!narrow && rows.some(({ trail }) => (trail?.length ?? 0) > 1) ? [course] : []),
    ...others.map(figure),
  ];
}

function versionCell({ rank, version, baseline }: RankRow, count: number, narrow: boolean): HTMLElement {
  return div(
    "row",
    narrow ? null : rankText(rank, count),
    span("v", version.name),
    narrow ? null : h("span", { class: "el", title: version.message }, version.message),
    ...(narrow ? version.labels.slice(0, 1).map(letterChip) : version.labels.slice(0, 3).map(labelChip)),
    baseline ? hidden("baseline") : null,
  );
}

/** A rank, as wide as the last one. */
function rankText(rank: number | string, count: number): HTMLElement {
  return h("span", { class: "q rk", style: `min-width:${String(count).length}ch` }, rank);
}

function valueCell(row: RankRow, by: Column, narrow: boolean): HTMLElement {
  const share = Math.round(Math.min(1, Math.max(0, row.bar)) * 100);
  return span(
    "",
    narrow ? null : h("span", { class: "trk", "aria-hidden": "true" }, h("i", { style: `width:${share}%` })),
    h("b", null, row.cells[by.key]?.text ?? "not scored"),
  );
}

/** Why a version cannot be compared is said where there is room for it. */
function changeText({ change, verdict }: RankRow, narrow: boolean): string {
  return narrow && verdict === "incomparable" ? "" : change;
}

function changeCell(row: RankRow, narrow: boolean): Node {
  if (row.baseline) {
    return span("q s", "baseline");
  }
  return row.change ? delta(changeText(row, narrow), row.verdict ?? "changed", row.change) : hidden("not compared");
}

function figureText(row: RankRow, column: Column): Node | string {
  const found = row.cells[column.key];
  if (found === undefined || found.text === "") {
    return column.kind === "metric" ? span("q s", "not scored") : "";
  }
  return found.value === null && column.numeric ? span("q", found.text) : found.text;
}
