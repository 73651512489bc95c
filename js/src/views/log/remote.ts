import type { Course as WireCourse, LogRow, TimelinePage, TimelineView } from "../../protocol/wire";
import type { Host } from "../view";
import { resampled, type Column, type Course, type Mark } from "./course";
import type { History } from "./history";
import type { Node } from "./model";
import type { Rail } from "./rail";

/** Versions are fetched so many at a time. */
const PAGE = 100;
/** A window is asked for once the hand rests so long, in milliseconds. */
const REST = 60;
const KEPT = 24;

/** A course as the view draws it. */
export function courseFrom({ first, last, low, middle, high, falls }: WireCourse): Course {
  const columns = low.map((least, i): Column | null => {
    const [median, greatest] = [middle[i], high[i]];
    return least === null || typeof median !== "number" || typeof greatest !== "number" ? null : { low: least, middle: median, high: greatest };
  });
  return { from: first, to: last, columns, falls: falls.map(([at = 0, value = 0]) => ({ at, value })) };
}

/** A history that lives in Python: pages and windows are fetched where they are looked at. */
export function remoteHistory(
  host: Host,
  { total, course: overview, marks, page: firstPage }: TimelineView,
  filter: { metric: string; branch: string; query: string },
  lanes: ReadonlyMap<string, number>,
  changed: (what: "rows" | "course", failed?: string) => void,
): History {
  const nodes: (Node | undefined)[] = new Array<Node | undefined>(total);
  const rail: Rail = { columns: [], segments: [], width: 1 };
  const places = new Map<string, number>();
  const asked = new Set<number>();
  const tiles: Course[] = [courseFrom(overview)];
  let timer = 0;
  let wanted = "";

  const take = ({ start, rows, columns, segments, parents }: TimelinePage): void => {
    rows.forEach((row, i) => {
      const at = total - 1 - start - i;
      places.set(row.version.id, at);
      nodes[at] = nodeOf(row, at, parents[i] ?? []);
      rail.columns[start + i] = columns[i] ?? 0;
      rail.segments[start + i] = (segments[i] ?? []).map(([from = 0, to = 0, lane = 0]) => ({ from, to, lane }));
      rail.width = Math.max(rail.width, 1 + (columns[i] ?? 0), ...(segments[i] ?? []).map(([, to = 0]) => to + 1));
    });
  };
  const nodeOf = (row: LogRow, at: number, parents: readonly number[]): Node => ({
    row,
    at,
    lane: lanes.get(row.version.branch) ?? 0,
    point: row.points[filter.metric],
    parents: parents.map((place) => total - 1 - place).filter((place) => place < at && place >= 0),
    newest: at === total - 1,
  });
  const fetchPage = (number: number): void => {
    if (asked.has(number)) {
      return;
    }
    asked.add(number);
    host
      .ask<TimelinePage>({ what: "rows", start: number * PAGE, stop: Math.min(total, (number + 1) * PAGE), ...filter })
      .then((page) => {
        take(page);
        changed("rows");
      })
      .catch((error: unknown) => {
        asked.delete(number);
        changed("rows", error instanceof Error ? error.message : String(error));
      });
  };
  const fetchWindow = (from: number, to: number, count: number): void => {
    host
      .ask<WireCourse>({ what: "course", first: from, last: to, count, ...filter })
      .then((course) => {
        tiles.push(courseFrom(course));
        if (tiles.length > KEPT) {
          tiles.splice(1, 1);
        }
        changed("course");
      })
      .catch(() => undefined);
  };

  take(firstPage);
  for (let page = 0; page * PAGE < firstPage.start + firstPage.rows.length; page++) {
    asked.add(page);
  }
  return {
    nodes,
    rail,
    marks: marks.map(({ at, value, labels }): Mark => ({ at, value, labels })),
    need(from, to) {
      const first = Math.floor((total - 1 - Math.min(total - 1, to)) / PAGE);
      const last = Math.floor((total - 1 - Math.max(0, from)) / PAGE);
      for (let page = Math.max(0, first); page <= last; page++) {
        fetchPage(page);
      }
    },
    course(from, to, count) {
      const exact = tiles.find((tile) => tile.from === from && tile.to === to && tile.columns.length === count);
      if (exact) {
        return exact;
      }
      const key = `${from} ${to} ${count}`;
      if (key !== wanted && (from > 0 || to < total - 1 || (tiles[0]?.columns.length ?? 0) < count * 0.5)) {
        wanted = key;
        clearTimeout(timer);
        timer = Number(setTimeout(() => fetchWindow(from, to, count), REST));
      }
      // The finest tile that covers it, until the exact one is here.
      const covering = tiles.filter((tile) => tile.from <= from && tile.to >= to);
      const finest = covering.reduce((best, tile) => (tile.to - tile.from < best.to - best.from ? tile : best), tiles[0] as Course);
      return resampled(finest, from, to, count);
    },
  };
}
