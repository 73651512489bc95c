let context: CanvasRenderingContext2D | null | undefined;

/** The width of a text in the interface's font; an estimate where there is no canvas. */
export function textWidth(text: string, size: number, weight = 400): number {
  if (context === undefined) {
    context = document.createElement("canvas").getContext?.("2d") ?? null;
  }
  if (context === null) {
    return text.length * size * 0.6;
  }
  const family = getComputedStyle(document.body).getPropertyValue("--jp-ui-font-family").trim();
  context.font = `${weight} ${size}px ${family || "system-ui, sans-serif"}`;
  return context.measureText(text).width;
}
