import { when } from "../atoms/times";
import { div, h } from "../h";
import type { Course } from "./course";
import type { Node } from "./model";
import type { Scale } from "./scale";

/** What is said about the version under the cursor. */
export function tipLines({ row, point }: Node, title: string): HTMLElement[] {
  const { version, regressed } = row;
  const value = point ? `${title} ${point.text}${point.change ? `, ${point.change}` : ""}` : `${title}: not scored`;
  return [
    div("b", `${version.name}\u2002${version.message.slice(0, 120)}`),
    div("q", value),
    regressed.length ? div("wc", regressed.join(", ")) : div(""),
    div("q", [version.branch, version.author].filter(Boolean).join(" · "), " · ", when(version.time_ms)),
  ];
}

/** What is known of a place whose version is not here yet. */
export function columnLines(course: Course, at: number, scale: Scale): HTMLElement[] {
  const per = (course.to - course.from + 1) / course.columns.length;
  const column = course.columns[Math.min(course.columns.length - 1, Math.floor((at - course.from) / per))];
  const range = column
    ? `${scale.label(column.low)} … ${scale.label(column.middle)} … ${scale.label(column.high)}`
    : "not scored";
  return [h("div", { class: "b" }, `Version ${(at + 1).toLocaleString("en")} in order`), div("q", range)];
}
