/** The one door to all views. A widget that shows only one of them mounts that one alone. */

import { drawCommit } from "./commit";
import { WHOLE } from "./css/whole";
import { drawCurves } from "./curves";
import { diff as payload } from "./diff/payload";
import { drawDiff } from "./diff/view";
import { drawLeaderboard } from "./leaderboard/view";
import { drawLog } from "./log/view";
import { mount, view, type Views } from "./mount";
import { drawNotice } from "./notice";
import { unpacked } from "./packed";
import * as payloads from "./payload";
import { drawStatus } from "./status";
import { drawTable } from "./table";
import { drawTreemap } from "./treemap";
import { drawVersion } from "./version";
import type { Dispose, Emit, Host } from "./view";

export { SCHEMA } from "./mount";
export type { Dispose, Emit, ViewEvent } from "./view";

const VIEWS: Views = {
  sheet: WHOLE,
  open: unpacked,
  known: {
    commit: view(payloads.commit, drawCommit),
    log: view(payloads.log, drawLog),
    diff: view(payload, drawDiff),
    leaderboard: view(payloads.leaderboard, drawLeaderboard),
    table: view(payloads.table, drawTable),
    notice: view(payloads.notice, drawNotice),
    status: view(payloads.status, drawStatus),
    treemap: view(payloads.treemap, drawTreemap),
    version: view(payloads.everything, drawVersion),
    curves: view(payloads.curves, drawCurves),
  },
};

/**
 * Draws a payload into `element`. Never throws: what cannot be drawn is shown as text, `plain` if
 * it is given. Events go to `emit`; where that does not answer `true`, the view offers the command
 * that does the same in a cell.
 */
export function render(element: HTMLElement, payload: unknown, emit: Emit, plain?: string, host?: Host): Dispose {
  return mount(element, payload, emit, VIEWS, plain, host);
}
