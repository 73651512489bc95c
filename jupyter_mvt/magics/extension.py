"""Loading and unloading: the magic, the two cell events, completion, the attached kernel."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jupyter_mvt.api.kernel import Kernel, attach, attached
from jupyter_mvt.capture.cells.log import CellLog
from jupyter_mvt.capture.cells.outputs import OutputLog
from jupyter_mvt.magics.awaiting import awaiting
from jupyter_mvt.magics.identity import notebook, trust_folder, who
from jupyter_mvt.magics.idle import Idle
from jupyter_mvt.magics.magic import MvtMagics
from jupyter_mvt.magics.outputs import Listener
from jupyter_mvt.magics.progress import Shown

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_mvt.magics.burst import Burst

__all__ = ["load_ipython_extension", "unload_ipython_extension"]


_loaded: WeakKeyDictionary[InteractiveShell, _Events] = WeakKeyDictionary()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Attach to `shell`; loading twice changes nothing."""
    if shell in _loaded:
        return
    cells = CellLog()
    kernel = Kernel(
        namespace=shell.user_ns,
        cells=cells,
        outputs=OutputLog(cells),
        interactive=_asks(shell),
        identity=who(),
        trust_folder=trust_folder(),
        progress=Shown(shell),
        notebook=notebook(shell.user_ns),
    )
    attach(kernel)
    events = _Events(shell, kernel)
    _loaded[shell] = events
    shell.events.register("pre_run_cell", events.before)
    shell.events.register("post_run_cell", events.after)
    shell.register_magics(MvtMagics(shell, kernel))
    shell.input_transformers_cleanup.append(events.turn)
    shell.Completer.custom_matchers.append(_matches)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Detach from `shell`; what was committed stays."""
    events = _loaded.pop(shell, None)
    if events is None:
        return
    shell.events.unregister("pre_run_cell", events.before)
    shell.events.unregister("post_run_cell", events.after)
    events.idle.close()
    if events.burst is not None:
        events.burst.close()
    events.listener.close()
    if _matches in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.remove(_matches)
    if events.turn in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(events.turn)
    shell.magics_manager.magics["line"].pop("mvt", None)
    shell.magics_manager.magics["cell"].pop("mvt", None)
    if attached() is events.kernel:
        attach(None)


def _matches(context: CompletionContext) -> SimpleMatcherResult:
    if "mvt" not in context.line_with_cursor:
        return {"completions": []}
    # Imported on the first Tab: completion knows the verbs, and the verbs know everything.
    from jupyter_mvt.magics.complete import matches

    return matches(context)


# What IPython's decorator says of a matcher, without importing it.
vars(_matches).update(matcher_api_version=2, matcher_identifier="mvt", matcher_priority=100)


class _Events:
    """Feeds the cell log; shows the one line that it may have to say."""

    def __init__(self, shell: InteractiveShell, kernel: Kernel) -> None:
        self.shell = shell
        self.kernel = kernel
        self.idle = Idle(kernel)
        self.outputs = kernel.outputs or OutputLog(kernel.cells)
        self.listener = Listener(shell, self.outputs)
        self.burst: Burst | None = None

    def before(self, info: Any) -> None:
        self.idle.busy()
        if self.burst is not None:
            self.burst.busy()
        self._say(self.kernel.cells.before_cell(info, self.shell.user_ns))
        self.outputs.before_cell()

    def after(self, result: Any) -> None:
        self._say(self.kernel.cells.after_cell(result, self.shell.user_ns))
        self._say(self.outputs.after_cell())
        if self.kernel.untold:
            from jupyter_mvt.magics.automatic import told

            for line in told(self.kernel):
                self._say(line)
        if self.kernel.watch.on and not getattr(result.info, "silent", False):
            # Imported by then: somebody has switched it on.
            from jupyter_mvt.magics.automatic import commit_quietly

            self._say(commit_quietly(self.kernel, ok=bool(result.success)))
            self._wait_for_the_end()
        self.idle.free()

    def _wait_for_the_end(self) -> None:
        """Keep the last model of a burst, should no further cell come."""
        if self.burst is None:
            from jupyter_mvt.magics.burst import Burst

            self.burst = Burst(self.kernel, self._say)
        self.burst.free()

    def turn(self, lines: list[str]) -> list[str]:
        """Turn ``%%mvt commit`` over a cell that awaits around; see `awaiting`."""
        return awaiting(lines, plain=self._plain)

    def _plain(self, cell: str) -> str:
        return str(self.shell.transform_cell(cell))

    def _say(self, line: str | None) -> None:
        if line is not None:
            print(line)


def _asks(shell: InteractiveShell) -> bool:
    """Tell whether a person can answer: a terminal, or a kernel whose front end allows input."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return sys.stdin is not None and sys.stdin.isatty()
    return bool(getattr(kernel, "_allow_stdin", False))
