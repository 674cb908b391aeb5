"""The recorder on SQLite and on PostgreSQL: every test here runs on both.

PostgreSQL is no optional extra. script/setup installs Debian's package where it may (as root), and under continuous
integration (the variable CI, which .ci/run sets) or as root a missing server fails the tests. It is skipped, with a
line that says so, only for a person who runs the tests on a machine without the server and without the right to
install it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from pytest_socket import enable_socket

from tests.ha.homes import START

from .postgresql import NoServerError, Server, running

MISSING = "no PostgreSQL server: install Debian's `postgresql` (only its programs are used) and run again"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests."""
    enable_socket()  # to find a free port; the plugin forbids sockets again before the next test
    try:
        with running() as server:
            yield server
    except NoServerError:
        if os.environ.get("CI") or os.geteuid() == 0:
            pytest.fail(MISSING)
        pytest.skip(MISSING)


@pytest.fixture(params=["sqlite", "postgresql"])
def recorder_db_url(
    request: pytest.FixtureRequest,
    hass_fixture_setup: list[bool],
    tmp_path: Path,
) -> Iterator[str]:
    """A new database, by the name that Home Assistant's test fixtures look for."""
    assert not hass_fixture_setup
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home-assistant_v2.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database("recorder") as address:
        yield address


@pytest.fixture(autouse=True)
async def _home_assistant(
    recorder_mock: Recorder,
    enable_custom_integrations: None,
    hass_storage: dict[str, Any],
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The recorder comes first, as its fixture wants it."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(START)
