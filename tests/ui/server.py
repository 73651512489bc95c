"""A Jupyter server of our own: loopback only, every folder of its own, stopped with its kernels."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

App = Literal["lab", "notebook"]

_EXPOSE = {
    "lab": "--LabApp.expose_app_in_browser=True",
    "notebook": "--JupyterNotebookApp.expose_app_in_browser=True",
}
# Lab asks for news and updates by notification; nothing may be asked of the outside here.
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


@dataclass(frozen=True)
class Server:
    """A running server and the folder that it serves."""

    app: App
    base: str
    token: str
    root: Path
    log: Path

    def address(self, notebook: str) -> str:
        """Return the page of a notebook, in a fresh workspace."""
        page = "lab/tree" if self.app == "lab" else "notebooks"
        return f"{self.base}/{page}/{notebook}?token={self.token}&reset"


@contextlib.contextmanager
def running(app: App, folder: Path) -> Iterator[Server]:
    """Start a server below a temporary folder, and stop it with everything that it started."""
    root = folder / "root"
    root.mkdir()
    log = folder / "server.log"
    token = secrets.token_hex(16)
    port = _free_port()
    server = Server(app, f"http://127.0.0.1:{port}", token, root, log)
    command = [
        *(sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
        *(f"--IdentityProvider.token={token}", _EXPOSE[app]),
    ]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            _wait(process, server)
            yield server
        finally:
            _stop(process)


def _environment(folder: Path) -> dict[str, str]:
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for name, values in _SETTINGS.items():
        path = folder / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    own = {name: str(folder / place) for name, place in places.items()}
    return {**os.environ, **own, "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_PLATFORM_DIRS": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{server.base}/api/status?token={server.token}", timeout=2)
            return
        time.sleep(0.2)
    raise RuntimeError(f"jupyter {server.app} did not start:\n{server.log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    # Asked by SIGTERM the server ends its kernels itself (SIGINT would ask "are you sure?");
    # what is left of its group after that is not asked again.
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
