"""A real pgBouncer in front of a test's PostgreSQL: Debian's, private, gone when the test ends."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import Server

SETTINGS = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 200
"""


class Pooler:
    """A running pgBouncer: its port, and databases as clients name them."""

    def __init__(self, port: int, server: Server) -> None:
        self.port, self._server = port, server

    def through(self, url: str) -> str:
        """The same place, by way of the pooler."""
        return url.replace(f":{self._server.port}/", f":{self.port}/")


@contextmanager
def running_pooler(server: Server, mode: str, *, size: int = 20) -> Iterator[Pooler]:
    """A pooler of that mode with so many connections for each user and database."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        reason = "pgBouncer is missing; install Debian's package pgbouncer"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="publisher-pgbouncer-") as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = SETTINGS.format(server=server.port, port=port, folder=folder, mode=mode, size=size)
        (folder / "pgbouncer.ini").write_text(settings)
        (folder / "users").write_text('"postgres" ""\n')
        command = ["setpriv", "--pdeathsig", "TERM"]
        if os.geteuid() == 0:  # pgBouncer does not run as root
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            command += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        process = subprocess.Popen(
            [*command, program, folder / "pgbouncer.ini"], stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        try:
            _wait_for(port, process)
            yield Pooler(port, server)
        finally:
            process.kill()
            process.wait(30)
            process.stderr.close()


def _wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    assert process.stderr is not None
    raise RuntimeError(f"pgBouncer did not start: {process.stderr.read()}")
