import { BASE } from "./base";
import { NARROW } from "./narrow";
import SHORT from "./short.json";
import { DARK_TOKENS, FORCED_TOKENS, TOKENS } from "./tokens";

const MARK = "data-mvt-views";

/** A whole sheet: what all views are made of, with what some of them need besides. */
export function sheetOf(...parts: readonly string[]): string {
  const sheet = [TOKENS, DARK_TOKENS, FORCED_TOKENS, BASE, ...parts, NARROW].join("");
  // Bundles carry marks for what is said often; the last one may stand within an earlier one.
  return Object.entries(SHORT).reduceRight((text, [mark, words]) => text.replaceAll(mark, words), sheet);
}

/** Puts a style sheet where `element` can see it: into its document, or its shadow root. */
export function ensureStyles(element: HTMLElement, sheet: string): void {
  const root = element.getRootNode();
  const place = isShadow(root) ? root : element.ownerDocument.head;
  // Several builds of the views may meet in one page: each brings its sheet, the same one once.
  const build = String(sheet.length);
  for (const child of Array.from(place.children)) {
    if (child.getAttribute(MARK) === build) {
      return;
    }
  }
  const style = element.ownerDocument.createElement("style");
  style.setAttribute(MARK, build);
  style.textContent = sheet;
  place.appendChild(style);
}

/** Whether the page is dark, for a front end that has no JupyterLab theme to inherit. */
export function isDark(element: HTMLElement): boolean {
  const { body, documentElement } = element.ownerDocument;
  const flag = body.dataset.jpThemeLight ?? documentElement.dataset.jpThemeLight;
  if (flag !== undefined) {
    return flag === "false";
  }
  if (documentElement.getAttribute("theme") === "dark") {
    return true;
  }
  const classes = [...Array.from(body.classList), ...Array.from(documentElement.classList)];
  return classes.some((name) => /^(vscode-dark|vscode-high-contrast|dark|dark-theme)$/.test(name));
}

function isShadow(root: Node): root is ShadowRoot {
  return "host" in root;
}
