import type { DiffView, Metric, MetricsSection } from "../../protocol/wire";
import { changeText, look, shyVerdict } from "../atoms/verdicts";
import { div, h, s, span } from "../h";

const WIDTH = 150;
const ROW = 30;

/** Both sides of each metric, the change, how large it is, and what it means. */
export function metricsTable(section: MetricsSection, { base, other }: DiffView): HTMLElement {
  const scaled = section.rows.some(({ effect }) => effect !== 0);
  return div(
    "tw",
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "Metric"),
          h("th", { scope: "col", class: "n y" }, base.name),
          h("th", { scope: "col", class: "n y" }, other.name),
          h("th", { scope: "col", class: "n" }, "Change"),
          scaled ? h("th", { scope: "col", class: "eff w" }, div("effh", span("", "worse"), span("", "better"))) : null,
          h("th", { scope: "col" }, span("x4", "Verdict")),
        ),
      ),
      h("tbody", null, ...section.rows.map((metric) => metricRow(metric, scaled))),
    ),
  );
}

function metricRow(metric: Metric, scaled: boolean): HTMLElement {
  const { base, other, slice, split, why, interval } = metric;
  const about = [slice, split].filter(Boolean).join(", ");
  return h(
    "tr",
    { title: metric.tip || null },
    h(
      "th",
      { scope: "row" },
      metric.title || metric.name,
      about ? span("q s", ` ${about}`) : null,
      div("nx q s nw", `${base.text} → ${other.text}`),
    ),
    h("td", { class: "n q y" }, base.text),
    h("td", { class: "n y" }, other.text),
    h("td", { class: "n b" }, changeText(metric) || span("q s", why ? "" : "not scored"), interval ? div("q s", interval) : null),
    scaled ? h("td", { class: "eff w" }, effectBar(metric)) : null,
    h("td", null, shyVerdict(metric)),
  );
}

/** Right is better. The zero line runs through all rows. */
function effectBar({ effect, verdict }: Metric): SVGElement {
  const middle = WIDTH / 2;
  const length = Math.min(1, Math.abs(effect)) * (middle - 4);
  const { tone } = look(verdict);
  const fill = tone === "better" || tone === "worse" ? `var(--${tone})` : "var(--ctl)";
  return s(
    "svg",
    { width: WIDTH, height: ROW, "aria-hidden": "true" },
    s("line", { x1: middle, x2: middle, y1: 0, y2: ROW, style: "stroke:var(--ctl)" }),
    effect === 0
      ? null
      : s("rect", {
          x: effect < 0 ? middle - Math.max(2, length) : middle,
          y: 10,
          width: Math.max(2, length),
          height: 10,
          rx: 1,
          style: `fill:${fill}`,
        }),
  );
}
