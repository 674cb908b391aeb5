"""In how many of twenty loads with an empty cache the cards are registered before Home Assistant gives up on them.

Home Assistant waits five seconds for a dashboard's strategy; the cards are loaded as a module beside its own.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from playwright.async_api import TimeoutError as TookTooLong

from demo.ha.__main__ import running_demo
from demo.ha.server import free_port
from script.pictures import ARGUMENTS, CHROMIUM

LOADS = 20
LONGEST_MS = 30_000


async def load(browser: Browser, address: str) -> float | None:
    """Seconds from the address to the first card, or None when an error stands in its place."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    begun = time.monotonic()
    await page.goto(f"{address}/merit-order/now")
    try:
        await page.locator("merit-order-now merit-order-summary").wait_for(timeout=LONGEST_MS)
    except TookTooLong:
        return None
    finally:
        await context.close()
    return time.monotonic() - begun


async def main() -> int:
    """Boot, load, count."""
    with tempfile.TemporaryDirectory(prefix="merit-order-loads-", ignore_cleanup_errors=True) as folder:
        async with running_demo(Path(folder), free_port()) as demo, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            times = [await load(browser, demo.address) for _ in range(LOADS)]
            await browser.close()
    good = sorted(seconds for seconds in times if seconds is not None)
    sys.stdout.write(f"{len(good)} of {LOADS} cold loads; the slowest took {good[-1]:.1f} s\n")
    return 0 if len(good) == LOADS else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
