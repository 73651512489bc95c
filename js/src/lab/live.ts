/** Finds the live widget of an output, without depending on what provides widgets. */

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Widget } from "@lumino/widgets";

/** What a live widget leaves in an output besides ours. */
export const WIDGET_TYPE = "application/vnd.jupyter.widget-view+json";

/** Output areas know how their notebook draws; widgets are drawn by its own manager. */
interface Drawing {
  rendermime?: { createRenderer?: (mimeType: string) => IRenderMime.IRenderer; mimeTypes?: readonly string[] };
}

/** Notebooks and consoles know their kernel. */
interface Running {
  sessionContext?: Session;
}

interface Session {
  session?: { kernel?: { hasComm?: (id: string) => boolean } | null } | null;
  kernelChanged?: Changes;
  statusChanged?: Changes;
}

interface Changes {
  connect: (slot: () => void, owner: Widget) => boolean;
}

/** The id of the live model in an output; nothing in an output that may not run code. */
export function modelIdOf({ data, trusted }: IRenderMime.IMimeModel): string | null {
  const view = trusted ? (data[WIDGET_TYPE] as { model_id?: unknown } | null | undefined) : null;
  return typeof view?.model_id === "string" && view.model_id ? view.model_id : null;
}

/** A renderer of widgets as the notebook around `inside` has it, or nothing. */
export function widgetRenderer(inside: Widget): IRenderMime.IRenderer | null {
  const { rendermime } = (around(inside, (one: Drawing) => one.rendermime?.createRenderer) ?? {}) as Drawing;
  return rendermime?.mimeTypes?.includes(WIDGET_TYPE) ? (rendermime.createRenderer?.(WIDGET_TYPE) ?? null) : null;
}

/** Whether the kernel knows the model: state that a notebook saved answers no question. */
export function isAlive(inside: Widget, id: string): boolean {
  const session = sessionOf(inside);
  const kernel = session?.session?.kernel;
  return session === null || (kernel ? (kernel.hasComm?.(id) ?? true) : false);
}

/** Tell when another kernel runs or none, and whenever it has said something. */
export function kernelChanges(inside: Widget): Changes[] {
  const session = sessionOf(inside);
  return [session?.kernelChanged, session?.statusChanged].filter((one) => one !== undefined);
}

function sessionOf(inside: Widget): Session | null {
  return (around(inside, (one: Running) => one.sessionContext) as Running | null)?.sessionContext ?? null;
}

function around<T>(inside: Widget, has: (one: T) => unknown): T | null {
  let one: Widget | null = inside.parent;
  while (one && !has(one as T)) {
    one = one.parent;
  }
  return one as T | null;
}
