/** Pieces that several cards share. */

import type { Fact, NoteRow } from "../protocol/wire";
import { icon, type IconName } from "./atoms/icons";
import { div, h, span } from "./h";

/** `Model TabularNet, 118,402 weights   Data 2 sets`. */
export function factsLine(facts: readonly Fact[]): HTMLElement | null {
  if (facts.length === 0) {
    return null;
  }
  return div("facts", ...facts.map(({ key, text }) => span("", h("b", null, key), " ", text)));
}

// Notes about what is not kept are facts, not warnings.
const QUIET_NOTES = /skip|left|large|limit|kept|info|fingerprint/i;

/** A capture note. */
export function noteRow({ kind, about, text }: NoteRow): HTMLElement {
  const quiet = QUIET_NOTES.test(kind);
  const named = about !== "" && place(text, about) < 0;
  return h(
    "div",
    { class: quiet ? "note" : "note warn" },
    icon(quiet ? "box" : "warn"),
    h("p", { class: "tx" }, named ? [h("code", null, about), " "] : null, ...withCode(text, about)),
  );
}

/** Where a text names what it is about: `net` is not named by `__main__.net`. */
function place(text: string, about: string): number {
  const word = about.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.search(new RegExp(`(?<![\\w.<])${word}(?![\\w=>])`, "u"));
}

/** Sets the name a sentence is about in code type. */
function withCode(text: string, about: string): (string | HTMLElement)[] {
  const at = about ? place(text, about) : -1;
  if (at < 0) {
    return [text];
  }
  return [text.slice(0, at), h("code", null, about), text.slice(at + about.length)];
}

/** A line of what happened, with an icon. */
export function message(
  name: IconName,
  kind: string,
  title: string | HTMLElement | null,
  text: string,
  ...actions: HTMLElement[]
): HTMLElement {
  const words = div(
    "",
    h("p", { class: "tx" }, title),
    text ? h("p", { class: "q s tx" }, text) : null,
  );
  const acts = actions.length ? div("acts", ...actions) : null;
  return h("div", { class: `note ${kind}`.trim(), role: "status" }, icon(name), words, acts);
}

/** Says that a saved output is not whole. */
export function cutNote(cut: string | undefined): HTMLElement | null {
  if (!cut) {
    return null;
  }
  return div("more", icon("clock"), span("", cut));
}

/** The head of a section: its name and what to know about it. */
export function sectionHead(title: string, about: string): HTMLElement {
  return div("sh", h("h4", null, title), about ? span("q", about) : null);
}
