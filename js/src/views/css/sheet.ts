import { BASE, TABLES } from "./base";
import { CARDS } from "./cards";
import { DIFF } from "./diff";
import { LOG } from "./log";
import { NARROW } from "./narrow";
import { DARK_TOKENS, TOKENS } from "./tokens";

const SHEET = [TOKENS, DARK_TOKENS, BASE, TABLES, CARDS, LOG, DIFF, NARROW].join("");
const MARK = "data-mvt-views";
// Two builds of the views may meet in one page: each brings its sheet, the same build once.
const BUILD = String(SHEET.length);

/** Puts the style sheet where `element` can see it: into its document, or its shadow root. */
export function ensureStyles(element: HTMLElement): void {
  const root = element.getRootNode();
  const place = isShadow(root) ? root : element.ownerDocument.head;
  for (const child of Array.from(place.children)) {
    if (child.getAttribute(MARK) === BUILD) {
      return;
    }
  }
  const style = element.ownerDocument.createElement("style");
  style.setAttribute(MARK, BUILD);
  style.textContent = SHEET;
  place.appendChild(style);
}

/** Whether the page is dark, for a front end that has no JupyterLab theme to inherit. */
export function isDark(element: HTMLElement): boolean {
  const { body, documentElement } = element.ownerDocument;
  const flag = body.dataset.jpThemeLight ?? documentElement.dataset.jpThemeLight;
  if (flag !== undefined) {
    return flag === "false";
  }
  const classes = [...Array.from(body.classList), ...Array.from(documentElement.classList)];
  return classes.some((name) => /^(vscode-dark|vscode-high-contrast|dark|dark-theme)$/.test(name));
}

function isShadow(root: Node): root is ShadowRoot {
  return "host" in root;
}
