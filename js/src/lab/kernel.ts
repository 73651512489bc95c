/** The notebook in front and its kernel, reached without depending on the notebook's package. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { Progress } from "../protocol/wire";
import { Refused } from "./failures";

/** As much of a notebook as is used here; JupyterLab and Notebook 7 give it alike. */
interface Book {
  context: { path: string };
  sessionContext: Session;
}

interface Listened {
  connect: (slot: (sender: unknown, value: unknown) => void) => void;
}

interface Session {
  session: { kernel: Kernel.IKernelConnection | null } | null;
  kernelChanged?: Listened;
  statusChanged?: Listened;
  iopubMessage?: Listened;
}

/** What a kernel answers to a verb. */
export interface Told {
  view: unknown;
  /** How many parts would be committed, where that was asked. */
  changed: number | null;
}

/** Is told how far long work is. */
export type Show = (progress: Progress) => void;

const MIME = "application/vnd.jupyter-mvt.told+json";
const PROGRESS = "application/vnd.jupyter-mvt.progress+json";
const DOOR = "__import__('jupyter_mvt.magics.panel', fromlist=['panel'])";
/** Asks only where the extension is loaded: a look must not import anything. */
const LOADED = "__import__('sys').modules['jupyter_mvt.magics.extension'] and";

export class Kernels {
  /** The kernel of the notebook in front is another one, or in another state. */
  changed: () => void = () => undefined;
  /** A cell has run. */
  ran: () => void = () => undefined;
  private last: Book | null = null;
  private readonly known = new WeakSet<object>();
  private cell = false;

  constructor(private readonly app: JupyterFrontEnd) {}

  /** The notebook in front; a terminal or a launcher in front does not change which that is. */
  book(): Book | null {
    const found = bookOf(this.app.shell.currentWidget);
    if (found && found !== this.last) {
      this.last = found;
      this.listen(found.sessionContext);
    }
    return this.last;
  }

  /** The notebook's path on the server, or nothing. */
  path(): string {
    return this.app.serviceManager.contents.localPath(this.book()?.context.path ?? "");
  }

  /** Why nothing can be asked of a kernel now; empty when it can. */
  missing(): string {
    const kernel = this.kernel();
    if (!this.book()) {
      return "Open a notebook first.";
    }
    if (!kernel) {
      return "No kernel runs beside this notebook.";
    }
    return kernel.status === "dead" || kernel.status === "terminating" ? "The kernel has ended." : "";
  }

  /** Runs a verb in the kernel, its words as data; long work tells how far it is. */
  run(words: readonly string[], show?: Show): Promise<Told> {
    return this.ask(`${DOOR}.run(${JSON.stringify(words)})`, show);
  }

  /** Binds what a version holds to a name of the user's. */
  restore(revision: string, name: string, show?: Show): Promise<Told> {
    return this.ask(`${DOOR}.restore(${JSON.stringify(revision)}, ${JSON.stringify(name)})`, show);
  }

  /** What would be committed; nothing where the extension is not loaded. */
  async glance(): Promise<Told | null> {
    try {
      return await this.ask(`${LOADED} ${DOOR}.glance()`);
    } catch {
      return null;
    }
  }

  interrupt(): void {
    void this.kernel()?.interrupt();
  }

  private kernel(): Kernel.IKernelConnection | null {
    return this.book()?.sessionContext.session?.kernel ?? null;
  }

  private async ask(expression: string, show?: Show): Promise<Told> {
    const kernel = this.kernel();
    if (!kernel) {
      throw new Refused(this.missing(), "no-kernel", "", 0);
    }
    // Silent: it is no cell, has no number, and the log of cells never sees it.
    const future = kernel.requestExecute({ code: "", silent: true, store_history: false, allow_stdin: false, stop_on_error: false, user_expressions: { mvt: expression } });
    future.onIOPub = ({ content: said }) => {
      const progress = (said as { data?: Record<string, unknown> }).data?.[PROGRESS];
      if (progress) {
        show?.(progress as Progress);
      }
    };
    const { content } = (await future.done) as KernelMessage.IExecuteReplyMsg;
    if (content.status !== "ok") {
      throw new Refused("The kernel stopped before it was done.", "stopped", "", 0);
    }
    const answer = (content as unknown as { user_expressions?: Record<string, Expression> }).user_expressions?.mvt;
    const told = answer?.data?.[MIME] as (Partial<Told> & { ok: boolean; code: string; message: string; hint: string }) | undefined;
    if (!answer || answer.status !== "ok" || !told) {
      throw new Refused(failure(answer), answer?.ename === "KeyboardInterrupt" ? "stopped" : "kernel", "", 0);
    }
    if (!told.ok) {
      throw new Refused(told.message, told.code, told.hint, 0);
    }
    return { view: told.view ?? null, changed: told.changed ?? null };
  }

  private listen(session: Session): void {
    if (this.known.has(session)) {
      return;
    }
    this.known.add(session);
    session.kernelChanged?.connect(() => this.changed());
    session.statusChanged?.connect((_, status) => {
      this.changed();
      if (status === "idle" && this.cell) {
        this.cell = false;
        this.ran();
      }
    });
    // Our own silent requests echo no input, so this tells a person's cells from them.
    session.iopubMessage?.connect((_, message) => {
      this.cell ||= (message as KernelMessage.IIOPubMessage).header.msg_type === "execute_input";
    });
  }
}

interface Expression {
  status: string;
  data?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
}

function failure(answer: Expression | undefined): string {
  if (answer?.ename === "KeyboardInterrupt") {
    return "It was stopped; nothing was changed.";
  }
  if (answer?.ename === "ModuleNotFoundError") {
    return "jupyter_mvt is not installed in this kernel's environment.";
  }
  return answer?.ename ? `${answer.ename}: ${answer.evalue ?? ""}` : "The kernel did not answer as expected.";
}

function bookOf(widget: unknown): Book | null {
  const book = widget as Partial<Book> | null;
  return book?.sessionContext && book.context && typeof book.context.path === "string" ? (book as Book) : null;
}
