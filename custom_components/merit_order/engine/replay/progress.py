"""A progress bar on the terminal, and nowhere else."""

import sys
import time
from types import TracebackType
from typing import Self

WIDTH = 40


class Progress:
    """Counts ticks up to `total`; draws on stderr when that is a terminal and `quiet` is not asked for."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self.total = max(total, 1)
        self.done = 0
        self._shown = not quiet and sys.stderr.isatty()
        self._began = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")

    def tick(self) -> None:
        """One step is done."""
        self.done += 1
        if not self._shown or (now := time.monotonic()) - self._drawn < 0.2:
            return
        self._drawn = now
        full = WIDTH * self.done // self.total
        left = (now - self._began) / self.done * (self.total - self.done)
        sys.stderr.write(
            f"\r[{'#' * full}{'.' * (WIDTH - full)}] {self.done / self.total:4.0%} {left:4.0f} s left "
        )
        sys.stderr.flush()
