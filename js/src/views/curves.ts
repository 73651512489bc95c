import type { CurveChart, CurveLine, CurvesView } from "../protocol/wire";
import { laneColor } from "./atoms/chips";
import { fold } from "./atoms/controls";
import { textWidth } from "./atoms/measure";
import { div, h, s, span } from "./h";
import { laneStroke } from "./log/marks";
import { scaleOf, type Scale } from "./log/scale";
import { cutNote } from "./parts";
import type { Scope } from "./scope";
import { emptyState, listTable } from "./table";
import type { Emit } from "./view";

const HEIGHT = 148;
const TOP = 6;
const FLOOR = HEIGHT - 20;
const RIGHT = 8;

type Place = (value: number) => number;

/** What was logged while a version was trained: a chart a quantity, and the same as a table. */
export function drawCurves(root: HTMLElement, data: CurvesView, _emit: Emit, scope: Scope): void {
  const { items, rows, total } = data;
  const drawn = items.reduce((sum, { lines }) => sum + lines.length, 0);
  const left = total - drawn;
  const table = rows.length ? div("", listTable(data, scope)) : null;
  root.append(
    h(
      "section",
      { class: "card", "aria-label": data.title },
      div("bar", div("row bl", h("b", null, data.title), rows.length ? span("q s", data.counted) : null)),
      ...(table
        ? [
            div("grid3 crv", ...items.map((item) => chart(item, scope))),
            left > 0 ? div("more", `${left.toLocaleString("en")} more ${left === 1 ? "curve is" : "curves are"} in the table only.`) : "",
            fold(`${total.toLocaleString("en")} ${total === 1 ? "curve" : "curves"} as a table`, table, scope),
            table,
          ]
        : [emptyState(data, scope)]),
      cutNote(data.cut) ?? "",
    ),
  );
}

/** One quantity. The pointer or the arrow keys read the curves at a step. */
function chart({ title, lines }: CurveChart, scope: Scope): HTMLElement {
  const legend = div("lgd");
  const box = h("div", { class: "plot", tabindex: 0, role: "group", "aria-label": `${title}. Left and right read the curves step by step.` });
  const said = h("span", { class: "sr", "aria-live": "polite" });
  const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
  const scale = scaleOf(lines.flatMap(({ low, middle, high }) => [...low, ...middle, ...high].filter((value): value is number => value !== null)));
  let width = 0;
  let cursor = -1;

  const draw = (): void => {
    const x = across(steps, scale, width);
    const y: Place = (value) => FLOOR - ((value - scale.low) / (scale.high - scale.low)) * (FLOOR - TOP);
    const at = steps[cursor];
    legend.replaceChildren(...reading(lines, at, scale));
    box.replaceChildren(
      s(
        "svg",
        { width, height: HEIGHT, role: "img", "aria-label": sentence(title, lines) },
        ...axes(steps, scale, width, x, y),
        ...lines.flatMap((line, i) => curve(line, i, x, y)),
        at === undefined ? null : s("line", { x1: x(at), x2: x(at), y1: TOP, y2: FLOOR, style: "stroke:var(--ctl)" }),
      ),
    );
  };
  const point = (next: number, aloud: boolean): void => {
    cursor = next;
    draw();
    said.textContent = aloud && next >= 0 ? legend.textContent : "";
  };
  scope.width(box, (now) => {
    width = now;
    draw();
  });
  scope.on(box, "pointermove", (event) => {
    const x = across(steps, scale, width);
    const from = event.clientX - box.getBoundingClientRect().left;
    const near = steps.reduce((best, step, i) => (Math.abs(x(step) - from) < Math.abs(x(steps[best] as number) - from) ? i : best), 0);
    if (near !== cursor) {
      point(near, false);
    }
  });
  scope.on(box, "pointerleave", () => point(-1, false));
  scope.on(box, "blur", () => point(-1, false));
  scope.on(box, "keydown", (event) => {
    const last = steps.length - 1;
    const next = { ArrowRight: Math.min(last, cursor + 1), ArrowLeft: cursor < 0 ? last : Math.max(0, cursor - 1), Home: 0, End: last, Escape: -1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      point(next, true);
    }
  });
  return h("figure", null, h("figcaption", { class: "b el", title }, title), legend, box, said);
}

