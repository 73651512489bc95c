// Builds the story page into the folder given: node stories/build.mjs FOLDER
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const target = process.argv[2];
if (!target) {
  throw new Error("Say where to build: node stories/build.mjs FOLDER");
}
mkdirSync(target, { recursive: true });
// What Python really sends, beside the told story.
const folder = "src/views/__fixtures__";
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")).sort() : [];
const sent = names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]);
await esbuild.build({
  define: { SENT: JSON.stringify(sent) },
  entryPoints: ["stories/page.ts"],
  outfile: join(target, "page.js"),
  bundle: true,
  format: "iife",
  target: "es2021",
  charset: "utf8",
  logLevel: "warning",
});
copyFileSync("stories/page.html", join(target, "page.html"));
const axe = "node_modules/axe-core/axe.min.js";
if (existsSync(axe)) {
  copyFileSync(axe, join(target, "axe.min.js"));
}
