"""Pictures of the demo for the README, taken by a real Chromium from a real Home Assistant."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import Browser, async_playwright

from demo.ha.__main__ import running_demo
from demo.ha.server import free_port

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "img"
CHROMIUM = ROOT / ".tools" / "chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
HEADER_PX = 56
TALLEST_PX = 3000


class Picture(NamedTuple):
    """One picture: the page, the width of the window and how many pixels of the file make one of it."""

    name: str
    path: str
    width: int
    scheme: Literal["light", "dark"]
    scale: float


PICTURES = (
    Picture("plan-wide-light", "/", 1280, "light", 1.5),
    Picture("plan-phone-dark", "/", 360, "dark", 2),
)


async def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Write one picture, as tall as its card, and return its file."""
    context = await browser.new_context(
        viewport={"width": picture.width, "height": 900},
        color_scheme=picture.scheme,
        device_scale_factor=picture.scale,
        locale="en-GB",
    )
    page = await context.new_page()
    await page.goto(address + picture.path)
    await page.locator("merit-order-plan-chart svg").wait_for(timeout=60_000)
    height = await page.locator("merit-order-plan").evaluate("card => card.scrollHeight")
    await page.set_viewport_size({"width": picture.width, "height": min(int(height) + HEADER_PX, TALLEST_PX)})
    await page.wait_for_timeout(1000)  # fonts and the chart's new width settle
    file = FOLDER / f"{picture.name}.png"
    await page.screenshot(path=file)
    await context.close()
    return file


async def main() -> int:
    """Boot, take all pictures, end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="merit-order-pictures-", ignore_cleanup_errors=True) as folder:
        async with running_demo(Path(folder), free_port()) as demo, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for picture in PICTURES:
                print(await take(browser, demo.address, picture))
            await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
