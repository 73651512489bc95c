import type { Version } from "../../protocol/wire";
import { h, span } from "../h";
import { icon } from "./icons";
import { when } from "./times";

/** How many lane colours there are; later lanes repeat them with a dash. */
export const LANES = 6;

/** The colour of a lane, as CSS. */
export function laneColor(lane: number): string {
  return `var(--lane${(lane % LANES) + 1})`;
}

const KNOWN_LABELS = new Set(["production", "staging", "canary", "shadow"]);

/** A label: filled is live, outlined waits, dashed takes part of the traffic. */
export function labelChip(name: string): HTMLSpanElement {
  return chip(name, name);
}

/** A label where there is room for a letter only. */
export function letterChip(name: string): HTMLSpanElement {
  return chip(name, name.charAt(0).toUpperCase());
}

function chip(name: string, text: string): HTMLSpanElement {
  return h("span", { class: KNOWN_LABELS.has(name) ? `lb ${name}` : "lb", title: name }, span("el", text));
}

/** A tag: icon and text, no box. */
export function tagChip(name: string): HTMLSpanElement {
  return h("span", { class: "tg", title: `tag ${name}` }, icon("tag", true), span("el", name));
}

/** A branch with the colour of its lane. Where only its name is known, main has the first, the others none. */
export function branchChip(name: string, lane = name === "main" ? 0 : -1): HTMLSpanElement {
  return h("span", { class: "br", title: name, style: `--lane:${lane < 0 ? "var(--ctl)" : laneColor(lane)}` }, span("el", name));
}

/** Id, branch, author, time and what else is known, separated by dots. */
export function versionMeta(version: Version, ...more: (Node | null)[]): HTMLElement {
  const items: (Node | null)[] = [
    span("mono", version.id),
    version.branch ? branchChip(version.branch) : null,
    version.author ? span("", version.author) : null,
    when(version.time_ms),
    ...more,
    ...version.tags.map(tagChip),
    ...version.labels.map(labelChip),
  ];
  return h("div", { class: "meta" }, ...items.filter(Boolean).map((item) => span("", item)));
}

/** `parent v7`, `parents v5 and v4`. */
export function parentsText(names: readonly string[]): HTMLElement | null {
  if (names.length === 0) {
    return null;
  }
  const word = names.length === 1 ? "parent " : "parents ";
  return h("span", null, word, h("b", null, names.join(" and ")));
}
