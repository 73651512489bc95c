import type { Scope } from "./scope";

/** What a person asks of a view. Versions go by their ids; `command` does the same in a cell. */
export type ViewEvent =
  | { type: "compare"; base: string; other: string; command: string }
  | { type: "open"; version: string; command: string }
  | { type: "commit"; command: string }
  | { type: "free"; command: string }
  | { type: "select"; versions: string[] };

/** Passes an event on. `true` says that it is being acted on; else the view shows the command. */
export type Emit = (event: ViewEvent) => boolean | void;

/** What a live host gives a view beyond its payload: answers, and a selection that is shared. */
export interface Host {
  /** Asks Python; rejects with what to tell the person. */
  ask: <T>(question: { what: string } & Record<string, unknown>) => Promise<T>;
  /** The ids selected now, and a call whenever someone else selects others. */
  selected: () => readonly string[];
  onSelect: (then: (ids: readonly string[]) => void) => void;
}

/** Undoes a drawing. */
export type Dispose = () => void;

/** Draws `data` into `root`; what has to end with the view is left in `scope`. */
export type Draw<T> = (root: HTMLElement, data: T, emit: Emit, scope: Scope, host?: Host) => void;
