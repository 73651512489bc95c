/** A canvas that is made once, and the colours of its theme, read once a theme. */
export interface Pen {
  context: CanvasRenderingContext2D;
  color: (name: string) => string;
  ink: string;
  font: string;
}

/** Gives a cleared canvas of this size, in CSS pixels; `null` where there is no canvas. */
export type Stage = (width: number, height: number) => Pen | null;

/** Draws on `canvas`; `forget` is called when the theme changes. */
export function stageOf(canvas: HTMLCanvasElement): { stage: Stage; forget: () => void } {
  let colors = new Map<string, string>();
  let style: CSSStyleDeclaration | null = null;
  let size = "";
  const color = (name: string): string => {
    let found = colors.get(name);
    if (found === undefined) {
      style ??= getComputedStyle(canvas);
      found = (name ? style.getPropertyValue(name).trim() : "") || style.color;
      colors.set(name, found);
    }
    return found;
  };
  return {
    stage(width, height) {
      const context = canvas.getContext("2d");
      if (!context) {
        return null;
      }
      const ratio = devicePixelRatio || 1;
      const now = `${width} ${height} ${ratio}`;
      if (now === size) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.globalAlpha = 1;
        context.clearRect(0, 0, canvas.width, canvas.height);
      } else {
        size = now;
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.height = `${height}px`;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return { context, color, ink: color(""), font: (style ?? getComputedStyle(canvas)).fontFamily };
    },
    forget() {
      colors = new Map();
      style = null;
    },
  };
}
