/** One page for all stories: ?only=NAME&theme=dark. Built by build.mjs, pictured by tests/ui. */
import { render } from "../src/views/index";
import type { Host } from "../src/views/view";
import * as fixtures from "./fixtures.mjs";
import { outputs } from "./outputs.mjs";

type Story = [title: string, payload: unknown, host?: Host];

const { huge, wide, remote, remoteBoard } = fixtures;
const live = (title: string, { payload, host }: { payload: unknown; host: Host }): Story => [title, payload, host];
const STORIES: Record<string, () => Story[]> = {
  commit: () => [["%mvt commit", fixtures.commit], ["%mvt commit", fixtures.regressed], ["first", fixtures.first], ["unchanged", fixtures.unchanged]],
  log: () => [["%mvt log", fixtures.log]],
  diff: () => [["%mvt diff", fixtures.diff]],
  diffs: () => [["without metrics", fixtures.nometrics]],
  outputs: () => [["figures and tables", outputs]],
  storage: () => [["%mvt du", fixtures.storage], ["empty", fixtures.nostorage]],
  leaderboard: () => [["%mvt leaderboard", fixtures.leaderboard], ["with courses", fixtures.trails]],
  one: () => [["1 version", fixtures.one]],
  others: () => [["table", fixtures.table], ["empty", fixtures.empty], ["notice", fixtures.notice], ["warning", fixtures.warning], ["status", fixtures.status], ["show", fixtures.everything]],
  states: () => [["newer", fixtures.newer], ["malformed", fixtures.malformed], ["empty log", fixtures.nolog], ["cut", fixtures.cut]],
  curves: () => SENT.filter(([name]) => name.startsWith("curves")),
  sent: () => SENT,
  huge: () => [["10,000 versions", huge(10_000)]],
  wide: () => [["10,000 × 50", wide(10_000, 50)]],
  live: () => [live("100,000 versions", remote(100_000))],
  board: () => [live("10,000 × 1,000", remoteBoard(10_000, 1000))],
  fifty: () => [["50 versions", huge(50)]],
  many: () => [["200 versions", huge(200)]],
};

/** The payloads in src/views/__fixtures__, put here by build.mjs. */
declare const SENT: Story[];

declare global {
  interface Window {
    /** Milliseconds from the call to the frame after the drawing. */
    drawn: Record<string, number>;
  }
}

const query = new URLSearchParams(location.search);
document.body.dataset.jpThemeLight = query.get("theme") === "dark" ? "false" : "true";
window.drawn = {};
const page = document.querySelector("main") as HTMLElement;

async function settled(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await new Promise((done) => requestAnimationFrame(done));
  }
}

async function show(): Promise<void> {
  const only = query.get("only");
  for (const [name, make] of Object.entries(STORIES)) {
    if (only === name || (!only && !["huge", "wide", "many", "sent", "live", "board", "fifty"].includes(name))) {
      for (const [title, payload, host] of make()) {
        const box = document.createElement("div");
        box.className = "story";
        page.append(box);
        await settled();
        if (!query.has("untimed")) {
          // The making of the data is not the view's: let its garbage go first.
          await new Promise((done) => setTimeout(done, 200));
        }
        const start = performance.now();
        render(box, payload, () => undefined, undefined, host);
        await settled();
        window.drawn[title] = performance.now() - start;
      }
    }
  }
  document.body.dataset.ready = "true";
}

void show();
