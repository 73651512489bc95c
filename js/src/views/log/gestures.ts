import type { Scope } from "../scope";

/** What hands do with a chart. Shares count from the left edge of what is drawn, 0 … 1. */
export interface Gestures {
  /** Shows the window [from, to], in shares of all versions. */
  window: (from: number, to: number) => void;
  /** The window shown now. */
  shown: () => { from: number; to: number };
  /** Where the plot lies, in pixels. */
  plot: () => { left: number; width: number };
  /** A drag has ended. */
  settled: () => void;
}

const EDGE = 6;
const MOVED = 4;
const WHEEL = 0.0022;

function clamped(from: number, to: number): [number, number] {
  const wide = Math.min(1, to - from);
  const start = Math.max(0, Math.min(1 - wide, from));
  return [start, start + wide];
}

/** Drags over the strip: a new window, or the old one moved or taken by an edge. */
export function brush(canvas: HTMLElement, { window, shown, plot, settled }: Gestures, scope: Scope): void {
  let drag: { start: number; mode: "new" | "move" | "from" | "to"; from: number; to: number } | null = null;
  const share = (event: PointerEvent): number => {
    const { left, width } = plot();
    return Math.max(0, Math.min(1, (event.clientX - canvas.getBoundingClientRect().left - left) / width));
  };
  const modeAt = (at: number): "new" | "move" | "from" | "to" => {
    const { from, to } = shown();
    const edge = EDGE / plot().width;
    if (to - from > 0.999) {
      return "new";
    }
    if (Math.abs(at - from) < edge) {
      return "from";
    }
    return Math.abs(at - to) < edge ? "to" : at > from && at < to ? "move" : "new";
  };
  scope.on(canvas, "pointerdown", (event) => {
    const start = share(event);
    drag = { start, mode: modeAt(start), ...shown() };
    canvas.setPointerCapture?.(event.pointerId);
  });
  scope.on(canvas, "pointermove", (event) => {
    const at = share(event);
    if (!drag) {
      canvas.style.cursor = { new: "crosshair", move: "grab", from: "ew-resize", to: "ew-resize" }[modeAt(at)];
      return;
    }
    const { start, mode, from, to } = drag;
    if (mode === "move") {
      window(...clamped(from + at - start, to + at - start));
    } else if (mode === "new") {
      window(Math.min(start, at), Math.max(start, at));
    } else {
      const fixed = mode === "from" ? to : from;
      window(Math.min(fixed, at), Math.max(fixed, at));
    }
  });
  const end = (event: PointerEvent): void => {
    if (drag && drag.mode === "new" && Math.abs(share(event) - drag.start) * plot().width < MOVED) {
      window(0, 1);
    }
    if (drag) {
      drag = null;
      settled();
    }
  };
  scope.on(canvas, "pointerup", end);
  scope.on(canvas, "pointercancel", end);
}

/** Drags and wheels over the plot itself: left and right, nearer and farther. */
export function panning(area: HTMLElement, { window, shown, plot, settled }: Gestures, scope: Scope): { dragged: () => boolean } {
  let drag: { x: number; from: number; to: number; moved: boolean } | null = null;
  let dragged = false;
  let resting = 0;
  scope.add(() => clearTimeout(resting));
  scope.on(area, "pointerdown", (event) => {
    dragged = false;
    if (event.button === 0) {
      drag = { x: event.clientX, ...shown(), moved: false };
    }
  });
  scope.on(area, "pointermove", (event) => {
    if (!drag) {
      return;
    }
    const gone = event.clientX - drag.x;
    const wide = drag.to - drag.from;
    if (!drag.moved && (Math.abs(gone) < MOVED || wide > 0.999)) {
      return;
    }
    if (!drag.moved) {
      drag.moved = dragged = true;
      area.setPointerCapture?.(event.pointerId);
    }
    const by = (gone / plot().width) * wide;
    window(...clamped(drag.from - by, drag.to - by));
  });
  const end = (): void => {
    if (drag?.moved) {
      settled();
    }
    drag = null;
  };
  scope.on(area, "pointerup", end);
  scope.on(area, "pointercancel", end);
  const wheel = (event: WheelEvent): void => {
    const { from, to } = shown();
    const { left, width } = plot();
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      const at = Math.max(0, Math.min(1, (event.clientX - area.getBoundingClientRect().left - left) / width));
      const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * WHEEL * 3);
      const middle = from + at * (to - from);
      window(Math.max(0, middle - (middle - from) * factor), Math.min(1, middle + (to - middle) * factor));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY) && to - from < 0.999) {
      const by = sideways * WHEEL * (to - from) * 0.4;
      window(...clamped(from + by, to + by));
    } else {
      return;
    }
    event.preventDefault();
    clearTimeout(resting);
    resting = Number(setTimeout(settled, 150));
  };
  // Not passive: a pinch over the chart must not zoom the page.
  area.addEventListener("wheel", wheel, { passive: false });
  scope.add(() => area.removeEventListener("wheel", wheel));
  return { dragged: () => dragged };
}
