/** Opens a difference or a version below a view; the code that draws it comes when first asked for. */

import { button } from "../../views/atoms/controls";
import type { Dispose, Host, ViewEvent } from "../../views/view";

type Render = (element: HTMLElement, payload: unknown, host: Host) => Dispose;

let modules: Record<string, Promise<{ draw: Render }>> = {};

/** The module as Python has it: each widget stays small until more is looked at. */
function moduleOf(name: string, host: Host): Promise<{ draw: Render }> {
  return (modules[name] ??= host.ask<string>({ what: "module", name }).then(async (code) => {
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    try {
      return (await import(/* webpackIgnore: true */ address)) as { draw: Render };
    } finally {
      URL.revokeObjectURL(address);
    }
  }));
}

/** Acts on `compare` and `open`; tells whether it did. */
export function opener(place: HTMLElement, host: Host): (event: ViewEvent) => boolean {
  let end: Dispose = () => undefined;
  let newest = 0;
  const show = async (name: string, question: { what: string } & Record<string, unknown>): Promise<void> => {
    const mine = (newest += 1);
    const [{ draw }, payload] = await Promise.all([moduleOf(name, host), host.ask<unknown>(question)]);
    if (mine !== newest) {
      return;
    }
    end();
    const box = document.createElement("div");
    box.style.cssText = "margin-top:12px;position:relative";
    place.replaceChildren(box);
    const undo = draw(box, payload, host);
    const close = button(null, { icon: "close", label: "Close", kind: "ghost icn" });
    close.addEventListener("click", () => (end(), place.replaceChildren()));
    const bar = box.querySelector(".bar, .chead");
    (bar ?? box).append(close);
    end = undo;
    box.scrollIntoView?.({ block: "nearest" });
  };
  const failed = (name: string) => (error: unknown) => {
    modules = Object.fromEntries(Object.entries(modules).filter(([key]) => key !== name));
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    said.textContent = error instanceof Error ? error.message : String(error);
    place.replaceChildren(said);
  };
  return (event) => {
    if (event.type === "compare") {
      show("diff", { what: "diff", base: event.base, other: event.other }).catch(failed("diff"));
      return true;
    }
    if (event.type === "open") {
      show("version", { what: "version", name: event.version }).catch(failed("version"));
      return true;
    }
    return false;
  };
}
