import { s } from "../h";

const PATHS = {
  commit: "M8 1v4M8 11v4M8 5a3 3 0 100 6 3 3 0 000-6z",
  branch:
    "M5 4.5v7M5 4.5a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM5 14.5a1.5 1.5 0 100-3 1.5 1.5 0 000 3z" +
    "M11.5 6a1.5 1.5 0 100-3 1.5 1.5 0 000 3zM11.5 6c0 3-6.5 2-6.5 5",
  tag: "M2 2h5.5l6.5 6.5-5.5 5.5L2 7.5zM5 5h.01",
  swap: "M3 5.5h10M10.5 3L13 5.5 10.5 8M13 10.5H3M5.5 8L3 10.5 5.5 13",
  check: "M3 8.5l3.2 3.2L13 4.8",
  diamond: "M8 1.8L14.2 8 8 14.2 1.8 8z",
  equal: "M3 6h10M3 10h10",
  ask: "M5.5 6a2.5 2.5 0 113.6 2.2c-.8.4-1.1.8-1.1 1.6M8 12.5h.01",
  ring: "M8 4a4 4 0 100 8 4 4 0 000-8z",
  warn: "M8 2L1.5 13.500h13zM8 6.500v3M8 11.600h.01",
  err: "M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM8 4.8v4M8 11h.01",
  info: "M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM8 7.400v3.800M8 4.900h.01",
  clock: "M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM8 4.5V8l2.5 1.5",
  box: "M2 5l6-3 6 3v6l-6 3-6-3zM2 5l6 3 6-3M8 8v6",
  copy: "M6 6h8v8H6zM10 6V2H2v8h4",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5L14 14",
  pin: "M6 2h4M7 2v5l-3 3h8l-3-3V2M8 10v4",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4 6.500L8 10.500l4-4",
  right: "M6.500 4l4 4-4 4",
  arrow: "M2.500 8h11M9.500 4l4 4-4 4",
  up: "M8 13V3M4 7l4-4 4 4",
  note: "M3 2.500h10v8l-3.500 3.500H3zM13 10.500H9.500V14M5.500 5.500h5M5.500 8h3",
  dots: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  refresh: "M13.500 8a5.500 5.500 0 11-1.600-3.900M13.500 2.500v3.200h-3.200",
  curve: "M2.500 2.500v11h11M5 6c1.500 6 4 1.500 8-2",
  fall: "M8 3v10M4 9l4 4 4-4",
} as const;

export type IconName = keyof typeof PATHS;

/** A 16 px icon, or 12 px when `small`. Always decoration: words stand beside it. */
export function icon(name: IconName, small = false): SVGSVGElement {
  const solid = name === "diamond" ? { fill: "currentColor", stroke: "none" } : {};
  return s(
    "svg",
    { class: small ? "ic sm" : "ic", viewBox: "0 0 16 16", "aria-hidden": "true" },
    s("path", { d: PATHS[name], ...solid }),
  );
}

/** The glyph of a version at the head of its card. */
export function versionGlyph(): SVGSVGElement {
  return s(
    "svg",
    { class: "cdot", viewBox: "0 0 20 20", "aria-hidden": "true" },
    s("circle", { cx: 10, cy: 10, r: 5, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    s("path", { d: "M10 0v5M10 15v5", stroke: "currentColor", "stroke-width": 2 }),
  );
}
