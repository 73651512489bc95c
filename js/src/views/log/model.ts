import type { Column, LogRow, LogView, Point } from "../../protocol/wire";

/** One version as the chart and the rail need it. `at` counts from the oldest. */
export interface Node {
  row: LogRow;
  at: number;
  lane: number;
  point: Point | undefined;
  /** Places of those parents that are shown, nearest shown ancestors included. */
  parents: number[];
  newest: boolean;
}

/** Lanes by branch, in order of appearance, the main one first. */
export function laneOf(data: LogView): Map<string, number> {
  const lanes = new Map<string, number>();
  const take = (branch: string): void => {
    if (!lanes.has(branch)) {
      lanes.set(branch, lanes.size);
    }
  };
  data.branches.forEach(take);
  for (let i = data.rows.length - 1; i >= 0; i--) {
    take((data.rows[i] as LogRow).version.branch);
  }
  return lanes;
}

/** The shown rows, oldest first, tied to their nearest shown ancestors. */
export function nodesOf(data: LogView, shown: readonly LogRow[], metric: string, lanes: ReadonlyMap<string, number>): Node[] {
  const count = shown.length;
  const place = new Map<string, number>();
  shown.forEach(({ version }, i) => place.set(version.id, count - 1 - i));
  // Only where some are left out may a parent stand for those between.
  const all = count < data.rows.length ? new Map(data.rows.map((row) => [row.version.id, row])) : null;
  return Array.from({ length: count }, (_, at) => {
    const row = shown[count - 1 - at] as LogRow;
    return {
      row,
      at,
      lane: lanes.get(row.version.branch) ?? 0,
      point: row.points[metric],
      parents: placesOf(row.version.parents, at, place, all),
      newest: at === count - 1,
    };
  });
}

const NONE: number[] = [];

function placesOf(ids: readonly string[], before: number, place: ReadonlyMap<string, number>, all: ReadonlyMap<string, LogRow> | null): number[] {
  if (ids.length === 0) {
    return NONE;
  }
  const found: number[] = [];
  for (const id of ids) {
    const at = place.get(id) ?? (all && nearest(id, place, all));
    if (at !== null && at !== undefined && at < before && !found.includes(at)) {
      found.push(at);
    }
  }
  return found;
}

/** Follows first parents until one is shown. */
function nearest(id: string, place: ReadonlyMap<string, number>, all: ReadonlyMap<string, LogRow>): number | null {
  const seen = new Set<string>();
  for (let next: string | undefined = id; next !== undefined && !seen.has(next); ) {
    const found = place.get(next);
    if (found !== undefined) {
      return found;
    }
    seen.add(next);
    next = all.get(next)?.version.parents[0];
  }
  return null;
}

/** The nearest ancestor that has a value, by first parents. */
export function scoredParent(nodes: readonly (Node | undefined)[], node: Node): { node: Node; bridged: boolean } | null {
  let bridged = false;
  for (let next = nodes[node.parents[0] ?? -1]; next; next = nodes[next.parents[0] ?? -1]) {
    if (hasValue(next)) {
      return { node: next, bridged };
    }
    bridged = true;
  }
  return null;
}

/** Whether it can be drawn as a point. */
export function hasValue(node: Node): node is Node & { point: Point & { value: number } } {
  return typeof node.point?.value === "number";
}

/** The version whose level the dotted rule shows. */
export function isProduction(node: Node, data: LogView): boolean {
  const { id, name, labels } = node.row.version;
  return data.production ? data.production === id || data.production === name : labels.includes("production");
}

const COMPARED = /^\s*([^<>=]+?)\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/i;

/** Whether a row answers a search: `metric > 0.9`, or words that all occur in it. */
export function matcher(query: string, metrics: readonly Column[]): (row: LogRow) => boolean {
  const compared = COMPARED.exec(query);
  const named = compared?.[1]?.toLowerCase();
  const metric = metrics.find(({ key, title }) => key.toLowerCase() === named || title.toLowerCase() === named);
  if (compared && metric) {
    const limit = Number(compared[3]);
    return (row) => holds(row.points[metric.key]?.value ?? null, compared[2] ?? "", limit);
  }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return () => true;
  }
  return ({ version, model, regressed }) => {
    const { name, id, message, author, branch, labels, tags } = version;
    const hay = [name, id, message, author, branch, model, ...labels, ...tags, ...regressed].join("\n").toLowerCase();
    return words.every((word) => hay.includes(word));
  };
}

function holds(value: number | null, sign: string, limit: number): boolean {
  if (value === null) {
    return false;
  }
  switch (sign) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    default:
      return value === limit;
  }
}
