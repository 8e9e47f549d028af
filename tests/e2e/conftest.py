"""A real server process on a free port, and clients of it over real channels."""

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
from quotewright_client import QuotewrightClient

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests/cases/e2e"
SERVING = re.compile(r"serving on ([^\s\"]+)")


def children(pid: int) -> list[int]:
    """Process ids of the children that a process's main thread started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:  # it ended meanwhile
        return []


class ServerProcess:
    """server.py as a child process; its log is kept in `log`. `inside` is a command that runs it elsewhere."""

    def __init__(self, *arguments: str, inside: tuple[str, ...] = ()) -> None:
        command = [*inside, sys.executable, "-W", "error", str(ROOT / "server.py"), *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self.log.append(line)

    @property
    def text(self) -> str:
        return "".join(self.log)

    def wait_for(self, pattern: str, count: int = 1, seconds: float = 30) -> re.Match:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = list(re.finditer(pattern, self.text))
            if len(found) >= count:
                return found[count - 1]
            if self.process.poll() is not None:
                self._reader.join(5)
                break
            time.sleep(0.01)
        raise AssertionError(f"no {pattern!r} in the server's log:\n{self.text}")

    def ended(self, seconds: float = 30) -> int:
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def generations(self) -> list[int]:
        """Process ids of the generations, the oldest first."""
        return children(self.process.pid)

    def workers(self) -> list[int]:
        """Process ids of what the generations forked."""
        return [pid for generation in self.generations() for pid in children(generation)]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        self.process.stderr.close()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def start():
    """Starts server processes; gives the process and, where it serves, its address."""
    started = []

    def start(*arguments, expect_serving=True, inside=()):
        server = ServerProcess(*arguments, inside=inside)
        started.append(server)
        return server, (server.wait_for(SERVING.pattern)[1] if expect_serving else "")

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def served(start):
    """The server of most tests: nothing changes its files."""
    return start("--rules", str(FILES / "rules"), "--catalog", str(FILES / "catalog.yaml"), "--address", "127.0.0.1:0")


@pytest.fixture(scope="session")
def address(served):
    return served[1]


@pytest.fixture
def client(address):
    with QuotewrightClient(address) as client:
        yield client


@pytest.fixture
def channel(address):
    with grpc.insecure_channel(address) as channel:
        yield channel


@pytest.fixture
def own_files(tmp_path):
    """A copy of the rules and the catalogue that a test may break."""
    shutil.copytree(FILES / "rules", tmp_path / "rules")
    shutil.copy(FILES / "catalog.yaml", tmp_path / "catalog.yaml")
    return tmp_path
