"""A real PostgreSQL server for tests: Debian's, private, in a folder of its own, gone when the tests end."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

BINARIES = Path("/usr/lib/postgresql")


def _binaries() -> Path | None:
    found = sorted(BINARIES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found and shutil.which("setpriv") else None


def _unprivileged() -> list[str]:
    """How a server is started: it ends with the thread that started it, and never runs as root."""
    command = ["setpriv", "--pdeathsig", "TERM"]
    if os.geteuid() == 0:
        command += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    return command


class Server:
    """A running server. ``admin`` is the URL of its superuser, ``binaries`` the folder of its programs."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._run = _unprivileged()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._cluster = folder / "data"
        subprocess.run(
            [
                *self._run, binaries / "initdb", "-D", self._cluster, "-U", "postgres", "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.binaries = binaries
        self._process = self._start()

    @property
    def admin(self) -> str:
        """The superuser's URL."""
        return self.url("postgres")

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def make_database(self, template: str = "template1") -> str:
        """A new database, a copy of ``template``; its name."""
        name = f"test_{secrets.token_hex(6)}"
        import psycopg  # every conftest imports this module; only tests with a database need the extra

        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
        return name

    def crash(self) -> None:
        """End every session without a word; the next start has to recover."""
        self.stop()

    def restart(self) -> None:
        """Come back after a crash."""
        self._process = self._start()

    def stop(self) -> None:
        """End at once."""
        self._process.send_signal(3)  # SIGQUIT: immediate shutdown
        self._ended()

    def _ended(self) -> None:
        self._process.wait(30)
        self._reader.join(30)
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _start(self) -> subprocess.Popen[str]:
        # what makes a disk slow is off: no test pulls the plug of the machine
        options = ["fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "max_connections=200"]
        options += [f"port={self.port}", f"unix_socket_directories={self.folder}", "shared_buffers=64MB"]
        process = subprocess.Popen(
            [*self._run, self.binaries / "postgres", "-D", self._cluster, *(f"--{item}" for item in options)],
            stderr=subprocess.PIPE, text=True, cwd=self.folder,
        )  # fmt: skip
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise RuntimeError(f"PostgreSQL did not start: {''.join(said)}")
        self._reader = threading.Thread(target=process.stderr.read, daemon=True)
        self._reader.start()
        return process


@contextmanager
def running_server() -> Iterator[Server]:
    """A server of one's own. Raises RuntimeError where PostgreSQL is not installed."""
    binaries = _binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL's server (Debian's package postgresql) and setpriv are needed")
    with tempfile.TemporaryDirectory(prefix="publisher-postgres-") as folder:
        server = Server(Path(folder), binaries)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a process."""
    if _binaries() is None:
        reason = "PostgreSQL's server is missing; install Debian's package postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running_server() as server:
        yield server


@pytest.fixture
def database(postgres: Server) -> str:
    """The URL of an empty database of this test's own, with its project."""
    return f"{postgres.url(postgres.make_database())}?project=demo"


class Cable:
    """A TCP connection to a server that can be cut: everything is forwarded until it is.

    ``cut_after`` cuts every connection right after the client has sent these bytes, before any answer to them comes.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.cut_after: bytes | None = None
        self.refusing = False
        self.on_cut: Callable[[], None] = lambda: None
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut every connection there is now."""
        for end in self._open:
            _close(end)
        self._open.clear()

    def close(self) -> None:
        """Take no connections any more."""
        self.refusing = True
        _close(self._server)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if self.refusing:
                _close(client)
                continue
            target = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, target]
            threading.Thread(target=self._forward, args=(client, target, True), daemon=True).start()
            threading.Thread(target=self._forward, args=(target, client, False), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        try:
            while block := source.recv(65_536):
                if up and self.cut_after is not None and self.cut_after in block:
                    self.cut_after = None
                    _close(source)  # first the way back, so that no answer comes
                    sink.sendall(block)
                    self.on_cut()
                    self.cut()
                    return
                sink.sendall(block)
        except OSError:
            pass
        finally:
            _close(source)
            _close(sink)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@pytest.fixture
def cable(postgres: Server) -> Iterator[Cable]:
    """A way to the server that can be cut."""
    made = Cable(postgres.port)
    yield made
    made.close()
