import type { Metric, Verdict } from "../../protocol/wire";
import { h, hidden, span } from "../h";
import { icon, type IconName } from "./icons";

interface Look {
  shape: IconName;
  /** The class that colours it; unknown verdicts stay grey. */
  tone: string;
  word: string;
  tip?: string;
}

const ASK: Look = { shape: "ask", tone: "inconclusive", word: "inconclusive" };
const LOOKS: Readonly<Record<string, Look>> = {
  worse: { shape: "diamond", tone: "worse", word: "worse" },
  better: { shape: "check", tone: "better", word: "better" },
  inconclusive: ASK,
  incomparable: { ...ASK, word: "not comparable" },
  changed: { shape: "ring", tone: "changed", word: "changed" },
  same: { shape: "equal", tone: "same", word: "no change", tip: "no measurable change" },
};

/** In the order in which verdicts are read: what got worse comes first. */
export const VERDICT_ORDER: readonly string[] = Object.keys(LOOKS);

/** How a verdict looks; one from a newer version reads as inconclusive. */
export function look(verdict: Verdict | string): Look {
  return Object.hasOwn(LOOKS, verdict) ? (LOOKS[verdict] ?? ASK) : ASK;
}

/** Shape and word. */
export function verdict(name: Verdict | string, word?: string, tip?: string): HTMLSpanElement {
  const { shape, tone, word: own, tip: ownTip } = look(name);
  return h(
    "span",
    { class: `vd ${tone}`, title: tip || ownTip },
    icon(shape, true),
    word || own,
  );
}

/** Shape and word, tinted: only for a summary. */
export function pill(name: Verdict | string, text: string): HTMLSpanElement {
  const { shape, tone, tip } = look(name);
  return h("span", { class: `vd pill ${tone}`, title: tip }, icon(shape, true), text);
}

/** Shape and word where there is room, the shape alone where there is not. */
export function shyVerdict(metric: Metric): HTMLSpanElement {
  const { shape, tone, word, tip } = look(metric.verdict);
  const shown = metric.word || word;
  return h(
    "span",
    { class: `vd ${tone}`, title: metric.tip || tip },
    icon(shape, true),
    h("span", { class: "x4", "aria-hidden": "true" }, shown),
    hidden(shown),
  );
}

/** A change with its judgement: the number stays ink, the shape is coloured. */
export function delta(text: string, name: Verdict | string, tip?: string): HTMLSpanElement {
  const { shape, tone, word } = look(name);
  return h("span", { class: `dl ${tone}`, title: tip }, text, icon(shape, true), hidden(word));
}

/** `Recall −2.8 pp` in a headline. */
export function headlineItem(metric: Metric): HTMLSpanElement {
  const { shape, tone, word } = look(metric.verdict);
  return h("span", { class: `hi ${tone}`, title: metric.tip || null }, icon(shape), span("", h("bdi", null, metricTitle(metric)), ` ${changeText(metric)}`.trimEnd()), hidden(word));
}

/** The title with its slice and split, as one line of text. */
export function metricTitle(metric: Metric): string {
  return [metric.title || metric.name, metric.slice, metric.split].filter(Boolean).join(", ");
}

/** The change with its unit; a number never parts from its unit. */
export function changeText(metric: Metric): string {
  return metric.change && metric.unit ? `${metric.change}\u00a0${metric.unit}` : metric.change;
}

/** Metrics with what got worse first; order within a verdict is kept. */
export function byVerdict(metrics: readonly Metric[]): Metric[] {
  const rank = (metric: Metric): number => {
    const place = VERDICT_ORDER.indexOf(metric.verdict);
    return place < 0 ? VERDICT_ORDER.length : place;
  };
  return [...metrics].sort((a, b) => rank(a) - rank(b));
}

/** How many there are of each verdict, in reading order. */
export function tally(metrics: readonly Metric[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { verdict: name } of metrics) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const known = VERDICT_ORDER.filter((name) => counts.has(name));
  const others = [...counts.keys()].filter((name) => !VERDICT_ORDER.includes(name));
  return [...known, ...others].map((name) => [name, counts.get(name) ?? 0]);
}
