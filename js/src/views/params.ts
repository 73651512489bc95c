import type { ParamRow } from "../protocol/wire";
import { h, span } from "./h";

/** Names with both sides, or with the one there is. */
export function paramTable(rows: readonly ParamRow[], compared: boolean): HTMLElement {
  return h(
    "div",
    { class: "tw" },
    h("table", null, h("tbody", null, ...rows.map((row) => paramRow(row, compared)))),
  );
}

function paramRow({ name, scope, base, other }: ParamRow, compared: boolean): HTMLElement {
  const sides = compared
    ? [
        base === null ? span("q", "not set") : h("s", { class: "val" }, base),
        h("span", { class: "q" }, "→"),
        other === null ? span("q", "not set") : h("b", { class: "val" }, other),
      ]
    : [span("val", other ?? base ?? "not set")];
  return h(
    "tr",
    null,
    h(
      "th",
      { scope: "row", style: "width:220px;overflow-wrap:anywhere" },
      span("mono", name),
      scope ? span("q s w", ` ${scope}`) : null,
    ),
    h("td", null, h("div", { class: "chg" }, ...sides)),
  );
}
