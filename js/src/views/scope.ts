/** What a view must undo: listeners, observers and timers end together when the view goes. */
export interface Scope {
  /** Runs `end` when the view is disposed. */
  add(end: () => void): void;
  /** Listens for as long as the view lives. */
  on<K extends keyof HTMLElementEventMap>(
    target: EventTarget,
    type: K,
    handler: (event: HTMLElementEventMap[K]) => void,
  ): void;
  /** Draws at the element's width, and again whenever that changes. */
  width(element: HTMLElement, draw: (width: number) => void): void;
  /** Runs `redraw` when the page turns dark or light (only canvas needs to know). */
  theme(redraw: () => void): void;
  /** Gives a function that draws before the next frame, once however often it is called. */
  frame(draw: () => void): () => void;
  dispose(): void;
}

/** A fresh scope. */
export function createScope(): Scope {
  const ends: (() => void)[] = [];
  const add = (end: () => void): void => void ends.push(end);
  return {
    add,
    on(target, type, handler) {
      const listener = handler as EventListener;
      target.addEventListener(type, listener);
      add(() => target.removeEventListener(type, listener));
    },
    width(element, draw) {
      let last = 0;
      const offer = (raw: number): void => {
        const width = Math.round(raw);
        if (width > 0 && width !== last) {
          last = width;
          draw(width);
        }
      };
      const observer = new ResizeObserver((entries) => {
        const entry = entries[entries.length - 1];
        offer(entry?.contentRect.width ?? 0);
      });
      observer.observe(element);
      add(() => observer.disconnect());
    },
    theme(redraw) {
      const observer = new MutationObserver(redraw);
      const options = { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] };
      observer.observe(document.documentElement, options);
      observer.observe(document.body, options);
      add(() => observer.disconnect());
    },
    frame(draw) {
      let asked = 0;
      add(() => cancelAnimationFrame(asked));
      return () => {
        asked ||= requestAnimationFrame(() => {
          asked = 0;
          draw();
        });
      };
    },
    dispose() {
      for (const end of ends.splice(0).reverse()) {
        end();
      }
    },
  };
}
