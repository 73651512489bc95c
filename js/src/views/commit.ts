import type { CommitView, Comparison } from "../protocol/wire";
import { parentsText, versionMeta } from "./atoms/chips";
import { button, commandSlot } from "./atoms/controls";
import { icon, versionGlyph } from "./atoms/icons";
import { div, h, span } from "./h";
import { cutNote, factsLine, message, noteRow } from "./parts";
import type { Scope } from "./scope";
import { changeLine, changeTiles, valueTiles } from "./tiles";
import type { Emit } from "./view";

/** So many further alerts are written out. */
const ALERTS = 3;

/** The card of a commit: what it is, what got worse, what it did to the metrics. */
export function drawCommit(root: HTMLElement, data: CommitView, emit: Emit, scope: Scope): void {
  root.append(data.created ? card(data, emit, scope) : unchanged(data, emit, scope));
}

function card(data: CommitView, emit: Emit, scope: Scope): HTMLElement {
  const { version } = data;
  const slot = commandSlot(scope);
  const [first, ...others] = data.comparisons;
  const compareWith = (base: Comparison["base"]): void => {
    const text = `%mvt diff ${base.name} ${version.name}`;
    if (emit({ type: "compare", base: base.id, other: version.id, command: text }) !== true) {
      slot.show(text);
    }
  };
  const opener = (text: string, base: Comparison["base"], swap: boolean): HTMLElement => {
    const made = button(text, swap ? { icon: "swap" } : {});
    scope.on(made, "click", () => compareWith(base));
    return made;
  };
  const base = first?.base ?? data.parent;
  return h(
    "section",
    { class: "card", "aria-label": `Version ${version.name}` },
    div(
      "chead",
      versionGlyph(),
      div(
        "",
        h("h3", { class: "h tx" }, span("vv", version.name), h("bdi", null, version.message)),
        versionMeta(version, data.parent ? parentsText([data.parent.name]) : null),
      ),
      base ? div("acts", opener("Compare", base, true)) : null,
    ),
    slot.root,
    data.alerts.length ? alertNote(data.alerts, base ? opener("Show what changed", base, false) : null) : null,
    ...(first ? [baseLine(first), ...changeTiles(first.metrics, scope)] : firstMetrics(data, scope)),
    ...others.flatMap((other) => [baseLine(other), ...changeLine(other.metrics, scope)]),
    factsLine(data.facts),
    ...data.notes.map(noteRow),
    cutNote(data.cut),
  );
}

/** The worst loudly, the others below it in smaller type: one alarm, not many. */
function alertNote([worst, ...others]: CommitView["alerts"], action: HTMLElement | null): HTMLElement {
  const more = others.length - ALERTS;
  return h(
    "div",
    { class: "note worse", role: "status" },
    icon("diamond"),
    div(
      "",
      h("p", { class: "tx" }, h("b", { class: "wc" }, sentence(worst?.key ?? "")), ` ${worst?.text ?? ""}`),
      ...others.slice(0, ALERTS).map(({ key, text }) => h("p", { class: "q s tx" }, `${sentence(key)} ${text}`)),
      more > 0 ? h("p", { class: "q s" }, more === 1 ? "1 more below." : `${more} more below.`) : null,
    ),
    action ? div("acts", action) : null,
  );
}

function firstMetrics(data: CommitView, scope: Scope): HTMLElement[] {
  const said = data.text || "No version to compare with yet";
  const tiles = valueTiles(data.metrics, scope);
  return tiles.length ? [h("p", { class: "against" }, said), ...tiles] : [];
}

function baseLine({ against, base, basis }: Comparison): HTMLElement {
  return h(
    "p",
    { class: "against" },
    `Against ${against} `,
    h("b", null, base.name),
    basis ? span("", ` · ${basis}`) : null,
  );
}

function unchanged(data: CommitView, emit: Emit, scope: Scope): HTMLElement {
  const { name, id } = data.version;
  const slot = commandSlot(scope);
  const show = button(`Show ${name}`);
  scope.on(show, "click", () => {
    const text = `%mvt show ${name}`;
    if (emit({ type: "open", version: id, command: text }) !== true) {
      slot.show(text);
    }
  });
  const words = h("span", null, h("b", null, `Nothing changed since ${name}.`), " No version was made.");
  const more = data.text.replace(`Nothing changed since ${name}.`, "").replace("No version was made.", "").trim();
  return h(
    "section",
    { class: "card", "aria-label": "Nothing changed" },
    message("equal", "", words, more, show),
    slot.root,
    ...data.notes.map(noteRow),
    cutNote(data.cut),
  );
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
