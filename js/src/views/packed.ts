/** Long payloads are saved as one text of JSON, a log's versions column by column. */

import { isObject, Malformed } from "./shape";

/** The payload itself, whether or not it was packed. */
export function unpacked(payload: Record<string, unknown>): unknown {
  if (typeof payload.packed !== "string") {
    return payload;
  }
  try {
    const loose: unknown = JSON.parse(payload.packed);
    return isObject(loose) && loose.view === "log" && isObject(loose.rows) ? { ...loose, rows: rowsOf(loose.rows) } : loose;
  } catch {
    throw new Malformed({ path: "packed", wanted: "JSON" });
  }
}

type Texts = (at: number) => string;

/** Texts joined by line ends; a short table of them where few differ, with a place in it each. */
function texts(value: unknown): Texts {
  if (typeof value === "string") {
    const all = value.split("\n");
    return (at) => all[at] ?? "";
  }
  const { of, at: places } = value as { of: string; at: number[] };
  const all = of.split("\n");
  return (at) => all[places[at] ?? -1] ?? "";
}

/** Lists that most versions have none of, by the place of the version. */
function rare(value: unknown): (at: number) => string[] {
  const lists = (value ?? {}) as Record<string, string[]>;
  return (at) => lists[at] ?? [];
}

const VERDICTS: Readonly<Record<string, string>> = { b: "better", w: "worse", s: "same", c: "changed", i: "incomparable", u: "inconclusive" };

interface Packed {
  count: number;
  id: string;
  number: number[];
  minutes: number[];
  message: string;
  branch: unknown;
  author: unknown;
  model: unknown;
  parents: Record<string, number[]>;
  outside: Record<string, string[]>;
  labels: unknown;
  tags: unknown;
  regressed: unknown;
  remarks?: Record<string, number>;
  thin?: number[];
  points: Record<string, { text: string; change: unknown; verdict: string; value: (number | null)[] }>;
}

/** Columns of versions, newest first, as the rows of a log. */
function rowsOf(columns: Record<string, unknown>): unknown[] {
  const { count, number, minutes, parents, outside, points, remarks = {}, thin = [], ...rest } = columns as unknown as Packed;
  const [id, message, branch, author, model] = [rest.id, rest.message, rest.branch, rest.author, rest.model].map(texts) as [Texts, Texts, Texts, Texts, Texts];
  const [labels, tags, regressed, away] = [rest.labels, rest.tags, rest.regressed, outside].map(rare) as [ReturnType<typeof rare>, ReturnType<typeof rare>, ReturnType<typeof rare>, ReturnType<typeof rare>];
  const metrics = Object.entries(points).map(([key, { text, change, verdict, value }]) => {
    const [said, changed] = [texts(text), texts(change)];
    // Nothing but its verdict letter tells that a version was scored at all.
    return { key, point: (at: number) => (verdict[at] === "-" ? null : { text: said(at), value: value[at] ?? null, change: changed(at), verdict: VERDICTS[verdict[at] ?? ""] ?? null }) };
  });
  const dropped = new Set(thin);
  let time = 0;
  let newest = 0;
  return Array.from({ length: count }, (_, at) => {
    time += minutes[at] ?? 0;
    newest += number[at] ?? 0;
    // Most versions follow the next one in the list.
    const followed = (parents[at] ?? (at + 1 < count && !(at in outside) ? [1] : [])).map((by) => id(at + by));
    return {
      version: {
        id: id(at), name: `v${newest}`, number: newest, message: message(at), branch: branch(at), author: author(at),
        time_ms: time * 60_000, parents: [...followed, ...away(at)], labels: labels(at), tags: tags(at),
      },
      points: Object.fromEntries(metrics.flatMap(({ key, point }) => { const found = point(at); return found ? [[key, found]] : []; })),
      regressed: regressed(at),
      model: model(at),
      ...(at in remarks ? { remarks: remarks[at] } : {}),
      ...(dropped.has(at) ? { thin: true } : {}),
    };
  });
}
