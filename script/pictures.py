"""Pictures of every view of the demo, taken by a real Chromium from a real Home Assistant.

All of them, in every size and scheme, go to .tools/screenshots to be looked at; those the README shows go to docs/img.
"""

import asyncio
import io
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from demo.ha.__main__ import Demo, running_demo
from demo.ha.server import free_port

ROOT = Path(__file__).resolve().parents[1]
ALL = ROOT / ".tools" / "screenshots"
README = ROOT / "docs" / "img"
CHROMIUM = ROOT / ".tools" / "chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
HEADER_PX = 56
TALLEST_PX = 3000
SETTLED_MS = 700  # fonts, and the chart's new width
COLOURS = 256
# The usual way would merge the sun's few yellow pixels with other colours.
HUES_FIRST = Image.Quantize.MAXCOVERAGE

type Scheme = Literal["light", "dark"]
VIEWS = ("now", "plan", "devices", "savings", "health", "kiosk")
SIZES = ((360, 740), (800, 480), (1280, 800), (1920, 1080))
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Cards that no view of the dashboard holds are shown on one of their own.
REST = "merit-order-rest"
REST_CARDS = (
    {"type": "custom:merit-order-tile"},
    {"type": "custom:merit-order-tile", "hours": 2},
    {"type": "custom:merit-order-capacity"},
)
HOT_AT = {"entity_id": "time.kitchen_boiler_done_by", "time": "06:30:00"}
DRAWN = {
    "now": "merit-order-now merit-order-summary",
    "plan": "merit-order-plan-chart svg",
    "kiosk": "merit-order-kiosk .number",
}
GO = """path => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", {detail: {replace: false}}));
}"""


class Shown(NamedTuple):
    """One of the README's: a view, the window, how many pixels of the file make one of it, and whether all of it."""

    name: str
    view: str
    size: tuple[int, int]
    scheme: Scheme
    scale: float = 1
    whole: bool = False


SHOWN = (
    Shown("now-wide-light", "now", (1280, 800), "light"),
    Shown("plan-wide-light", "plan", (1280, 800), "light", whole=True),
    Shown("plan-phone-dark", "plan", (360, 740), "dark", scale=1.5, whole=True),
    Shown("panel-dark", "kiosk", (800, 480), "dark"),
)


async def opened(browser: Browser, demo: Demo, scheme: Scheme, scale: float = 1) -> Page:
    """A page of the dashboard."""
    context = await browser.new_context(color_scheme=scheme, device_scale_factor=scale, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{demo.address}/merit-order/now")
    await page.locator(DRAWN["now"]).wait_for(timeout=60_000)
    return page


async def show(page: Page, path: str, size: tuple[int, int]) -> None:
    """Lead the page to a view in a window of a size, and let it settle."""
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.evaluate(GO, path)
    await page.locator(DRAWN.get(path.rpartition("/")[2], "hui-view")).first.wait_for(timeout=60_000)
    await page.wait_for_timeout(SETTLED_MS)


async def take(page: Page, file: Path) -> None:
    """Write what is in the window."""
    write(await page.screenshot(), file)


def write(picture: bytes, file: Path) -> None:
    """In few colours: a fraction of the size, and no eye sees the difference."""
    few = (
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, HUES_FIRST, dither=Image.Dither.NONE)
    )
    few.save(file, optimize=True)
    sys.stdout.write(f"{file.relative_to(ROOT)} {file.stat().st_size // 1024} kB\n")


async def take_all(browser: Browser, demo: Demo) -> None:
    """Every view in every size and scheme."""
    await demo.client.call("lovelace/dashboards/create", url_path=REST, title="Rest", show_in_sidebar=False)
    views = [{"title": "Rest", "path": "rest", "cards": REST_CARDS}]
    await demo.client.call("lovelace/config/save", url_path=REST, config={"views": views})
    for scheme in SCHEMES:
        page = await opened(browser, demo, scheme)
        for path in (*(f"/merit-order/{view}" for view in VIEWS), f"/{REST}/rest"):
            for size in SIZES:
                await show(page, path, size)
                await take(page, ALL / f"{path.rpartition('/')[2]}-{size[0]}-{scheme}.png")
        await page.context.close()


async def take_shown(browser: Browser, demo: Demo, shown: Shown) -> None:
    """One of the README's."""
    page = await opened(browser, demo, shown.scheme, shown.scale)
    await page.locator("merit-order-now .notice").wait_for(state="detached", timeout=60_000)
    await show(page, f"/merit-order/{shown.view}", shown.size)
    if shown.whole:
        height = await page.locator(f"merit-order-{shown.view}").evaluate("card => card.scrollHeight")
        await page.set_viewport_size(
            {"width": shown.size[0], "height": min(int(height) + HEADER_PX, TALLEST_PX)}
        )
        await page.wait_for_timeout(SETTLED_MS)
    await take(page, README / f"{shown.name}.png")
    await page.context.close()


async def main() -> int:
    """Boot, take all pictures, end."""
    ALL.mkdir(parents=True, exist_ok=True)
    README.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="merit-order-pictures-", ignore_cleanup_errors=True) as folder:
        async with running_demo(Path(folder), free_port()) as demo, async_playwright() as playwright:
            # Else the pictures of an afternoon would show a need that can no longer be met.
            await demo.client.call("call_service", domain="time", service="set_value", service_data=HOT_AT)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for shown in SHOWN:
                await take_shown(browser, demo, shown)
            await take_all(browser, demo)
            await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
