"""One server of each application and one browser for the whole session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.ui.browser import Desk, launch
from tests.ui.server import running
from tests.ui.stories import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.ui.server import Server

# Two browsers, two servers and their kernels share the cores: what comes late is not what is wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the page of stories: every view over data of our own, with no server."""
    return build(tmp_path_factory.mktemp("stories"))


@pytest.fixture
def story(browser: Browser, site: Path) -> Iterator[Callable[[str], Page]]:
    """Return what opens one view of the page of stories, without the server."""
    context = browser.new_context(viewport={"width": 924, "height": 900})

    def opened(name: str) -> Page:
        page = context.new_page()
        page.goto(f"{site.as_uri()}?only={name}&untimed")
        page.wait_for_selector("body[data-ready]", timeout=60_000)
        return page

    yield opened
    context.close()


@pytest.fixture(scope="session", params=["lab", "notebook"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Start JupyterLab, then Notebook 7; a test that takes this runs in both."""
    with running(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start JupyterLab below a prefix, as JupyterHub does."""
    with running("lab", tmp_path_factory.mktemp("hub"), "/user/ana/") as started:
        yield started


@pytest.fixture
def hub_desk(browser: Browser, hub: Server) -> Iterator[Desk]:
    """Open a fresh page of the hub's server, held to the same promises."""
    yield from opened(browser, hub)


@pytest.fixture
def desk(browser: Browser, server: Server) -> Iterator[Desk]:
    """Open a fresh page, and hold it to two promises when the test is done."""
    yield from opened(browser, server)


def opened(browser: Browser, server: Server, **options: Any) -> Iterator[Desk]:
    """Yield a page of a server; afterwards it has asked nobody else, and complained of nothing."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, **options)
    made = Desk(context.new_page(), server)
    yield made
    context.close()
    assert made.strangers() == []
    assert made.complaints() == []
