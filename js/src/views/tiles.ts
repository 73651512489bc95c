import type { Metric } from "../protocol/wire";
import { fold } from "./atoms/controls";
import { byVerdict, changeText, delta, look, metricTitle, tally, verdict } from "./atoms/verdicts";
import { div, h, span } from "./h";
import type { Scope } from "./scope";

const SHOWN = 4;

/** What one metric did: its change large, both sides and the verdict below it. */
function changeTile(metric: Metric): HTMLElement {
  const sides = `${metric.base.text} → ${metric.other.text}`;
  const figure = metric.change || metric.other.text;
  const missing = !metric.change && metric.other.value === null;
  return h(
    "div",
    { class: "tile", title: metric.tip || null },
    div("k el", metricTitle(metric)),
    div(missing ? "d miss" : "d", figure, metric.change && metric.unit ? span("u", metric.unit) : null),
    div("ft", metric.change || metric.base.text !== metric.other.text ? sides : "\u00a0"),
    verdict(metric.verdict, metric.word || metric.why, metric.why || metric.tip),
  );
}

/** What one metric is, where there is nothing to compare with. */
function valueTile(metric: Metric): HTMLElement {
  return h(
    "div",
    { class: "tile", title: metric.tip || null },
    div("k el", metric.title || metric.name),
    div("d", metric.other.text),
    div("ft", [metric.slice, metric.split].filter(Boolean).join(", ")),
  );
}

function grid(tiles: HTMLElement[], folded: boolean): HTMLElement {
  const name = tiles.length === 3 ? "tiles of3" : "tiles";
  return h("div", { class: name, "data-fold": folded }, ...tiles);
}

/** At most four tiles, worst first; the rest is folded away, its verdicts said. */
export function changeTiles(metrics: readonly Metric[], scope: Scope): HTMLElement[] {
  const tiles = byVerdict(metrics);
  const rest = tiles.slice(SHOWN);
  const words = tally(rest).map(([name, count]) => `${count} ${look(name).word}`);
  return withRest(tiles.map(changeTile), `${rest.length} more metrics: ${words.join(", ")}`, scope);
}

/** At most four values, the rest folded away. */
export function valueTiles(metrics: readonly Metric[], scope: Scope): HTMLElement[] {
  const more = metrics.length - SHOWN;
  return withRest(metrics.map(valueTile), `${more} more ${more === 1 ? "metric" : "metrics"}`, scope);
}

function withRest(tiles: HTMLElement[], said: string, scope: Scope): HTMLElement[] {
  if (tiles.length === 0) {
    return [];
  }
  const shown = grid(tiles.slice(0, SHOWN), false);
  if (tiles.length <= SHOWN) {
    return [shown];
  }
  const rest = grid(tiles.slice(SHOWN), true);
  return [shown, fold(said.replace(/^1 more metrics/, "1 more metric"), rest, scope), rest];
}

/** A second comparison on one line: names, changes and shapes. */
export function changeLine(metrics: readonly Metric[], scope: Scope): HTMLElement[] {
  const items = byVerdict(metrics).map((metric) =>
    span("nw", span("k", metricTitle(metric)), delta(changeText(metric) || metric.word, metric.verdict, metric.tip)),
  );
  const line = div("also", ...items.slice(0, SHOWN + 2));
  if (items.length <= SHOWN + 2) {
    return items.length ? [line] : [];
  }
  const rest = div("also", ...items.slice(SHOWN + 2));
  return [line, fold(`${items.length - SHOWN - 2} more`, rest, scope), rest];
}
