// Bundle the unit tests and run them under node's own test runner.
// Names given as arguments select the test files whose path contains one of them.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const TARGET = "lib-test";

function filesUnder(folder, suffix) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(folder, name))
    .sort();
}

const wanted = process.argv.slice(2);
const entryPoints = filesUnder("tests", ".test.ts").filter(
  (path) => wanted.length === 0 || wanted.some((part) => path.includes(part)),
);
rmSync(TARGET, { recursive: true, force: true });
await esbuild.build({
  entryPoints,
  outbase: "tests",
  outdir: TARGET,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
// Named one by one: node 20 and 22 disagree about folders and patterns.
const run = spawnSync(process.execPath, ["--enable-source-maps", "--import", "./tests/dom.mjs", "--test", ...filesUnder(TARGET, ".mjs")], {
  stdio: "inherit",
});
process.exit(run.status ?? 1);
