import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Message } from "@lumino/messaging";
import { PanelLayout, Widget } from "@lumino/widgets";
import { render } from "../views/index";
import { isAlive, kernelChanges, modelIdOf, WIDGET_TYPE, widgetRenderer } from "./live";

/** What every value of this package puts into its cell's output. */
export const MIME_TYPE = "application/vnd.jupyter-mvt.v1+json";

/**
 * Draws a saved output from its payload alone: no kernel and no network take part. Where the
 * output is also a widget that is alive, the widget takes the drawing's place, for as long as it lives.
 */
class OutputRenderer extends Widget implements IRenderMime.IRenderer {
  private disposeView: (() => void) | null = null;
  private readonly drawing = document.createElement("div");
  private model: IRenderMime.IMimeModel | null = null;
  private live: Widget | null = null;

  constructor(private readonly mimeType: string) {
    super();
    this.addClass("jp-MvtOutput");
    this.layout = new PanelLayout();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    this.leave();
    this.draw();
    if (this.isAttached) {
      this.enliven();
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.clear();
    }
    super.dispose();
  }

  /** Only now it is known around what notebook this stands. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.enliven();
  }

  private draw(): void {
    this.clear();
    const { data } = this.model as IRenderMime.IMimeModel;
    // A copy, because the notebook's own JSON is what gets saved: a view must not change it.
    const payload: unknown = JSON.parse(JSON.stringify(data[this.mimeType] ?? null));
    const plain = data["text/plain"];
    this.node.prepend(this.drawing);
    // Nobody listens to the events of a saved output.
    this.disposeView = render(this.drawing, payload, () => undefined, typeof plain === "string" ? plain : undefined);
  }

  private clear(): void {
    this.disposeView?.();
    this.disposeView = null;
    this.drawing.remove();
  }

  /** Draws the live widget out of sight once its kernel knows it, and shows it when it is there. */
  private enliven(): void {
    const id = this.model && !this.live ? modelIdOf(this.model) : null;
    if (id === null) {
      return;
    }
    kernelChanges(this).forEach((changes) => changes.connect(this.look, this));
    const made = isAlive(this, id) ? widgetRenderer(this) : null;
    if (made === null) {
      return;
    }
    this.live = made;
    made.addClass("jp-MvtOutput-waiting");
    (this.layout as PanelLayout).addWidget(made);
    const watch = new MutationObserver(() => {
      const shown = shownBy(made);
      if (shown && made.node.querySelector(".mvt")) {
        watch.disconnect();
        shown.disposed.connect(this.back, this);
        made.removeClass("jp-MvtOutput-waiting");
        this.clear();
      }
    });
    watch.observe(made.node, { childList: true, subtree: true });
    made.disposed.connect(() => watch.disconnect());
    // The source is ours to give: the manager blanks the id of a widget that was closed.
    void made.renderModel({ ...EMPTY, data: { [WIDGET_TYPE]: { model_id: id } } });
  }

  /** Something happened to the kernel: the widget may have come to life, or be gone. */
  private look(): void {
    const id = this.model && modelIdOf(this.model);
    if (!this.live) {
      this.enliven();
    } else if (id !== null && !isAlive(this, id)) {
      this.back();
    }
  }

  /** The drawing again, for the widget was closed or its kernel is gone. */
  private back(): void {
    if (!this.isDisposed && this.live) {
      this.leave();
      this.draw();
    }
  }

  private leave(): void {
    const made = this.live;
    this.live = null;
    made?.dispose();
  }
}

const EMPTY: IRenderMime.IMimeModel = { trusted: true, data: {}, metadata: {}, setData: () => undefined };

/** What a renderer of widgets holds once it has found its model. */
function shownBy(made: Widget): Widget | undefined {
  return (made as Widget & { widgets?: readonly Widget[] }).widgets?.[0];
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
  // Before live widgets (-10): they have nothing to show once their kernel is gone.
  rank: -20,
  dataType: "json",
};

export default extension;
