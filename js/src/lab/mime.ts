import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import { render } from "../views/index";

/** What every value of this package puts into its cell's output. */
export const MIME_TYPE = "application/vnd.jupyter-mvt.v1+json";

/** Draws a saved output from its payload alone: no kernel and no network take part. */
class OutputRenderer extends Widget implements IRenderMime.IRenderer {
  private disposeView: (() => void) | null = null;

  constructor(private readonly mimeType: string) {
    super();
    this.addClass("jp-MvtOutput");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.clear();
    // A copy, because the notebook's own JSON is what gets saved: a view must not change it.
    const payload: unknown = JSON.parse(JSON.stringify(model.data[this.mimeType] ?? null));
    const plain = model.data["text/plain"];
    // Nobody listens to the events of a saved output.
    this.disposeView = render(
      this.node,
      payload,
      () => undefined,
      typeof plain === "string" ? plain : undefined,
    );
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.clear();
    }
    super.dispose();
  }

  private clear(): void {
    this.disposeView?.();
    this.disposeView = null;
    this.node.replaceChildren();
  }
}

const extension: IRenderMime.IExtension = {
  id: "jupyter-mvt:mime",
  description: "Draws saved outputs of jupyter-mvt without a kernel",
  rendererFactory: {
    // The views make text nodes only, so they draw in untrusted notebooks too.
    safe: true,
    mimeTypes: [MIME_TYPE],
    createRenderer: ({ mimeType }) => new OutputRenderer(mimeType),
  },
  rank: 0,
  dataType: "json",
};

export default extension;
