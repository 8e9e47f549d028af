"""A disk that turns read-only under a server: what would be written is refused, prices go on, and it comes back."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from approval_calls import Calls, quote
from quotewright_client import OverloadedError, QuotewrightClient
from quotewright_client.releases import connect

from engine.diagnostics import Findings
from engine.load.files import read_folder

ROOT = Path(__file__).parents[2]


class Disk:
    """A small ext4 file system of its own, which only processes that run `inside` see."""

    def __init__(self, folder):
        self.image, self.place = folder / "image", folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(64 * 1024 * 1024)
        self._run("mkfs.ext4", "-q", "-F", str(self.image))
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", 'echo "there"; read end']
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._holder.stdout.readline() != "there\n":
            pytest.skip("this machine lets nobody mount a file system apart from the others")
        self.inside = ("nsenter", "--mount", f"--target={self._holder.pid}")
        self.mount(self.image)

    def mount(self, image):
        self._run(*self.inside, "mount", "-o", "loop,errors=remount-ro", str(image), str(self.place))

    def fail(self):
        """Have the kernel find a mistake on the disk: it becomes read-only, whatever is open."""
        device = Path(self._run("losetup", "-j", str(self.image), "-n", "-O", "NAME").strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("a test")

    def replace(self):
        """Mount a repaired copy in its place, as who keeps the machine would."""
        copy = self.image.with_name("copy")
        shutil.copy(self.image, copy)
        subprocess.run(["e2fsck", "-fy", str(copy)], capture_output=True, check=False)  # 1 is: repaired
        self._run(*self.inside, "umount", "--lazy", str(self.place))
        self.mount(copy)

    def close(self):
        self._holder.communicate("end\n")

    def _run(self, *command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip(f"there is no command {command[0]}")
        if done.returncode:
            pytest.skip(f"this machine does not let a test mount a file system: {done.stderr.strip()}")
        return done.stdout


@pytest.fixture
def disk(tmp_path):
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    disk = Disk(tmp_path)
    yield disk
    disk.close()


def wait_until(what, seconds=20):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_disk_that_turns_read_only_and_comes_back(start, disk):
    database = disk.place / "kept.sqlite"
    server, address = start(
        "--database", str(database), "--record-decisions", "--address", "127.0.0.1:0", "--workers", "1",
        "--threads", "1", inside=disk.inside,
    )  # fmt: skip
    rules = {name: file.content for name, file in read_folder(ROOT / "rules/sample", Findings()).items()}
    call, releases, client = Calls(address), connect(address), QuotewrightClient(address)

    def submit(name):
        return call("SubmitQuote", patience=0, quote=quote(name), person="robin", idempotency_key=f"key of {name}")

    def stage():
        return releases.stage(rules, person="ann", reason="a test").release.id

    def prices(name):
        return client.price_quote(quote(name)).totals.net_total

    def recorded():
        return {item.quote_id for item in releases.decisions()}

    submit("Q-1")
    first, net_total = stage(), prices("P-1")
    assert first
    wait_until(lambda: "P-1" in recorded())
    disk.fail()

    for _ in range(3):
        with pytest.raises(grpc.RpcError) as caught:
            submit("Q-2")
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "nothing was changed" in caught.value.details()
        with pytest.raises(OverloadedError, match="nothing was changed"):
            stage()
        assert prices("P-2") == net_total
    assert call("GetApproval", quote_id="Q-1").approval.quote_id == "Q-1"
    os.kill(server.workers()[0], signal.SIGKILL)
    wait_until(lambda: len(server.workers()) == 2)
    assert prices("P-2") == net_total
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("now serving rulebook")
    until = time.monotonic() + 11  # what is done every few seconds is tried more than once
    while time.monotonic() < until:
        assert call("GetApproval", quote_id="Q-1").approval.quote_id == "Q-1"  # opened on the read-only disk
        assert prices("P-2") == net_total
        time.sleep(0.5)
    server.wait_for("decisions are not recorded")
    assert server.text.count("could not be noted in the database") <= 4  # told once a process or kind of error
    assert len(server.log) < 40, server.text
    assert "Traceback" not in server.text

    disk.replace()

    def works_again():
        try:
            return submit("Q-2")
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED  # noqa: PT017  # until each thread has opened it
            return False

    wait_until(works_again)

    def staged_again():
        try:
            return stage()
        except OverloadedError:
            return False

    wait_until(staged_again)

    def recorded_again():
        prices("P-3")
        return "P-3" in recorded()

    wait_until(recorded_again)
    assert [event.quote_id for event in call.events() if event.kind == "quote.submitted"] == ["Q-1", "Q-2"]
    assert len(list(releases.list())) == 2
    for open_one in (call, releases, client):
        open_one.close()
    server.stop()
    verify = (sys.executable, "-m", "engine.commands", "approvals", "verify", str(database))
    done = subprocess.run([*disk.inside, *verify], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in server.text


@pytest.mark.parametrize("left_open", [False, True])
def test_a_database_that_is_read_only_at_the_start(start, disk, tmp_path, left_open):
    database = disk.place / "kept.sqlite"
    server, _ = start("--database", str(database), "--address", "127.0.0.1:0", "--workers", "1", inside=disk.inside)
    if left_open:  # SQLite can open it then: the files that it keeps beside it are there
        server.process.kill()
        server.ended()
        wait_until(lambda: not server.workers())
    else:
        server.stop()
    disk.fail()
    server, _ = start(
        "--database", str(database), "--address", "127.0.0.1:0", "--workers", "1",
        inside=disk.inside, expect_serving=False,
    )  # fmt: skip
    assert server.ended() == 2
    told = "cannot be written: " if left_open else "cannot be used as a database: "
    assert f"not started: {database} {told}" in server.text
    assert "Traceback" not in server.text