/** Names and values: the last ones, or those at the step that is pointed at. */
function reading(lines: readonly CurveLine[], at: number | undefined, scale: Scale): HTMLElement[] {
  const items = lines.map((line, i) => {
    const value = at === undefined ? line.last.text : valueAt(line, at, scale);
    return h(
      "span",
      { class: "row", title: `${line.name}: ${line.text}` },
      h("i", { class: "key", style: `background:${laneColor(i)}`, "aria-hidden": "true" }),
      h("code", { class: "q el" }, line.name),
      span("nw", value),
    );
  });
  return at === undefined ? items : [...items, span("q nw", `step ${at.toLocaleString("en")}`)];
}

function valueAt({ steps, middle }: CurveLine, at: number, scale: Scale): string {
  let found = -1;
  steps.forEach((step, i) => {
    if (step <= at) {
      found = i;
    }
  });
  const value = middle[found];
  return value === null ? "not finite" : value === undefined ? "not yet" : scale.read(value);
}

function across(steps: readonly number[], scale: Scale, width: number): Place {
  const left = Math.ceil(Math.max(20, ...scale.ticks.map((tick) => textWidth(scale.label(tick), 11)))) + 12;
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 0];
  return (step) => (first === last ? (left + width - RIGHT) / 2 : left + ((step - first) / (last - first)) * Math.max(1, width - RIGHT - left));
}

function axes(steps: readonly number[], scale: Scale, width: number, x: Place, y: Place): SVGElement[] {
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 0];
  const start = Math.min(x(first), width / 2) - 4;
  const ends: [number, string][] = first === last ? [[first, "middle"]] : [[first, "start"], [last, "end"]];
  return [
    ...scale.ticks.filter((tick) => y(tick) >= TOP + 4 && y(tick) <= FLOOR).flatMap((tick) => [
      s("line", { x1: start, x2: width - 2, y1: y(tick), y2: y(tick), style: "stroke:var(--rule)" }),
      s("text", { x: start - 4, y: y(tick) + 4, "text-anchor": "end" }, scale.label(tick)),
    ]),
    ...ends.map(([step, anchor]) => s("text", { x: x(step), y: HEIGHT - 4, "text-anchor": anchor }, step === first ? `step ${step.toLocaleString("en")}` : step.toLocaleString("en"))),
  ];
}

/** The band of what a column holds, the line of its median, a dotted bridge where nothing is finite. */
function curve({ steps, low, middle, high }: CurveLine, lane: number, x: Place, y: Place): SVGElement[] {
  const path = (values: readonly (number | null)[], bridge: boolean): string => {
    let text = "";
    let open = false;
    values.forEach((value, i) => {
      if (value !== null) {
        text += `${open ? "L" : "M"}${x(steps[i] as number).toFixed(1)} ${y(value).toFixed(1)}`;
        open = true;
      } else {
        open &&= bridge;
      }
    });
    return text;
  };
  const gaps = middle.includes(null);
  const runs = runsOf(low);
  const edge = (values: readonly (number | null)[], places: readonly number[]): string => places.map((i) => `${x(steps[i] as number).toFixed(1)} ${y(values[i] as number).toFixed(1)}`).join("L");
  const end = middle.length - 1;
  const lost = middle.indexOf(null);
  const final = middle[end];
  return [
    ...runs.map((run) => s("path", { d: `M${edge(high, run)}L${edge(low, [...run].reverse())}z`, style: `fill:${laneColor(lane)};opacity:.13` })),
    gaps ? s("path", { d: path(middle, true), style: `${laneStroke(lane)};stroke-width:1.5;stroke-dasharray:1 4` }) : null,
    s("path", { d: path(middle, false), style: `${laneStroke(lane)};stroke-linejoin:round` }),
    gaps ? s("text", { x: x(steps[lost] as number), y: FLOOR - 4, "text-anchor": "middle" }, "not finite") : null,
    typeof final === "number" ? s("circle", { cx: x(steps[end] as number), cy: y(final), r: 4, style: `fill:var(--bg);stroke:${laneColor(lane)};stroke-width:2` }) : null,
  ].filter((element): element is SVGPathElement | SVGTextElement | SVGCircleElement => element !== null);
}

/** Places side by side that have a value, as long as they are more than one. */
function runsOf(values: readonly (number | null)[]): number[][] {
  const runs: number[][] = [[]];
  values.forEach((value, i) => (value === null ? runs.push([]) : runs[runs.length - 1]?.push(i)));
  return runs.filter((run) => run.length > 1);
}

function sentence(title: string, lines: readonly CurveLine[]): string {
  return `${title}: ${lines.map(({ name, last, text }) => `${name} ends at ${last.text}, ${text}`).join("; ")}`;
}
