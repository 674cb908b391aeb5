"""A PostgreSQL server of the tests' own: on loopback, in a folder of its own, gone with the tests."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from demo.ha.server import free_port

START_S = 20


class NoServerError(Exception):
    """There is no PostgreSQL server program on this machine."""


def programs() -> Path:
    """The folder of initdb, postgres and pg_isready: the PATH's, else Debian's newest. Raises NoServerError."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise NoServerError
    return versions[-1].parent


def _other_user() -> pwd.struct_passwd | None:
    """Who runs the server: it refuses root. None when we are someone else already."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    address: str
    """As a database address, without the database: postgresql://user:password@host:port"""

    @contextlib.contextmanager
    def database(self, name: str) -> Iterator[str]:
        """The address of a new, empty database, dropped again on the way out."""
        self._run(f'CREATE DATABASE "{name}" ENCODING "UTF8" TEMPLATE template0')
        try:
            yield f"{self.address}/{name}"
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        engine = create_engine(f"{self.address}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Make a cluster, start its server, stop it and remove the cluster. Raises NoServerError."""
    bin_folder, user = programs(), _other_user()
    # Not under pytest's own folder, which nobody but its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="merit-order-postgresql-"))
    try:
        password = secrets.token_hex(16)
        cluster = _Cluster(bin_folder, folder, user)
        cluster.make(password)
        port = free_port()
        with cluster.serving(port):
            yield Server(f"postgresql://recorder:{password}@127.0.0.1:{port}")
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class _Cluster:
    programs: Path
    folder: Path
    user: pwd.struct_passwd | None

    def make(self, password: str) -> None:
        """Raises RuntimeError with what initdb said when it fails."""
        (self.folder / "password").write_text(password)
        if self.user is not None:
            for path in (self.folder, self.folder / "password"):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        options = (
            "-U",
            "recorder",
            "-A",
            "scram-sha-256",
            "--pwfile",
            "password",
            "-E",
            "UTF8",
            "--locale=C",
        )
        if self._start("initdb", "-D", "data", *options, "--no-sync").wait(START_S):
            raise RuntimeError(f"initdb: {self._said()}")

    @contextlib.contextmanager
    def serving(self, port: int) -> Iterator[None]:
        """Our own child, so that nothing of it is left. Raises RuntimeError when it does not come up."""
        settings = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off")
        server = self._start(
            "postgres", "-D", "data", *(word for setting in settings for word in ("-c", setting))
        )
        try:
            deadline = time.monotonic() + START_S
            while self._start("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)).wait(START_S):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"postgres: {self._said()}")
                time.sleep(0.05)
            yield
        finally:
            server.send_signal(signal.SIGINT)  # ends without waiting for clients
            server.wait(START_S)

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "output").open("ab") as output:
            return subprocess.Popen(
                [str(self.programs / program), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=None if self.user is None else self.user.pw_uid,
                group=None if self.user is None else self.user.pw_gid,
                extra_groups=None if self.user is None else (),
            )

    def _said(self) -> str:
        return (self.folder / "output").read_text(errors="replace")[-2000:]
