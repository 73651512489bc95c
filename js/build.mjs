// Bundle the anywidget entries (src/widgets/*.ts, one file each) into the Python package.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const SOURCE = "src/widgets";
const TARGET = "../jupyter_mvt/widgets/static";

/** Marks that stand for what sheets say over and over; `sheetOf` puts the words back. */
const SHORT = Object.entries(JSON.parse(readFileSync("src/views/css/short.json", "utf8")));
const short = (sheet) => SHORT.reduce((text, [mark, words]) => text.replaceAll(words, mark), sheet);

/** Style sheets are texts in the code: line ends, comments and what is said often need not travel. */
const tightSheets = {
  name: "tight-sheets",
  setup(build) {
    build.onLoad({ filter: /views[\\/]css[\\/]\w+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/`[^`]*`/g, (sheet) =>
        short(sheet.replace(/\/\*.*?\*\//gs, "").replace(/\s*\n\s*/g, "").replace(/\} (?=[.@[])/g, "}")),
      ),
      loader: "ts",
    }));
  },
};

const names = existsSync(SOURCE) ? readdirSync(SOURCE).filter((name) => name.endsWith(".ts")) : [];
rmSync(TARGET, { recursive: true, force: true });
if (names.length > 0) {
  await esbuild.build({
    entryPoints: names.map((name) => join(SOURCE, name)),
    outdir: TARGET,
    bundle: true,
    plugins: [tightSheets],
    format: "esm",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "info",
  });
}
