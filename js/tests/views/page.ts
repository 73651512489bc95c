/** What happy-dom lacks: it lays nothing out, so everything observed is `WIDTH` wide. */
export const page = { width: 800, observed: 0 };

class Observer {
  constructor(private readonly report: ResizeObserverCallback) {}
  observe(): void {
    page.observed += 1;
    const entry = { contentRect: { width: page.width } } as ResizeObserverEntry;
    this.report([entry], this as unknown as ResizeObserver);
  }
  unobserve(): void {
    page.observed -= 1;
  }
  disconnect(): void {
    page.observed -= 1;
  }
}

Object.defineProperty(globalThis, "ResizeObserver", { value: Observer, configurable: true });

/** An element in the page. */
export function place(): HTMLElement {
  const element = document.createElement("div");
  document.body.append(element);
  return element;
}

/** The text of all elements that match, trimmed. */
export function texts(root: ParentNode, selector: string): string[] {
  return Array.from(root.querySelectorAll(selector)).map((node) => (node.textContent ?? "").trim());
}

/** The element that matches, which there must be. */
export function one<E extends HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing matches ${selector}`);
  }
  return found;
}

/** A key pressed on an element. */
export function press(target: Element, key: string): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}
