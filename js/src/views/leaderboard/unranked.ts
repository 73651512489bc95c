import type { Unranked } from "../../protocol/wire";
import { fold, linkButton } from "../atoms/controls";
import { icon } from "../atoms/icons";
import { div, h } from "../h";
import type { Scope } from "../scope";

const UNRANKED_SHOWN = 3;

/** Versions that cannot be ranked, apart from the others, each with its reason. */
export function unranked(rows: readonly Unranked[], offer: (event: { type: "open"; version: string; command: string }) => void, scope: Scope): HTMLElement[] {
  const lines = rows.map(({ version, reason }) => {
    const open = linkButton(`Show ${version.name}`);
    scope.on(open, "click", () => {
      offer({ type: "open", version: version.id, command: `%mvt show ${version.name}` });
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
  return [...lines.slice(0, UNRANKED_SHOWN), fold(lines.length - UNRANKED_SHOWN === 1 ? "1 more is not ranked" : `${lines.length - UNRANKED_SHOWN} more are not ranked`, rest, scope), rest];
}
