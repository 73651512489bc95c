import type { StatusPart, StatusView } from "../protocol/wire";
import { branchChip } from "./atoms/chips";
import { button, commandSlot } from "./atoms/controls";
import { div, h, hidden, span } from "./h";
import { cutNote, noteRow } from "./parts";
import type { Scope } from "./scope";
import type { Emit } from "./view";

const BADGES: Readonly<Record<string, string>> = { added: "A", changed: "M", removed: "D", equal: "=" };

/** What would be committed, part by part. */
export function drawStatus(root: HTMLElement, data: StatusView, emit: Emit, scope: Scope): void {
  const slot = commandSlot(scope);
  const commit = button("Commit", { kind: "go lg" });
  scope.on(commit, "click", () => {
    if (emit({ type: "commit", command: data.command }) !== true) {
      slot.show(data.command);
    }
  });
  const changed = data.rows.filter((row) => row.badge !== "equal");
  const equal = data.rows.filter((row) => row.badge === "equal");
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Status" },
      div(
        "pad row stath",
        div(
          "",
          h("h3", { class: "h" }, data.title),
          div(
            "meta",
            data.branch ? span("", branchChip(data.branch)) : null,
            data.text ? span("", span("", data.text)) : null,
          ),
        ),
        data.command ? commit : null,
      ),
      slot.root,
      ...[...changed, ...equal].map(statusRow),
      ...data.notes.map(noteRow),
      cutNote(data.cut),
    ),
  );
}

function statusRow({ badge, part, text, size }: StatusPart): HTMLElement {
  const equal = badge === "equal";
  return div(
    "stat",
    h("span", { class: equal ? "bdg" : "bdg m" }, h("span", { "aria-hidden": "true" }, BADGES[badge] ?? "M"), hidden(badge)),
    equal ? span("", part) : h("b", null, part),
    span(equal ? "q" : "", text),
    span("q s n", size),
  );
}
