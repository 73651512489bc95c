import type { NoticeView } from "../protocol/wire";
import { command } from "./atoms/controls";
import type { IconName } from "./atoms/icons";
import { h } from "./h";
import { message } from "./parts";
import type { Scope } from "./scope";
import type { Emit } from "./view";

const ICONS: Readonly<Record<string, IconName>> = { done: "check", info: "info", warning: "warn" };

/** One thing that happened. */
export function drawNotice(root: HTMLElement, data: NoticeView, _emit: Emit, scope: Scope): void {
  const line = message(
    ICONS[data.kind] ?? "info",
    data.kind === "warning" ? "warn" : "",
    h("b", null, data.title),
    data.text,
  );
  if (data.command) {
    line.children[1]?.append(command(data.command, scope));
  }
  root.append(h("section", { class: "card", "aria-label": data.title || "Notice" }, line));
}
