import { hasValue, type Node } from "./model";

/** What one pixel column shows: the least, the median and the greatest value in it. */
export interface Column {
  low: number;
  middle: number;
  high: number;
}

/** A version that fell against the one before it. */
export interface Fall {
  at: number;
  value: number;
}

/** One metric over the places [from, to], in columns of equal width. */
export interface Course {
  from: number;
  to: number;
  columns: readonly (Column | null)[];
  falls: readonly Fall[];
}

/** A place on the chart with something to say at any zoom. */
export interface Mark {
  at: number;
  value: number | null;
  labels: readonly string[];
}

/** Computes a course of versions that are all at hand. */
export function courseOf(nodes: readonly (Node | undefined)[], from: number, to: number, count: number): Course {
  const per = Math.max(1, to - from + 1) / count;
  const columns: (Column | null)[] = new Array<Column | null>(count).fill(null);
  const falls: Fall[] = [];
  let values: number[] = [];
  let current = 0;
  const close = (): void => {
    if (values.length > 0) {
      values.sort((a, b) => a - b);
      columns[current] = { low: values[0] as number, middle: values[values.length >> 1] as number, high: values[values.length - 1] as number };
      values = [];
    }
  };
  for (let i = from; i <= to; i++) {
    const node = nodes[i];
    if (node === undefined || !hasValue(node)) {
      continue;
    }
    const column = Math.min(count - 1, Math.floor((i - from) / per));
    if (column !== current) {
      close();
      current = column;
    }
    values.push(node.point.value);
    if (node.row.regressed.length > 0) {
      falls.push({ at: i, value: node.point.value });
    }
  }
  close();
  return { from, to, columns, falls };
}

/** Shows [from, to] by a course of other bounds: coarse until the exact one is here. */
export function resampled(course: Course, from: number, to: number, count: number): Course {
  const { columns } = course;
  const ratio = columns.length / Math.max(1, course.to - course.from + 1);
  const per = (to - from + 1) / count;
  const taken = Array.from({ length: count }, (_, i) => {
    const first = Math.floor((from + i * per - course.from) * ratio);
    const last = Math.max(first, Math.ceil((from + (i + 1) * per - course.from) * ratio) - 1);
    return merged(columns, Math.max(0, first), Math.min(columns.length - 1, last));
  });
  return { from, to, columns: taken, falls: course.falls.filter(({ at }) => at >= from && at <= to) };
}

function merged(columns: readonly (Column | null)[], first: number, last: number): Column | null {
  let found: Column | null = null;
  for (let i = first; i <= last; i++) {
    const column = columns[i];
    if (column) {
      found = found
        ? { low: Math.min(found.low, column.low), middle: (found.middle + column.middle) / 2, high: Math.max(found.high, column.high) }
        : column;
    }
  }
  return found;
}
