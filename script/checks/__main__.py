"""Checks that manifest, strings, translations, icons, actions, triggers, conditions and quality scale fit Home
Assistant and each other: what hassfest does on GitHub, and more, without a network. Run as `python -m script.checks`.
"""

import sys
from pathlib import Path

from . import descriptions, manifest, quality_scale, source_keys, translations
from .component import DOMAIN, Component

CHECKS = (manifest, translations, descriptions, source_keys, quality_scale)


def main() -> int:
    """Prints each problem on a line of its own; 1 if there was one."""
    repository = Path(__file__).resolve().parents[2]
    component = Component(repository / "custom_components" / DOMAIN, repository)
    found = [problem for check in CHECKS for problem in check.problems(component)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
