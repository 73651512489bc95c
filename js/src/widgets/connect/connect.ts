/** Ties a view to its widget: the payload, the selection, and questions to Python. */

import type { AnyModel } from "@anywidget/types";
import { mount, type Views } from "../../views/mount";
import type { Dispose, Emit, Host } from "../../views/view";

interface Reply {
  answer?: number;
  data?: unknown;
  error?: string;
  hint?: string;
}

/** After so long without an answer the person learns why: kernels answer between cells. */
const PATIENCE = 60_000;

/** A host that asks over the widget's own channel. */
export function hostOf(model: AnyModel): { host: Host; end: Dispose } {
  const waiting = new Map<number, { done: (data: unknown) => void; failed: (error: Error) => void; timer: number }>();
  const listeners: (() => void)[] = [];
  let asked = 0;
  const replied = (reply: Reply): void => {
    const one = waiting.get(reply?.answer ?? -1);
    if (!one) {
      return;
    }
    waiting.delete(reply.answer ?? -1);
    clearTimeout(one.timer);
    if (typeof reply.error === "string") {
      one.failed(new Error([reply.error, reply.hint].filter(Boolean).join(" ")));
    } else {
      one.done(reply.data);
    }
  };
  model.on("msg:custom", replied);
  const selected = (): readonly string[] => {
    const ids: unknown = model.get("selected");
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  };
  const host: Host = {
    ask: <T>(question: { what: string }) =>
      new Promise<T>((done, failed) => {
        const ask = (asked += 1);
        const timer = Number(setTimeout(() => replied({ answer: ask, error: "The kernel does not answer. It is busy, or gone." }), PATIENCE));
        waiting.set(ask, { done: done as (data: unknown) => void, failed, timer });
        model.send({ ...question, ask });
      }),
    selected,
    onSelect(then) {
      const listener = (): void => then(selected());
      listeners.push(listener);
      model.on("change:selected", listener);
    },
  };
  return {
    host,
    end() {
      model.off("msg:custom", replied);
      listeners.forEach((listener) => model.off("change:selected", listener));
      waiting.forEach(({ timer }) => clearTimeout(timer));
    },
  };
}

/** Draws the model's payload into `element` with the views given, and again when it changes. */
export function connect(model: AnyModel, element: HTMLElement, views: Views, act: (host: Host) => Emit): Dispose {
  let end: Dispose = () => undefined;
  const draw = (): void => {
    end();
    const { host, end: hangUp } = hostOf(model);
    const raw: unknown = model.get("payload");
    let payload: unknown = null;
    try {
      payload = typeof raw === "string" ? JSON.parse(raw) : null;
    } catch {
      // What cannot be read is shown as text by `mount`.
    }
    const undo = mount(element, payload, act(host), views, undefined, host);
    end = () => (undo(), hangUp());
  };
  model.on("change:payload", draw);
  draw();
  return () => {
    model.off("change:payload", draw);
    end();
  };
}

/** Passes a selection on to Python. */
export function select(model: AnyModel, ids: readonly string[]): true {
  model.set("selected", [...ids]);
  model.save_changes();
  return true;
}
