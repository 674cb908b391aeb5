"""What holds for the repository as a whole: arrows, sizes, locks, and nothing of the place it was written in."""

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import homeassistant
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "merit_order"
ENGINE = COMPONENT / "engine"
RACKS = ("devices", "tariffs", "forecasts", "assets")

# Joined here, so that this file does not hold what it looks for.
INDEX_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("deb", "debian", "org"), ("security", "debian", "org"), ("proxy", "golang", "org"),
    )
]  # fmt: skip
WORKPLACE = ["/work" + "/", "../" + "shared", "/opt/" + "pypi"]

FILE_LINES = 400  # the house measure is 300; past 400 there is a second reason to change inside
FUNCTION_LINES = 60


def committed() -> list[Path]:
    """Every file of the repository that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def sources(*suffixes: str) -> list[Path]:
    return [path for path in committed() if path.suffix in suffixes and "fixtures" not in path.parts]


def test_no_committed_file_names_a_package_index_or_the_workplace() -> None:
    found = []
    for path in committed():
        content = path.read_bytes()
        found += [
            f"{path.relative_to(ROOT)}: {word}"
            for word in (*INDEX_HOSTS, *WORKPLACE)
            if word.encode() in content
        ]
    assert not found, "\n" + "\n".join(found)


def test_custom_components_is_a_namespace() -> None:
    assert not (ROOT / "custom_components" / "__init__.py").exists()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each import of a file: (level of a relative one, 0 for absolute; dotted name)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, f"{node.module or ''}.{alias.name}".lstrip(".")) for alias in node.names)


def engine_files() -> list[Path]:
    return sorted(ENGINE.rglob("*.py"))


def test_the_engine_stands_alone() -> None:
    """It imports neither Home Assistant nor anything above its own folder, so that it runs as `engine` too."""
    assert engine_files()
    found = []
    for path in engine_files():
        depth = len(path.relative_to(ENGINE).parts)
        for level, name in imports(path):
            outside = name.split(".")[0] in (
                "homeassistant",
                "probatio",
                "voluptuous",
                "custom_components",
                "engine",
            )
            if level > depth or (level == 0 and outside):
                found.append(f"{path.relative_to(ROOT)}: {'.' * level}{name}")
    assert not found, "\n" + "\n".join(found)


def module_of(path: Path) -> tuple[str, ...]:
    """A file's module below the engine: `devices/huawei.py` is (devices, huawei), `devices/__init__.py` (devices,)."""
    parts = path.relative_to(ENGINE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def relative_targets(path: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports from within the engine, as modules below it."""
    package = path.relative_to(ENGINE).parent.parts
    for level, name in imports(path):
        if level:
            yield (*package[: len(package) - level + 1], *name.split("."))


def test_only_a_rack_names_its_plug_ins() -> None:
    """A plug-in is a module or package of a rack without a leading underscore.

    Besides the rack, its own files may name it: those inside its package, and `huawei` may name `huawei_registers`.
    """
    plug_ins = {
        (rack, path.stem)
        for rack in RACKS
        for path in (ENGINE / rack).iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or path.is_dir())
    }
    assert plug_ins

    def own(importer: tuple[str, ...], target: tuple[str, ...]) -> bool:
        same_rack = importer[0] == target[0]
        return same_rack and (len(importer) == 1 or f"{target[1]}_".startswith(f"{importer[1]}_"))

    found = [
        f"{path.relative_to(ROOT)}: {'.'.join(target)}"
        for path in engine_files()
        for target in relative_targets(path)
        if target[:2] in plug_ins and not own(module_of(path) or ("",), target)
    ]
    assert not found, "\n" + "\n".join(found)


def test_files_and_functions_have_a_human_size() -> None:
    found = []
    for path in sources(".py", ".ts"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if (lines := text.count("\n")) > FILE_LINES:
            found.append(f"{name}: {lines} lines")
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    found.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    assert not found, "\n" + "\n".join(found)


def test_silenced_checks_give_their_reason() -> None:
    """A silenced check says why on its own line: `# noqa: X - because`."""
    silencer = re.compile(
        r"#\s*(?:type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z0-9, ]+|pragma: no cover)(?P<reason>.*)$"
    )
    bare = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:))|pytest\.mark\.(?:skip|xfail)\b(?!.*reason)")
    found = []
    for path in sources(".py"):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = silencer.search(line)
            unexplained = match is not None and not re.search(r"\w{3}", match["reason"])
            if unexplained or bare.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not found, "\n" + "\n".join(found)


def locked(name: str) -> dict[str, str]:
    """Versions of a lock file by canonical name; asserts that each is pinned and hashed."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    pins: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        requirement = Requirement(line.split(" --hash")[0])
        assert "--hash=sha256:" in line, line
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", line
        if requirement.marker is None or requirement.marker.evaluate():
            pins[canonicalize_name(requirement.name)] = specifier.version
    return pins


@pytest.mark.parametrize("name", ["dev.txt", "bootstrap.txt"])
def test_locks_are_pinned_and_hashed(name: str) -> None:
    assert locked(name)


def test_the_lock_keeps_home_assistants_constraints() -> None:
    constraints = (Path(homeassistant.__file__).parent / "package_constraints.txt").read_text(
        encoding="utf-8"
    )
    pins = locked("dev.txt")
    checked = 0
    for line in constraints.splitlines():
        if not re.match(r"[A-Za-z]", line):
            continue
        requirement = Requirement(line)
        if version := pins.get(canonicalize_name(requirement.name)):
            assert requirement.specifier.contains(version, prereleases=True), line
            checked += 1
    assert checked > 50


def test_what_is_installed_is_what_is_locked() -> None:
    assert default_environment()["python_version"] == "3.14"
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}
    assert locked("dev.txt") == installed


def test_the_npm_lock_holds_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "cards" / "package-lock.json").read_text(encoding="utf-8")
