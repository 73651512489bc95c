import type { Host } from "../src/views/view";

/** The fixtures are plain data; views check what they get. */
export const commit: object, regressed: object, first: object, unchanged: object, log: object, diff: object, leaderboard: object, table: object, empty: object, notice: object, warning: object, status: object, everything: object, newer: object, malformed: object, nolog: object, cut: object;
export function huge(count: number): object;
export function wide(count: number, columns: number): object;
export const storage: object, nostorage: object, one: object, nometrics: object, trails: object;
interface Played {
  payload: object;
  host: Host;
}
export function remote(count: number, wait?: number): Played;
export function remoteBoard(count: number, wide: number, wait?: number): Played;
