import type { LogView } from "../../protocol/wire";
import { courseOf, type Course, type Mark } from "./course";
import { hasValue, nodesOf, type Node } from "./model";
import { layRail, type Rail } from "./rail";

/** The versions that a timeline shows: all at hand, or fetched where they are looked at. */
export interface History {
  /** Oldest first; holes are not here yet. */
  nodes: readonly (Node | undefined)[];
  rail: Rail;
  marks: readonly Mark[];
  /** Asks for the places [from, to], if they are not here. */
  need: (from: number, to: number) => void;
  course: (from: number, to: number, count: number) => Course;
}

/** What is at hand. */
export function localHistory(data: LogView, rows: LogView["rows"], metric: string, lanes: ReadonlyMap<string, number>): History {
  const nodes = nodesOf(data, rows, metric, lanes);
  let rail: Rail | null = null;
  let whole: { count: number; course: Course } | null = null;
  return {
    nodes,
    // Only a list that is looked at needs its graph.
    get rail() {
      return (rail ??= layRail(nodes, 0));
    },
    marks: nodes.flatMap((node) =>
      node.row.version.labels.length
        ? [{ at: node.at, value: hasValue(node) ? node.point.value : null, labels: node.row.version.labels }]
        : [],
    ),
    need: () => undefined,
    course(from, to, count) {
      if (from > 0 || to < nodes.length - 1) {
        return courseOf(nodes, from, to, count);
      }
      if (whole?.count !== count) {
        whole = { count, course: courseOf(nodes, from, to, count) };
      }
      return whole.course;
    },
  };
}
