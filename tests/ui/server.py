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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

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


@dataclass
class Server:
    """A server, the folder that it serves, and the prefix that its addresses have."""

    app: App
    folder: Path
    prefix: str = "/"
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    port: int = field(default_factory=lambda: _free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        """The folder that is served."""
        return self.folder / "root"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    @property
    def base(self) -> str:
        """The address below which everything is."""
        return f"http://127.0.0.1:{self.port}{self.prefix}".rstrip("/")

    def address(self, notebook: str) -> str:
        """Return the page of a notebook, in a fresh workspace."""
        page = "lab/tree" if self.app == "lab" else "notebooks"
        return f"{self.base}/{page}/{quote(notebook)}?token={self.token}&reset"

    def start(self) -> None:
        """Start it, at the same address as before."""
        self.root.mkdir(exist_ok=True)
        command = [
            *(sys.executable, "-m", "jupyter", self.app, "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0"),
            *(f"--ServerApp.root_dir={self.root}", f"--ServerApp.base_url={self.prefix}"),
            *(f"--IdentityProvider.token={self.token}", _EXPOSE[self.app]),
        ]
        with self.log.open("ab") as stream:
            self._process = subprocess.Popen(
                command,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=_environment(self.folder),
                start_new_session=True,
            )
        try:
            _wait(self._process, self)
        except RuntimeError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it with everything that it started."""
        if self._process is not None:
            _stop(self._process)
            self._process = None


@contextlib.contextmanager
def running(app: App, folder: Path, prefix: str = "/") -> Iterator[Server]:
    """Start a server below a temporary folder, and stop it with everything that it started."""
    server = Server(app, folder, prefix)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _environment(folder: Path) -> dict[str, str]:
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "MVT_TRUST": "trust",
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


def _wait(process: subprocess.Popen[bytes], server: Server, seconds: float = 120) -> None:
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
