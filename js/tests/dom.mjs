// Loaded before every test file: gives node the globals of a browser page.
import { Window } from "happy-dom";

const page = new Window({ url: "http://127.0.0.1/" });
const names = [
  "document", "window", "navigator", "Element", "HTMLElement", "HTMLTableElement", "SVGElement",
  "DocumentFragment", "Node", "Text", "Event", "CustomEvent", "KeyboardEvent", "MouseEvent",
  "PointerEvent", "DragEvent", "MutationObserver", "ResizeObserver", "getComputedStyle",
  "requestAnimationFrame", "cancelAnimationFrame",
];
for (const name of names) {
  Object.defineProperty(globalThis, name, { value: page[name], configurable: true, writable: true });
}
