import type { DiffView, Grid, OutputSide, OutputsSection, Picture } from "../../protocol/wire";
import { command, fold } from "../atoms/controls";
import type { Redrawable } from "../code";
import { div, h, span } from "../h";
import type { Scope } from "../scope";
import type { Host } from "../view";

/** Nothing else is ever put into an image element; there, an SVG runs nothing. */
const FORMS = ["image/png", "image/jpeg", "image/svg+xml"];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const NUMBER = /^([-+−]?[\d.,]+(e[-+]?\d+)?%?|nan|)$/i;
/** Equal rows kept beside one that differs; longer runs are folded. */
const CONTEXT = 1;

/** The answer to a question for a figure: its bytes in base64, or where they are. */
interface Answer {
  mime?: unknown;
  data?: unknown;
  url?: unknown;
}

/** Figures and tables of both sides, beside each other. */
export function outputsBody(section: OutputsSection, { base, other }: DiffView, whole: () => boolean, redraws: Redrawable[], host: Host | undefined, scope: Scope): HTMLElement[] {
  let absent = false;
  const side = (one: OutputSide | undefined, name: string, twin: OutputSide | undefined): HTMLElement => {
    if (!one) {
      return h("figure", { class: "ofig none" }, h("p", { class: "q s" }, `not shown in ${name}`));
    }
    const { picture, grid } = one;
    absent ||= Boolean(picture && !picture.data && !host);
    const reduced = picture?.reduced ? " · smaller copy" : "";
    const about = h("figcaption", null, span("v", one.name), span("q s", ` ${one.text}${reduced}`));
    const body = picture ? figure(picture, host, scope) : grid ? table(grid, `${one.name}: ${one.text}`, twin !== undefined, whole, redraws) : null;
    return h("figure", { class: "ofig" }, about, body);
  };
  const rows: HTMLElement[] = section.rows.flatMap((row) => [
    div("ch", h("b", null, row.title), ` ${row.text}`),
    div("oside", side(row.base, base.name, row.other), side(row.other, other.name, row.base)),
  ]);
  if (absent) {
    rows.push(div("slot", span("q s", "Figures left out keep the notebook small. They are shown by"), command(section.command, scope)));
  }
  if (section.equal.length) {
    const list = h("p", { class: "more" }, section.equal.join(", "));
    const count = section.equal.length;
    rows.push(fold(count === 1 ? "1 output is equal" : `${count} outputs are equal`, list, scope), list);
  }
  return rows;
}

function figure(picture: Picture, host: Host | undefined, scope: Scope): HTMLElement {
  const { width, height, alt, mime, data, version, number } = picture;
  const place = div("plate");
  const say = (text: string): void => place.replaceChildren(h("p", { class: "q s", role: "status" }, text));
  const show = (source: string | null): void => {
    if (source === null) {
      say("This figure is of a kind that is not shown.");
      return;
    }
    const image = h("img", { src: source, alt, width: width || null, height: height || null });
    image.addEventListener("error", () => say("This figure cannot be drawn."));
    place.replaceChildren(image);
  };
  if (data || !FORMS.includes(mime)) {
    show(address({ mime, data }));
  } else if (host) {
    place.style.cssText = width && height ? `aspect-ratio:${width}/${height};max-width:${width}px` : "min-height:120px";
    whenSeen(place, scope, () => {
      host
        .ask<Answer>({ what: "output", name: version, number })
        .then((answer) => {
          if (typeof answer.url === "string") {
            const { url } = answer;
            scope.add(() => URL.revokeObjectURL(url));
          }
          place.removeAttribute("style");
          show(address(answer));
        })
        .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)));
    });
  } else {
    say("Left out of this saved output.");
  }
  return place;
}

function address({ mime, data, url }: Answer): string | null {
  if (typeof mime !== "string" || !FORMS.includes(mime)) {
    return null;
  }
  if (typeof url === "string" && url.startsWith("blob:")) {
    return url;
  }
  return typeof data === "string" && BASE64.test(data) ? `data:${mime};base64,${data}` : null;
}

/** Figures come when they are looked at: there may be many, of a megabyte each. */
function whenSeen(element: HTMLElement, scope: Scope, then: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) {
      observer.disconnect();
      then();
    }
  });
  observer.observe(element);
  scope.add(() => observer.disconnect());
}

function table(grid: Grid, label: string, paired: boolean, whole: () => boolean, redraws: Redrawable[]): HTMLElement {
  const root = h("div", { class: "tw tall", tabindex: 0, role: "region", "aria-label": label });
  const wide = Math.max(0, ...grid.head.map((row) => row.length), ...grid.rows.map(({ cells }) => cells.length));
  const numeric = Array.from({ length: wide }, (_, j) => grid.rows.every(({ cells }) => NUMBER.test(cells[j] ?? "")));
  const kind = (j: number): string | null => (numeric[j] ? "n" : null);
  const row = ({ cells, marks }: Grid["rows"][number]): HTMLElement =>
    h(
      "tr",
      null,
      ...cells.map((cell, j) =>
        j < grid.labels ? h("th", { scope: "row", class: kind(j) }, cell) : h("td", { class: [kind(j), paired && marks.includes(j) ? "mk" : ""].filter(Boolean).join(" ") || null }, cell),
      ),
    );
  const draw = (): void => {
    const runs = folded(grid.rows, whole() || !paired);
    const body = runs.map((item) => (typeof item === "number" ? h("tr", { class: "eqr" }, h("td", { colspan: wide, class: "q s" }, item === 1 ? "1 equal row" : `${item} equal rows`)) : row(item)));
    const head = grid.head.map((cells) => h("tr", null, ...cells.map((cell, j) => h("th", { scope: "col", class: kind(j) }, cell))));
    root.replaceChildren(h("table", null, head.length ? h("thead", null, ...head) : null, h("tbody", null, ...body)));
  };
  draw();
  redraws.push({ root, draw });
  return root;
}

/** Replaces long runs of rows without a mark by their number. */
function folded(rows: Grid["rows"], whole: boolean): (Grid["rows"][number] | number)[] {
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ marks }) => marks.length > 0));
  if (whole || !near.some(Boolean)) {
    return [...rows];
  }
  const items: (Grid["rows"][number] | number)[] = [];
  rows.forEach((row, i) => {
    const last = items.length - 1;
    if (near[i]) {
      items.push(row);
    } else if (typeof items[last] === "number") {
      items[last] += 1;
    } else {
      items.push(1);
    }
  });
  return items;
}
