import type { LogView, TimelineView } from "../../protocol/wire";
import { button, command } from "../atoms/controls";
import { div, h, span } from "../h";
import { isTyping } from "../keys";
import { cutNote } from "../parts";
import type { Scope } from "../scope";
import { beginning } from "../states";
import type { Emit, Host } from "../view";
import { barControls, type Choices } from "./bar";
import { localHistory, type History } from "./history";
import { versionList } from "./list";
import { laneOf, matcher, type Node } from "./model";
import { isScored, plot } from "./plot";
import { remoteHistory } from "./remote";

/** What the view needs to know of a version to name it. */
interface Named {
  name: string;
  number: number;
}

const SOON = 250;

/** History as a chart over a list: pick two versions to compare them. */
export function drawLog(root: HTMLElement, data: LogView, emit: Emit, scope: Scope, host?: Host): void {
  const live = host && data.timeline ? { host, timeline: data.timeline } : null;
  const lanes = laneOf(data);
  const names = new Map<string, Named>(data.rows.map(({ version }) => [version.id, version]));
  const picked: string[] = [];
  const foot = div("selbar");
  foot.hidden = true;
  const isNew = data.total === 0 && !live;
  const none = h("p", { class: "none", role: "status", hidden: true }, "No version answers this search.");
  const failed = h("p", { class: "none", role: "alert", hidden: true });
  const controls = barControls(data, scope);
  const list = versionList({ pick: (id) => pick(id), open: (id) => open(id) }, scope);
  const chart = plot(data, lanes, (id) => (pick(id), list.reveal(id, false)), scope);
  let history: History = localHistory(data, [], "", lanes);
  let how = { title: "", lower: false };
  let metricKey = "";

  const show = (next: History, total: number, { metric }: Choices): void => {
    history = next;
    metricKey = metric?.key ?? "";
    how = { title: metric?.title ?? "", lower: metric?.lower ?? false };
    chart.root.hidden = !isScored(history);
    chart.show(history, how, new Set(picked));
    list.show(history.nodes, metricKey, history);
    list.mark(new Set(picked));
    list.root.hidden = total === 0;
    none.hidden = total > 0 || isNew;
    controls.lower.hidden = !metric?.lower;
  };
  const refresh = (): void => {
    const chosen = controls.values();
    failed.hidden = true;
    if (live) {
      later(chosen);
      return;
    }
    const matches = matcher(chosen.query, data.metrics);
    const rows = data.rows.filter((row) => (chosen.branch === "" || row.version.branch === chosen.branch) && matches(row));
    show(localHistory(data, rows, chosen.metric?.key ?? "", lanes), rows.length, chosen);
  };

  // Answers may come in another order than they were asked for: only the newest question counts.
  let question = 0;
  let waiting = 0;
  scope.add(() => clearTimeout(waiting));
  const later = (chosen: Choices): void => {
    clearTimeout(waiting);
    waiting = Number(setTimeout(() => reopen(chosen), question === 0 ? 0 : SOON));
  };
  const reopen = (chosen: Choices): void => {
    if (!live) {
      return;
    }
    const mine = (question += 1);
    const filter = { metric: chosen.metric?.key ?? "", branch: chosen.branch, query: chosen.query };
    live.host
      .ask<TimelineView>({ what: "open", ...filter })
      .then((timeline) => mine === question && showLive(timeline, chosen))
      .catch((error: unknown) => mine === question && complain(error));
  };
  const complain = (error: unknown): void => {
    failed.hidden = false;
    failed.textContent = error instanceof Error ? error.message : "The kernel does not answer.";
  };
  const showLive = (timeline: TimelineView, chosen: Choices): void => {
    if (!live) {
      return;
    }
    const filter = { metric: chosen.metric?.key ?? "", branch: chosen.branch, query: chosen.query };
    const next = remoteHistory(live.host, timeline, filter, lanes, (what, error) => {
      if (history !== next) {
        return;
      }
      failed.hidden = !error;
      failed.textContent = error ?? "";
      if (what === "rows") {
        learn(next.nodes);
        list.show(next.nodes, metricKey, next);
        list.mark(new Set(picked));
      }
      chart.redraw();
    });
    learn(next.nodes);
    show(next, timeline.total, chosen);
  };
  const learn = (nodes: readonly (Node | undefined)[]): void => {
    nodes.forEach((node) => node && names.set(node.row.version.id, node.row.version));
  };

  const pick = (id: string): void => {
    if (!names.has(id)) {
      return;
    }
    const at = picked.indexOf(id);
    if (at >= 0) {
      picked.splice(at, 1);
    } else {
      picked.splice(0, Math.max(0, picked.length - 1));
      picked.push(id);
    }
    marked();
    emit({ type: "select", versions: [...picked] });
  };
  const marked = (): void => {
    list.mark(new Set(picked));
    chart.show(history, how, new Set(picked));
    showFoot();
  };
  const clear = (): void => {
    picked.length = 0;
    marked();
    emit({ type: "select", versions: [] });
  };
  const offer = (text: string): void => {
    foot.hidden = false;
    foot.replaceChildren(span("q s nw", "Run in a cell"), command(text, scope), closer(() => showFoot(), scope));
  };
  const open = (id: string): void => {
    const name = names.get(id)?.name ?? "";
    const text = `%mvt show ${name}`;
    if (name && emit({ type: "open", version: id, command: text }) !== true) {
      offer(text);
    }
  };
  const pair = (): [string, Named][] =>
    picked
      .flatMap((id): [string, Named][] => {
        const named = names.get(id);
        return named ? [[id, named]] : [];
      })
      .sort(([, a], [, b]) => a.number - b.number);
  const compare = (): void => {
    const [base, other] = pair();
    if (!base || !other) {
      return;
    }
    const text = `%mvt diff ${base[1].name} ${other[1].name}`;
    if (emit({ type: "compare", base: base[0], other: other[0], command: text }) !== true) {
      offer(text);
    }
  };
  const showFoot = (): void => {
    const [one, two] = pair().map(([, { name }]) => h("b", null, name));
    foot.hidden = !one;
    if (!one) {
      return;
    }
    const reset = button("Clear", { kind: "ghost x4" });
    scope.on(reset, "click", clear);
    const go = button(["Compare", h("span", { class: "x4", "aria-hidden": "true" }, "c")], { kind: "go" });
    scope.on(go, "click", compare);
    foot.replaceChildren(
      h("span", { class: "s", role: "status" }, one, ...(two ? [" and ", two, " selected"] : [" selected; pick another to compare"])),
      span("sp"),
      reset,
      ...(two ? [go] : []),
    );
  };

  scope.on(root, "keydown", (event) => {
    if (isTyping(event)) {
      return;
    }
    const acts: Record<string, (() => void) | undefined> = { c: compare, "/": controls.search, Escape: clear };
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (act) {
      event.preventDefault();
      act();
    }
  });
  const follow = (ids: readonly string[]): void => {
    picked.splice(0, picked.length, ...ids.filter((id) => names.has(id)).slice(-2));
    marked();
  };
  host?.onSelect(follow);
  controls.changed(refresh);
  root.append(
    h("section", { class: "card", "aria-label": `Versions of ${data.repository}` }, controls.root, isNew ? div("state", ...beginning(scope)) : "", chart.root, list.root, none, failed, foot, cutNote(live ? undefined : data.cut) ?? ""),
  );
  if (live) {
    showLive(live.timeline, controls.values());
    question = 1;
  } else {
    refresh();
  }
  if (host && host.selected().length > 0) {
    follow(host.selected());
  }
}

function closer(close: () => void, scope: Scope): HTMLElement {
  const made = button(null, { icon: "close", label: "Close", kind: "ghost icn" });
  scope.on(made, "click", close);
  return made;
}
