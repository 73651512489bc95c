import { h, span } from "../h";
import type { Scope } from "../scope";

export interface Tab {
  key: string;
  title: string;
  count: number;
  section: HTMLElement;
}

let made = 0;

/** A tab list over sections: All shows them one below the other. */
export function tabs(items: readonly Tab[], scope: Scope): { list: HTMLElement; panel: HTMLElement; step: (by: number) => void } {
  const id = `mvt-tabs-${(made += 1)}`;
  const names = [{ key: "all", title: "All", count: 0 }, ...items];
  const buttons = names.map(({ title, count }, i) =>
    h(
      "button",
      { type: "button", class: "tab", role: "tab", id: `${id}-${i}`, "aria-controls": `${id}-panel` },
      title,
      count > 0 ? span("ct", count.toLocaleString("en")) : null,
    ),
  );
  const panel = h("div", { role: "tabpanel", id: `${id}-panel` }, ...items.map(({ section }) => section));
  let chosen = 0;
  const choose = (index: number, focus: boolean): void => {
    chosen = (index + buttons.length) % buttons.length;
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `${id}-${chosen}`);
    items.forEach(({ section }, i) => {
      section.hidden = chosen !== 0 && chosen !== i + 1;
    });
    if (focus) {
      buttons[chosen]?.focus();
    }
  };
  choose(0, false);
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Aspects that differ" }, ...buttons);
  buttons.forEach((button, i) => scope.on(button, "click", () => choose(i, false)));
  scope.on(list, "keydown", (event) => {
    const to = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      choose(to, true);
    }
  });
  return { list, panel, step: (by) => choose(chosen + by, list.contains(document.activeElement)) };
}
