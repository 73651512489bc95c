/** Checks a payload, draws it with the views it is given, and undoes the drawing. */

import { ensureStyles, isDark } from "./css/sheet";
import { createScope, type Scope } from "./scope";
import { demand, isObject, Malformed, type Check } from "./shape";
import { drawMalformed, drawNewer } from "./states";
import type { Dispose, Draw, Emit, Host } from "./view";

/** The newest contract that is understood here. */
export const SCHEMA = 1;

/** What a payload must hold, and how it is drawn. */
export interface View {
  check: Check;
  draw: Draw<unknown>;
}

/** Pairs a check with a drawing. */
export function view<T>(check: Check, draw: Draw<T>): View {
  return { check, draw: draw as Draw<unknown> };
}

/** Views by the name that payloads give, and the sheet that they all need. */
export interface Views {
  sheet: string;
  known: Readonly<Record<string, View>>;
  /** Opens payloads that were packed to be saved; widgets never get one. */
  open?: (payload: Record<string, unknown>) => unknown;
}

/**
 * Draws a payload into `element`. Never throws: what cannot be drawn is shown as text, `plain` if
 * it is given. Events go to `emit`; where that does not answer `true`, the view offers the command
 * that does the same in a cell. A live `host` answers questions, and shares the selection.
 */
export function mount(
  element: HTMLElement,
  payload: unknown,
  emit: Emit,
  views: Views,
  plain?: string,
  host?: Host,
): Dispose {
  const scope = createScope();
  const root = document.createElement("div");
  root.className = "mvt";
  element.append(root);
  dress(root, element, views.sheet, scope);
  try {
    draw(root, payload, emit, views, scope, host);
  } catch (error) {
    scope.dispose();
    root.replaceChildren();
    dress(root, element, views.sheet, scope);
    drawMalformed(root, reasonOf(error), payload, plain);
  }
  return () => {
    scope.dispose();
    root.remove();
  };
}

function draw(
  root: HTMLElement,
  payload: unknown,
  emit: Emit,
  views: Views,
  scope: Scope,
  host: Host | undefined,
): void {
  if (!isObject(payload)) {
    throw new Malformed({ path: "", wanted: "an object" });
  }
  const { view: name, schema } = payload;
  if (typeof schema !== "number" || typeof name !== "string") {
    const path = typeof name === "string" ? "schema" : "view";
    throw new Malformed({ path, wanted: "there" });
  }
  const known = Object.hasOwn(views.known, name) ? views.known[name] : undefined;
  if (schema > SCHEMA) {
    drawNewer(root, `It follows schema ${schema}; this one reads up to schema ${SCHEMA}.`, scope);
  } else if (known === undefined) {
    drawNewer(root, `It holds a view called “${name.slice(0, 60)}”, unknown to this one.`, scope);
  } else {
    const loose = views.open?.(payload) ?? payload;
    demand(known.check, loose);
    known.draw(root, loose, emit, scope, host);
  }
}

/** Styles and theme. Asked again once it has a width: an output is drawn before it is attached. */
function dress(root: HTMLElement, element: HTMLElement, sheet: string, scope: Scope): void {
  const put = (): void => {
    ensureStyles(element, sheet);
    root.classList.toggle("mvt-dark", isDark(element));
  };
  put();
  scope.width(root, put);
  scope.theme(put);
}

function reasonOf(error: unknown): string {
  if (error instanceof Malformed) {
    return `It does not hold what its view needs: ${error.message}`;
  }
  return "Drawing it failed";
}
