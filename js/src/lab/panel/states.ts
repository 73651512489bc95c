/** Nothing there, not there yet, not to be had: what the panel says instead of versions. */

import { button } from "../../views/atoms/controls";
import { icon } from "../../views/atoms/icons";
import { ago } from "../../views/atoms/times";
import { div, h } from "../../views/h";
import type { Scope } from "../../views/scope";
import { beginning } from "../../views/states";
import { hint } from "./ask";
import type { Feed } from "./feed";
import { reason } from "./told";

/** No repository, or none of its versions yet. */
export function emptyState(exists: boolean, scope: Scope): HTMLElement {
  return div(
    "state",
    icon("commit"),
    ...beginning(scope),
    exists ? null : h("p", { class: "q s" }, "The first commit makes a repository beside this notebook."),
  );
}

/** Rows of the final height, until there are some. */
export function skeleton(said = "Reading versions"): HTMLElement {
  const bars = [78, 52, 64, 40, 86, 58, 58, 44, 72, 50].map((width) => h("div", { class: "sk", style: `width:${width}%` }));
  return h("div", { class: "sks", role: "status", "aria-label": said }, ...bars);
}

/** What cannot be shown, what to do about it, and a way to try again. */
export function errorState(error: unknown, scope: Scope, again?: () => void): HTMLElement {
  const failed = icon("err");
  failed.classList.add("err");
  const root = h("div", { class: "state", role: "alert" }, failed, h("p", { class: "h" }, "This cannot be shown"), h("p", { class: "q tx" }, reason(error)));
  const help = hint(error, scope);
  if (help) {
    root.append(help);
  }
  if (again) {
    const retry = button("Try again", {});
    scope.on(retry, "click", again);
    root.append(retry);
  }
  return root;
}

/** What the foot says of the versions above it. */
export function standing({ key, log, filtered }: Feed, away: boolean): string {
  if (!log) {
    return key ? "Its versions cannot be read" : "No repository beside this notebook";
  }
  if (log.total === 0 && !filtered) {
    return away ? "No versions when last seen" : "No versions yet";
  }
  const what = filtered ? "found" : log.total === 1 ? "version" : "versions";
  return `${log.total.toLocaleString("en")} ${what}, ${away ? "when last seen" : "up to date"}`;
}

/** Nobody answers: what is shown is old, and when it is asked again. */
export function awayNote(since: number, seconds: number, scope: Scope, now: () => void): HTMLElement {
  const as = since ? `Shown as of ${ago(since)}. ` : "";
  const retry = h("button", { type: "button", class: "lnk" }, "Try now");
  scope.on(retry, "click", now);
  // Only the first sentence is announced; a countdown read aloud would never end.
  return h(
    "div",
    { class: "note warn away" },
    icon("warn"),
    div("", h("p", { role: "status" }, "The server does not answer."), h("p", { class: "q s" }, `${as}Trying again in ${seconds}\u00a0s. `, retry)),
  );
}
