"""The pictures of the README, taken of the example archive: python -m tests.web.screenshots docs"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from index import update
from searcher import open_searcher
from tests.conftest import EXAMPLES
from tests.web.browser.conftest import executable, serving

SIZE = {"width": 1200, "height": 760}
# Name, address, and how the reader has it. The archive's pictures are invented: there are none to load.
SHOTS = [
    ("results", "/?q=大模型&source=weibo&pictures=off", {"locale": "zh-CN", "color_scheme": "light"}),
    ("statistics", "/statistics", {"locale": "en-US", "color_scheme": "dark"}),
]


def take(folder: Path) -> None:
    """Write one PNG for each of SHOTS into `folder`."""
    with TemporaryDirectory() as location, sync_playwright() as playwright:
        update(location, [EXAMPLES])
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        with open_searcher(location) as searcher, serving(searcher) as address:
            for name, path, reader in SHOTS:
                tab = browser.new_page(viewport=SIZE, **reader)
                tab.goto(address + path)
                tab.screenshot(path=folder / f"{name}.png")
            # The server ends when nobody holds a connection to it any more.
            browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
