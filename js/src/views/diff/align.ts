import type { Line } from "../../protocol/wire";

/** What stands beside what; an absent side is a gap. */
export interface Pair {
  left?: Line;
  right?: Line;
}

/** Beyond this many removed × added lines they are set beside each other in order. */
const LIMIT = 2500;

/** Sets removed lines beside the added ones that they became. */
export function pairLines(lines: readonly Line[]): Pair[] {
  const pairs: Pair[] = [];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = (): void => {
    pairs.push(...pairBlock(removed, added));
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") {
      removed.push(line);
    } else if (line.kind === "added") {
      added.push(line);
    } else {
      flush();
      pairs.push({ left: line, right: line });
    }
  }
  flush();
  return pairs;
}

function words(text: string): Set<string> {
  return new Set(text.match(/\w+/g) ?? []);
}

/** How alike two lines are, by the words they share: 0 … 1. */
function likeness(a: Set<string>, b: Set<string>): number {
  let shared = 0;
  for (const word of a) {
    shared += b.has(word) ? 1 : 0;
  }
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/** Longest chain of like lines: each pair of lines scores its likeness, order is kept. */
function pairBlock(removed: readonly Line[], added: readonly Line[]): Pair[] {
  const n = removed.length;
  const m = added.length;
  if (n === 0 || m === 0 || n * m > LIMIT) {
    return inOrder(removed, added);
  }
  const left = removed.map((line) => words(line.text));
  const right = added.map((line) => words(line.text));
  const best = Array.from({ length: n + 1 }, () => new Array<number>(m + 1).fill(0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const score = (i: number, j: number): number => {
    const value = likeness(left[i] as Set<string>, right[j] as Set<string>);
    return value >= 0.3 ? value : 0;
  };
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      (best[i] as number[])[j] = Math.max(at(i + 1, j), at(i, j + 1), score(i, j) + at(i + 1, j + 1));
    }
  }
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  while (i < n && j < m) {
    const value = score(i, j);
    if (value > 0 && at(i, j) === value + at(i + 1, j + 1)) {
      pairs.push({ left: removed[i++], right: added[j++] });
    } else if (at(i, j) === at(i + 1, j)) {
      pairs.push({ left: removed[i++] });
    } else {
      pairs.push({ right: added[j++] });
    }
  }
  return closeGaps([...pairs, ...inOrder(removed.slice(i), added.slice(j))]);
}

function inOrder(removed: readonly Line[], added: readonly Line[]): Pair[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, i) => ({
    left: removed[i],
    right: added[i],
  }));
}

/** A lone removal just before a lone addition shares its row: fewer hatched gaps. */
function closeGaps(pairs: readonly Pair[]): Pair[] {
  const out: Pair[] = [];
  for (const pair of pairs) {
    const last = out[out.length - 1];
    if (last && last.left && !last.right && pair.right && !pair.left) {
      out[out.length - 1] = { left: last.left, right: pair.right };
    } else {
      out.push(pair);
    }
  }
  return out;
}
