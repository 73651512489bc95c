import type { Evaluated, RemarkRow, VersionView } from "../protocol/wire";
import { parentsText, versionMeta } from "./atoms/chips";
import { fold } from "./atoms/controls";
import { icon, versionGlyph } from "./atoms/icons";
import { when } from "./atoms/times";
import { codeBlock } from "./code";
import { div, h, span } from "./h";
import { paramTable } from "./params";
import { cutNote, factsLine, noteRow, sectionHead } from "./parts";
import type { Scope } from "./scope";
import { listTable } from "./table";
import { valueTiles } from "./tiles";
import type { Emit } from "./view";

/** Everything about one version: its figures first, params and code folded. */
export function drawVersion(root: HTMLElement, data: VersionView, _emit: Emit, scope: Scope): void {
  const { version } = data;
  const tiles = valueTiles(data.metrics, scope);
  root.append(
    h(
      "article",
      { class: "card", "aria-label": `Version ${version.name}` },
      div(
        "chead",
        versionGlyph(),
        div(
          "",
          h("h3", { class: "h tx" }, span("vv", version.name), h("bdi", null, version.message)),
          versionMeta(version, parentsText(data.parents.map(({ name }) => name))),
        ),
      ),
      tiles.length ? h("p", { class: "against" }, "Metrics of this version") : "",
      ...tiles,
      factsLine(data.facts) ?? "",
      ...data.notes.map(noteRow),
      ...(data.outputs ? [sectionHead("Outputs", ""), listTable(data.outputs, scope)] : []),
      ...(data.evaluations ?? []).flatMap((made) => evaluation(made, scope)),
      ...(data.remarks ?? []).map(remarkRow),
      ...params(data, scope),
      ...cells(data, scope),
      cutNote(data.cut) ?? "",
    ),
  );
}

/** How good it was found to be afterwards. */
function evaluation({ title, time_ms, columns, rows }: Evaluated, scope: Scope): HTMLElement[] {
  const head = sectionHead("Evaluation", title);
  head.append(span("q s", when(time_ms)));
  return [head, listTable({ title: `Evaluation on ${title}`, columns, rows }, scope)];
}

/** What somebody wrote about it since. */
export function remarkRow({ author, time_ms, text }: RemarkRow): HTMLElement {
  return h(
    "div",
    { class: "note" },
    icon("note"),
    div("", h("p", { class: "s" }, h("b", null, author), " ", h("span", { class: "q" }, when(time_ms))), h("p", { class: "tx" }, text)),
  );
}

function params({ params: rows }: VersionView, scope: Scope): HTMLElement[] {
  if (rows.length === 0) {
    return [];
  }
  const table = paramTable(rows, false);
  return [fold(rows.length === 1 ? "1 param" : `${rows.length} params`, table, scope), table];
}

function cells({ cells: rows }: VersionView, scope: Scope): HTMLElement[] {
  if (rows.length === 0) {
    return [];
  }
  const body = div("");
  for (const cell of rows) {
    body.append(sectionHead(cell.title, ""), codeBlock(cell, () => true, scope).root);
  }
  return [fold(rows.length === 1 ? "1 cell of code" : `${rows.length} cells of code`, body, scope), body];
}
