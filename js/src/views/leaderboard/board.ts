import type { BoardPage, Column, LeaderboardView, RankRow } from "../../protocol/wire";
import type { Host } from "../view";

/** How rows are ordered: by a column's key, empty for the ranking itself. */
export interface Order {
  sort: string;
  descending: boolean;
  query: string;
}

/** The rows of a leaderboard in the order asked for: at hand, or fetched block by block. */
export interface Board {
  count: () => number;
  row: (i: number) => RankRow | undefined;
  /** Whether a row's cell of a column is here. */
  has: (i: number, key: string) => boolean;
  order: (order: Order) => void;
  need: (rows: [number, number], keys: readonly string[]) => void;
}

const collator = new Intl.Collator("en", { numeric: true });

/** What is at hand, sorted and searched here. */
export function localBoard({ rows }: LeaderboardView, changed: () => void): Board {
  let order = rows.map((_, i) => i);
  return {
    count: () => order.length,
    row: (i) => rows[order[i] ?? -1],
    has: () => true,
    need: () => undefined,
    order({ sort, descending, query }) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      order = rows.flatMap((row, i) => (words.length === 0 || answers(row, words) ? [i] : []));
      if (sort) {
        const keys = new Map(order.map((i) => [i, keyOf(rows[i] as RankRow, sort)]));
        const sign = descending ? -1 : 1;
        order.sort((a, b) => {
          const [x, y] = [keys.get(a) ?? null, keys.get(b) ?? null];
          // What has no value comes last, whichever the direction.
          if (x === null || y === null) {
            return x === y ? a - b : x === null ? 1 : -1;
          }
          return sign * (typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y))) || a - b;
        });
      }
      changed();
    },
  };
}

function answers({ version }: RankRow, words: readonly string[]): boolean {
  const { name, id, message, branch, author, labels, tags } = version;
  const hay = [name, id, message, branch, author, ...labels, ...tags].join("\n").toLowerCase();
  return words.every((word) => hay.includes(word));
}

function keyOf({ version, cells }: RankRow, sort: string): number | string | null {
  if (sort === "version") {
    return version.number;
  }
  const figure = cells[sort];
  return figure ? (figure.value ?? (sort.startsWith("p:") ? figure.text : null)) : null;
}

const BLOCK_ROWS = 100;
const BLOCK_COLUMNS = 40;

/** What lives in Python: blocks of rows and columns come where they are looked at. */
export function remoteBoard(host: Host, data: LeaderboardView, columns: readonly Column[], changed: () => void): Board {
  let order: Order = { sort: "", descending: false, query: "" };
  let rows: (RankRow | undefined)[] = [];
  let cells = new Map<string, true>();
  let asked = new Set<string>();
  let total = Math.max(data.rows.length, data.total);
  let stamp = 0;
  const place = new Map(columns.map(({ key }, j) => [key, j]));
  const block = (i: number, key: string): string => `${Math.floor(i / BLOCK_ROWS)} ${Math.floor((place.get(key) ?? 0) / BLOCK_COLUMNS)}`;

  const take = ({ start, rows: found, keys }: BoardPage): void => {
    found.forEach((row, k) => {
      const known = rows[start + k];
      Object.assign(known?.cells ?? {}, row.cells);
      rows[start + k] = known ?? row;
      keys.forEach((key) => cells.set(`${start + k} ${key}`, true));
    });
  };
  const fetchBlock = (down: number, across: number): void => {
    const name = `${down} ${across}`;
    if (asked.has(name)) {
      return;
    }
    asked.add(name);
    const mine = stamp;
    const keys = columns.slice(across * BLOCK_COLUMNS, (across + 1) * BLOCK_COLUMNS).map(({ key }) => key);
    host
      .ask<BoardPage>({ what: "page", ...order, start: down * BLOCK_ROWS, stop: (down + 1) * BLOCK_ROWS, keys })
      .then((page) => {
        if (mine === stamp) {
          total = page.total;
          take(page);
          changed();
        }
      })
      .catch(() => asked.delete(name));
  };
  take({ start: 0, rows: data.rows, keys: columns.slice(0, 24).map(({ key }) => key), total });
  return {
    count: () => total,
    row: (i) => rows[i],
    has: (i, key) => cells.has(`${i} ${key}`),
    need([from, to], keys) {
      const wanted = new Set<string>();
      const last = Math.min(to, total);
      for (let i = from; i < last; i++) {
        if (rows[i] === undefined) {
          wanted.add(block(i, keys[0] ?? ""));
        }
        for (const key of keys) {
          if (!cells.has(`${i} ${key}`)) {
            wanted.add(block(i, key));
          }
        }
      }
      for (const name of wanted) {
        const [down = 0, across = 0] = name.split(" ").map(Number);
        fetchBlock(down, across);
      }
    },
    order(next) {
      order = next;
      stamp += 1;
      rows = [];
      cells = new Map();
      asked = new Set();
      if (!next.sort && !next.query) {
        total = Math.max(data.rows.length, data.total);
        take({ start: 0, rows: data.rows, keys: columns.slice(0, 24).map(({ key }) => key), total });
        changed();
      } else {
        fetchBlock(0, 0);
      }
    },
  };
}
