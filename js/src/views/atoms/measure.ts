let context: CanvasRenderingContext2D | null | undefined;
let family = "";
let used = "";

/** The width of a text in the interface's font; an estimate where there is no canvas. */
export function textWidth(text: string, size: number, weight = 400): number {
  if (context === undefined) {
    context = document.createElement("canvas").getContext?.("2d") ?? null;
  }
  if (context === null) {
    return text.length * size * 0.6;
  }
  // Asking for a style makes the browser lay out what was just drawn: once is enough.
  family ||= getComputedStyle(document.body).getPropertyValue("--jp-ui-font-family").trim() || "system-ui, sans-serif";
  const font = `${weight} ${size}px ${family}`;
  if (font !== used) {
    context.font = used = font;
  }
  return context.measureText(text).width;
}
