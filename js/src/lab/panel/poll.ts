import type { Scope } from "../../views/scope";

/** How often it is looked whether a question is due; no question ever comes sooner. */
const BEAT = 1000;

/** Asks again and again, never more than once a second and never for a page that nobody sees. */
export function keepAsking(every: () => number, ask: () => void, beat: () => void, scope: Scope): void {
  let last = Date.now();
  const timer = window.setInterval(() => {
    if (document.hidden) {
      return;
    }
    beat();
    if (Date.now() - last >= every()) {
      last = Date.now();
      ask();
    }
  }, BEAT);
  scope.add(() => window.clearInterval(timer));
}

/** Does something once, unless the scope ends before. */
export function later(ms: number, act: () => unknown, scope: Scope): void {
  const timer = window.setTimeout(act, ms);
  scope.add(() => window.clearTimeout(timer));
}
