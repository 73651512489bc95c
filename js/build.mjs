// Bundle the anywidget entries (src/widgets/*.ts, one file each) into the Python package.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const SOURCE = "src/widgets";
const TARGET = "../jupyter_mvt/widgets/static";

const names = existsSync(SOURCE) ? readdirSync(SOURCE).filter((name) => name.endsWith(".ts")) : [];
rmSync(TARGET, { recursive: true, force: true });
if (names.length > 0) {
  await esbuild.build({
    entryPoints: names.map((name) => join(SOURCE, name)),
    outdir: TARGET,
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "info",
  });
}
