"""A real browser, and real servers over the archives."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from waitress.server import create_server

from searcher import Searcher, open_searcher
from web.app import create_app

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'
PHONE = {"width": 360, "height": 740}


def executable() -> str:
    """Return the path of a browser, or fail if there is none."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    return found or pytest.fail(f"A browser is needed, one of {', '.join(_BROWSERS)}: make browser installs it.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@contextmanager
def serving(searcher: Searcher) -> Iterator[str]:
    sockets: dict[int, Any] = {}
    server = create_server(create_app(searcher), host="127.0.0.1", port=0, map=sockets)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # The thread ends when no sockets are left to look at; one that is closed while it looks would fail it.
    left = list(sockets.values())
    server.trigger.pull_trigger(sockets.clear)
    thread.join()
    for one in left:
        one.close()


@pytest.fixture(scope="session")
def address(searcher: Searcher) -> Iterator[str]:
    with serving(searcher) as address:
        yield address


@pytest.fixture(scope="session")
def examples_address(examples: Searcher) -> Iterator[str]:
    with serving(examples) as address:
        yield address


@pytest.fixture(scope="session")
def real_address(real_location: Path) -> Iterator[str]:
    with open_searcher(real_location) as searcher, serving(searcher) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_address(hostile_searcher: Searcher) -> Iterator[str]:
    with serving(hostile_searcher) as address:
        yield address


def _answer_outside(route: Route) -> None:
    """Let only the pages' own server be asked; every picture elsewhere is a blank one."""
    if "//127.0.0.1:" in route.request.url:
        route.continue_()
    else:
        route.fulfill(content_type="image/svg+xml", body=_PICTURE)


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a tab for a reader; at the end, no tab may have logged an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**reader: Any) -> Page:
        context = browser.new_context(**{"locale": "zh-CN", **reader})
        contexts.append(context)
        context.route("**/*", _answer_outside)
        context.set_default_timeout(10_000)
        tab = context.new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        return tab

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def tab(open_tab: Callable[..., Page]) -> Page:
    return open_tab()


def overflow(tab: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def barriers(tab: Page) -> list[str]:
    """Return what axe-core finds in the page."""
    found = Axe().run(tab).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
