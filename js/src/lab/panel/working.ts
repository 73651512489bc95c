import type { Progress } from "../../protocol/wire";
import { button } from "../../views/atoms/controls";
import { div, h, span } from "../../views/h";
import type { Scope } from "../../views/scope";

/** Work that takes its time, as it is shown. */
export interface Working {
  root: HTMLElement;
  /** Shows how far it is. */
  show: (progress: Progress) => void;
}

/** A bar that says how far work is, or that it goes on; how long it has run; and a way to stop it. */
export function working(said: string, stop: (() => void) | null, scope: Scope): Working {
  const title = h("p", { class: "b" }, said);
  const time = span("q s", "");
  const fill = h("i", null);
  const bar = h("div", { class: "prog", role: "progressbar", "aria-label": said }, fill);
  const started = Date.now();
  let known = "";
  const tick = window.setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    time.textContent = known || (seconds >= 10 ? `Still working, ${seconds}\u00a0s` : `${seconds}\u00a0s`);
  }, 1000);
  scope.add(() => window.clearInterval(tick));
  const end = stop ? button("Stop", {}) : null;
  if (end && stop) {
    scope.on(end, "click", () => {
      end.disabled = true;
      end.textContent = "Stopping";
      stop();
    });
  }
  return {
    // A figure that changes every second is not for reading aloud: the bar has it for who asks.
    root: h("div", { class: "work" }, h("div", { role: "status" }, title), bar, div("row", time, span("sp"), end)),
    show({ what, share, text }) {
      if (!text) {
        return;
      }
      known = text;
      title.textContent = what;
      time.textContent = text;
      bar.classList.add("known");
      bar.setAttribute("aria-valuenow", String(Math.floor(share * 100)));
      bar.setAttribute("aria-valuetext", text);
      fill.style.width = `${(share * 100).toFixed(1)}%`;
    },
  };
}
