"""Takes the pictures of docs/img/ anew: `python -m scripts.screenshots` after `make demo`.

They show the demo's data, as its owner would see them: report and dashboard, in Korean and English,
on a desktop and on a phone. Needs Chromium and a Korean font (Debian: chromium, fonts-nanum).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from extract.clock import as_of_now
from extract.warehouse import data_dir
from publish.dbt import ROOT
from publish.file import FILE
from publish.report import write_report

PICTURES = ROOT / "docs" / "img"
DESKTOP = {"width": 1100, "height": 1300}
PHONE = {"width": 390, "height": 1300}


@contextmanager
def dashboard(folder: Path) -> Iterator[str]:
    """The notebook, served over the published file in `folder`; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - ourselves
        [
            *(sys.executable, "-m", "publish", "dashboard", "--port", str(port)),
        ],
        env=os.environ | {"COUPANG_DATA_DIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.poll() is None:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def scrolled(page: Page) -> Page:
    """The report with every picture drawn, at its top again."""
    for place in page.locator(".chart:visible").all():
        place.scroll_into_view_if_needed()
        place.and_(page.locator("[data-state=done]")).wait_for()
    page.evaluate("scrollTo(0, 0)")
    return page


def take(browser: Browser, folder: Path, page_file: Path) -> None:
    """All pictures, of the published file in `folder` and of its report."""
    write_report(folder / FILE, page_file, as_of_now())
    report = browser.new_page(viewport=DESKTOP)
    report.goto(page_file.as_uri())
    scrolled(report).screenshot(path=PICTURES / "report-ko.png")
    moves = report.locator('section:visible[data-section="moves"]')
    moves.screenshot(path=PICTURES / "report-moves.png")
    phone = browser.new_page(viewport=PHONE)
    phone.goto(f"{page_file.as_uri()}?lang=en")
    scrolled(phone).screenshot(path=PICTURES / "report-en-phone.png")
    with dashboard(folder) as url:
        for name, size in (("dashboard-ko", DESKTOP), ("dashboard-ko-phone", PHONE)):
            page = browser.new_page(viewport=size)
            page.goto(url)
            page.get_by_role("heading", name="살펴볼 자료").wait_for()
            page.locator(".vega-embed svg").last.wait_for()
            page.screenshot(path=PICTURES / f"{name}.png")


def main() -> None:
    """Takes them; one line where something is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    folder = data_dir() / "demo"
    if chromium is None:
        sys.exit("error: no Chromium here (Debian: apt install chromium fonts-nanum)")
    if not (folder / FILE).is_file():
        sys.exit("error: no demo yet: run `make demo` first")
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, folder, Path(name, "report.html"))
        browser.close()


if __name__ == "__main__":
    main()
