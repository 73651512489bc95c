"""Drive JupyterLab and Notebook 7: open, run, switch the theme, take a picture."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Playwright

    from tests.ui.server import Server


SHOTS = Path(__file__).parent / "shots"

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    # No name but this machine's resolves: what draws without the outside draws offline.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# Notebook 7.6 throws the first on its stock pages; the second is what JupyterLab's own services
# say of a kernel that is restarted while they still ask it for a subshell.
_STOCK_ERRORS = re.compile(
    r"Cannot read properties of undefined \(reading 'schema'\)"
    r"|Canceled future for create_subshell_request message before replies were done"
)

_KERNEL_READY = """async () => {
    const session = window.jupyterapp.shell.currentWidget.sessionContext;
    await session.ready;
    const kernel = session.session.kernel;
    await kernel.info;
    await kernel.requestKernelInfo();
}"""
_THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium."""
    found = os.environ.get("MVT_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise RuntimeError("Chromium is missing: `make chromium` installs it where it may.")
    return playwright.chromium.launch(executable_path=found, args=_FLAGS)


@dataclass
class Desk:
    """One page of one server, and everything that it asked for or complained about."""

    page: Page
    server: Server
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))

    def open_notebook(self, name: str) -> None:
        """Open a notebook below the server's root and wait until its cells are there."""
        self.page.goto(self.server.address(name))
        if self.server.app == "lab":
            self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.page.evaluate("async () => { await window.jupyterapp.restored; }")

    def wait_for_kernel(self) -> None:
        """Wait until the kernel answers; the word "idle" on the page proves nothing."""
        self.page.wait_for_function("!!window.jupyterapp.shell.currentWidget?.sessionContext")
        self.page.evaluate(_KERNEL_READY)

    def run_all(self) -> None:
        """Run every cell and wait for the last one."""
        self.wait_for_kernel()
        self.command("notebook:run-all-cells")

    def command(self, name: str, **arguments: object) -> None:
        """Execute one command of the application and wait for it."""
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments)",
            [name, arguments],
        )

    def theme(self, name: Literal["light", "dark"]) -> None:
        """Switch the theme and wait until the page wears it, and nothing lies over it.

        JupyterLab takes its splash away twice when the next switch comes too soon, and complains.
        """
        self.command("apputils:change-theme", theme=_THEMES[name])
        light = "true" if name == "light" else "false"
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=light
        )
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def shot(self, name: str, selector: str | None = None) -> Path:
        """Leave a picture of the page, or of one element, under tests/ui/shots."""
        SHOTS.mkdir(exist_ok=True)
        target = SHOTS / f"{name}.png"
        if selector is None:
            self.page.screenshot(path=target)
        else:
            self.page.locator(selector).first.screenshot(path=target)
        return target

    def shot_of(self, element: Locator, name: str) -> Path:
        """Leave a picture of one element under tests/ui/shots."""
        SHOTS.mkdir(exist_ok=True)
        target = SHOTS / f"{name}.png"
        element.screenshot(path=target)
        return target

    def strangers(self) -> list[str]:
        """Return the requests that went anywhere but to our own server."""
        base = f"{self.server.base}/"
        own = (base, base.replace("http", "ws", 1), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def complaints(self) -> list[str]:
        """Return the page's errors, less those of the stock application."""
        return [error for error in self.errors if not _STOCK_ERRORS.search(error)]
