"""A real kernel that runs a notebook cell by cell, and answers questions in between."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

ORACLE = Path(__file__).with_name("oracle.py")
QUIET = {"MPLBACKEND": "agg", "TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false"}
KEPT_OUT = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1"}
"""So that no notebook changes the environment it runs in, nor is cut short while it does."""
NOT_OURS = {
    "ModuleNotFoundError": "package", "ImportError": "package", "FileNotFoundError": "file",
    "URLError": "network", "HTTPError": "network", "ConnectionError": "network",
    "gaierror": "network", "SSLError": "network", "MaxRetryError": "network",
    "NotADirectoryError": "file", "IsADirectoryError": "file", "LocalEntryNotFoundError": "network",
    "StdinNotImplementedError": "input", "DeadKernelError": "died", "Timeout": "timeout",
    "OSError": "file", "UsageError": "magic",
}  # fmt: skip


@dataclass
class Ran:
    """What came of one cell: error and its kind (empty when it ran through), and its texts."""

    error: str = ""
    kind: str = ""
    text: str = ""
    seconds: float = 0.0


class Kernel:
    """One kernel, with the extension loaded, in a folder of its own."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.timeout = timeout
        self._manager = KernelManager(kernel_name="python3")
        environment = {**os.environ, **QUIET, **KEPT_OUT, "MVT_TRUST": str(folder.parent / "trust")}
        environment.pop("JPY_SESSION_NAME", None)
        self._manager.start_kernel(cwd=str(folder), env=environment, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)
        self.dead = False

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, source: str, *, cell_id: str = "", silent: bool = False) -> Ran:
        """Run a cell; one that takes too long is interrupted."""
        content = {
            "code": source, "silent": silent, "store_history": not silent,
            "user_expressions": {}, "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        ran, started = Ran(), time.monotonic()
        until, interrupted = started + self.timeout, False
        while True:
            try:
                got = self._client.get_iopub_msg(timeout=min(2.0, self.timeout))
            except queue.Empty:
                if not self._manager.is_alive():
                    self.dead = True
                    ran.error, ran.kind = "DeadKernelError", "died"
                    return ran
                got = None
            if time.monotonic() > until:
                if interrupted:
                    self.dead = True
                    return ran
                self._manager.interrupt_kernel()
                until, interrupted = time.monotonic() + 20, True
                ran.error, ran.kind = "Timeout", "timeout"
            if got is None or got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, data = got["msg_type"], got["content"]
            if kind == "stream":
                ran.text += data["text"]
            elif kind == "error" and not interrupted:
                ran.error = data["ename"]
                ran.kind = NOT_OURS.get(data["ename"], "code")
                ran.text += "\n".join(data["traceback"])
            elif kind == "status" and data["execution_state"] == "idle":
                ran.seconds = time.monotonic() - started
                return ran

    def ask(self, expression: str) -> Any:
        """Return the value of an expression as JSON; it leaves no trace in the user's names."""
        mark = "mvt-answer:"
        code = (
            "import importlib as _i, json as _j\n"
            f"print('\\n{mark}' + _j.dumps({expression}, default=str))\n"
            "del _i, _j"
        )
        ran = self.run(code, silent=True)
        for line in reversed(ran.text.split("\n")):
            if line.startswith(mark):
                return json.loads(line[len(mark) :])
        raise RuntimeError(ran.text[-2000:] or ran.error)

    def load_oracle(self) -> None:
        """Put the oracle beside the user's names, where only `trained` finds it."""
        self.run(
            "import importlib.util as _u, sys as _s\n"
            f"_p = _u.spec_from_file_location('_mvt_oracle', {str(ORACLE)!r})\n"
            "_m = _u.module_from_spec(_p); _s.modules['_mvt_oracle'] = _m\n"
            "_p.loader.exec_module(_m); del _u, _s, _p, _m",
            silent=True,
        )

    def trained(self, source: str) -> list[list[str]]:
        """Return what the oracle says that a cell trained."""
        found: list[list[str]] = self.ask(
            f"_i.import_module('_mvt_oracle').trained({source!r}, globals())"
        )
        return found

    def commit(self) -> dict[str, Any]:
        """Commit as a person would, and tell what came of it."""
        answer: dict[str, Any] = self.ask(
            f"_i.import_module('tests.notebooks.committing').commit({ORACLE.parents[2].as_posix()!r})"
        )
        return answer
