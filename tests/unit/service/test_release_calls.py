"""The calls about releases on a real database: what they refuse, what they repeat, what a full disk leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quotewright.v1 import rulebook_service_pb2 as pb
from quotewright_client import InvalidRequestError, NotFoundError, QuotewrightError
from quotewright_client.releases import ReleaseClient, ReleaseConflictError, refused

from engine.diagnostics import Findings
from engine.service.aside import Aside
from engine.service.errors import AnsweredError, BusyError, DeadlinePassedError
from engine.service.local_calls import RULEBOOK, LocalCalls
from engine.service.rulebook_files import check_files, in_a_folder, rule_files
from engine.store.schema import open_database
from engine.wire.violations import Violations

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests/cases/e2e"
RULES = rule_files(FILES / "rules", Findings())


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "kept.db")
    yield opened
    opened.close()


@pytest.fixture
def calls(database):
    return LocalCalls(database, FILES / "rules", FILES / "catalog.yaml", refused)


@pytest.fixture
def client(calls):
    return ReleaseClient(calls)


def changed(old: str = "percent_off: 10", new: str = "percent_off: 20") -> dict[str, bytes]:
    name = "pricing/discounts.yaml"
    return {**RULES, name: RULES[name].replace(old.encode(), new.encode())}


def staged(client, files=None, **more) -> int:
    return client.stage(files or RULES, person="ann", reason="why", **more).release.id


def test_a_rulebook_is_staged_with_the_versions_that_checking_names(client):
    checked = client.validate(RULES)
    reply = client.stage(RULES, person="ann", reason="why")
    assert checked.usable
    assert reply.validation == checked
    assert (reply.release.id, reply.release.state) == (1, pb.RELEASE_STATE_STAGED)
    assert reply.release.rulebook_version == checked.rulebook_version
    assert reply.release.catalogue_version == checked.catalogue_version
    shown = client.get(1, with_files=True)
    assert {file.name: file.content for file in shown.files} == RULES
    assert [finding.code for finding in shown.findings] == [finding.code for finding in checked.findings]


def test_a_mistake_is_told_with_its_place_and_nothing_is_stored(client, database):
    reply = client.stage(changed("customer.segment", "custmer.segment"), person="ann", reason="why")
    assert not reply.HasField("release")
    errors = [item for item in reply.validation.findings if item.severity == pb.FINDING_SEVERITY_ERROR]
    assert [(item.file, item.line) for item in errors] == [("pricing/discounts.yaml", 4)]
    assert "custmer" in errors[0].message
    for table in ("releases", "release_log", "contents", "rulebooks", "catalogues"):
        assert database.connection().execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_catalogue_that_cannot_be_used_refuses(database, tmp_path):
    (tmp_path / "catalog.yaml").write_text("products: [")
    client = ReleaseClient(LocalCalls(database, FILES / "rules", tmp_path / "catalog.yaml", refused))
    reply = client.stage(RULES, person="ann", reason="why")
    assert not reply.validation.usable
    assert reply.validation.findings[0].file.endswith("catalog.yaml")


NAMES = ["../x.yaml", "/x.yaml", "a/../../x.yaml", "a\\x.yaml", "C:x.yaml", "a//x.yaml", "./x.yaml", "x\0.yaml",
         "x.yaml/", "", "x" * 201 + ".yaml", "x.py", "rulebook", "a/" + "ü" * 130 + ".yaml", "x.yaml\n"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_safe_is_refused(client, name):
    with pytest.raises(InvalidRequestError) as refusal:
        client.validate({**RULES, name: b"x"})
    assert refusal.value.violations[0].field.startswith("files[")


@given(st.text(alphabet="./\\ab:\0~", max_size=12))
def test_no_name_that_is_taken_leads_out_of_the_folder(name):
    files = {name + ".yaml": b"x"}
    violations = Violations()
    check_files(files, violations)
    if not violations.found:
        with in_a_folder(files) as folder:
            [path] = [path for path in folder.rglob("*") if path.is_file()]
            assert path.relative_to(folder).as_posix() == name + ".yaml"


def test_a_file_that_is_the_folder_of_another_is_refused(client):
    with pytest.raises(InvalidRequestError, match="as its folder"):
        client.validate({**RULES, "pricing/discounts.yaml/more.yaml": b"x"})


@pytest.mark.parametrize("name", [".hidden.yaml", "quotes/q.yaml", "pricing/discounts.test.yaml"])
def test_a_file_that_would_not_be_read_is_told(client, name):
    reply = client.validate({**RULES, name: b"x"})
    assert [item.file for item in reply.findings if item.severity == pb.FINDING_SEVERITY_ERROR] == [name]


def test_too_much_is_refused():
    for files in ({}, {f"{number}.yaml": b"" for number in range(2001)}, {"a.yaml": bytes(61 * 1024 * 1024)}):
        violations = Violations()
        check_files(files, violations)
        assert [item.field for item in violations.found] == ["files"]


def test_the_same_name_twice_is_refused(calls):
    twice = pb.ValidateRulebookRequest(files=[pb.RulebookFile(name="rulebook.yaml")] * 2)
    with pytest.raises(InvalidRequestError, match="stands twice"):
        calls(RULEBOOK + "ValidateRulebook", twice.SerializeToString())


def test_who_is_slower_is_told_who_won(client):
    staged(client)
    staged(client, changed())
    client.activate(1, expected_active=0, person="ann", reason="go")
    with pytest.raises(ReleaseConflictError, match="ann activated it at") as refusal:
        client.activate(2, expected_active=0, person="bob", reason="go")
    assert (refusal.value.active.id, refusal.value.active.activated_by) == (1, "ann")
    assert client.state().active == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("reason", {"reason": "  "}),
        ("reason", {"reason": "x" * 2001}),
        ("person", {"person": ""}),
        ("idempotency_key", {"idempotency_key": "k" * 201}),
        ("activate_at", {"activate_at": "tomorrow"}),
        ("activate_at", {"activate_at": "2099-01-01"}),
        ("activate_at", {"activate_at": "2099-01-01T00:00"}),
        ("activate_at", {"activate_at": "0001-01-01T00:00+14:00"}),
    ],
)
def test_what_a_request_must_say(client, calls, field, said):
    staged(client)
    request = pb.ActivateReleaseRequest(**{"release": 1, "person": "ann", "reason": "x", **said})
    with pytest.raises(InvalidRequestError) as refusal:
        calls(RULEBOOK + "ActivateRelease", request.SerializeToString())
    assert [item.field for item in refusal.value.violations] == [field]
    assert client.state().active == 0


def test_a_repeated_call_happens_once(client, calls):
    staged(client)
    staged(client, changed())
    client.activate(1, expected_active=0, person="ann", reason="go")
    request = pb.ActivateReleaseRequest(release=2, expected_active=1, person="ann", reason="go", idempotency_key="k")
    first = calls(RULEBOOK + "ActivateRelease", request.SerializeToString())
    client.roll_back(expected_active=2, person="ann", reason="back")
    assert calls(RULEBOOK + "ActivateRelease", request.SerializeToString()) == first
    assert client.state().active == 1
    request.reason = "another"
    with pytest.raises(InvalidRequestError, match="belongs to another request"):
        calls(RULEBOOK + "ActivateRelease", request.SerializeToString())


def test_who_rolls_back_is_told_what_is_still_to_come(client):
    for files in (RULES, changed(), RULES):
        staged(client, files)
    client.activate(1, expected_active=0, person="ann", reason="go")
    client.activate(2, expected_active=1, person="ann", reason="go")
    soon = datetime.now(UTC) + timedelta(hours=1)
    client.activate(3, expected_active=2, person="ann", reason="later", at=soon)
    reply = client.roll_back(expected_active=2, person="ann", reason="back")
    assert (reply.release.id, [item.id for item in reply.scheduled]) == (1, [3])


def test_pages_of_releases(client):
    numbers = [staged(client) for _ in range(5)]
    assert [item.id for item in client.list(page_size=2)] == numbers[::-1]
    with pytest.raises(InvalidRequestError, match="page_token"):
        client._ask("quotewright.v1.RulebookService", "ListReleases", pb.ListReleasesRequest(page_token="x"),
                    pb.ListReleasesResponse)  # fmt: skip


def test_an_unknown_release(client):
    for number in (0, -1, 7, 2**63 - 1):
        with pytest.raises(NotFoundError):
            client.get(number)


def test_a_read_only_database_is_told_and_stays_as_it_is(client, database):
    staged(client)
    for act in (lambda: staged(client), lambda: client.activate(1, expected_active=0, person="ann", reason="go")):
        database.connection().execute("PRAGMA query_only = ON")  # until the file is opened anew
        with pytest.raises(QuotewrightError, match="nothing was changed: attempt to write a readonly database"):
            act()
    assert client.activate(1, expected_active=0, person="ann", reason="go").release.state == pb.RELEASE_STATE_ACTIVE


LIMITED = """
import resource, sys
from pathlib import Path
from quotewright_client.releases import ReleaseClient, refused
from engine.diagnostics import Findings
from engine.service.local_calls import LocalCalls
from engine.service.rulebook_files import rule_files
from engine.store.schema import open_database

path, rules, catalog, room = sys.argv[1:]
database = open_database(Path(path))
client = ReleaseClient(LocalCalls(database, Path(rules), Path(catalog), refused))
if room != "all":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
try:
    number = client.stage(rule_files(Path(rules), Findings()), person="ann", reason="why").release.id
    client.activate(number, expected_active=client.state().active, person="ann", reason="go")
    print("done")
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_changes_nothing(tmp_path, database):
    """At every size that files may have, either all happened or nothing did, and the next try succeeds."""
    shutil.copytree(FILES / "rules", tmp_path / "rules")

    def run(room: str) -> str:
        command = [sys.executable, "-c", LIMITED, str(database.path), str(tmp_path / "rules"),
                   str(FILES / "catalog.yaml"), room]  # fmt: skip
        environment = {"PYTHONPATH": f"{ROOT}:{ROOT}/proto:{ROOT}/client", "PATH": ""}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout

    assert run("all") == "done\n"
    refusals = 0
    for round_number, room in enumerate((20_000, 60_000, 110_000, 150_000, 200_000)):
        settings = tmp_path / "rules/rulebook.yaml"
        settings.write_text(settings.read_text() + f"# {round_number}\n")
        before = (count(database, "releases"), count(database, "release_log"), active(database))
        told = run(str(room))
        after = (count(database, "releases"), count(database, "release_log"), active(database))
        if told != "done\n":
            refusals += 1
            assert "nothing was changed" in told
            staged_only = (before[0] + 1, before[1] + 1, before[2])
            assert after in (before, staged_only)
        assert database.connection().execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert refusals >= 2
    assert run("all") == "done\n"


def count(database, table: str) -> int:
    return database.connection().execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def active(database) -> int:
    return database.connection().execute("SELECT id FROM releases WHERE state = 'active'").fetchone()[0]


def asked(files) -> bytes:
    return pb.ValidateRulebookRequest(
        files=[pb.RulebookFile(name=name, content=content) for name, content in files.items()]
    ).SerializeToString()


def test_a_process_aside_answers_and_refuses(tmp_path):
    aside = Aside(FILES / "catalog.yaml", FILES / "rules", None)
    assert pb.ValidateRulebookResponse.FromString(aside.answer("ValidateRulebook", asked(RULES))).usable
    with pytest.raises(AnsweredError, match="relative to the rulebook's folder"):
        aside.answer("ValidateRulebook", asked({"/etc/x.yaml": b""}))
    with pytest.raises(AnsweredError, match="without --database"):
        aside.answer("StageRulebook", b"")
    with pytest.raises(AnsweredError, match="no message of this method"):
        aside.answer("ValidateRulebook", b"\xff\xff")


def test_one_process_aside_at_a_time_and_not_for_ever(tmp_path):
    aside = Aside(FILES / "catalog.yaml", FILES / "rules", None)
    assert aside._slot.acquire()
    with pytest.raises(BusyError):
        aside.answer("ValidateRulebook", asked(RULES))
    aside._slot.release()
    os.mkfifo(tmp_path / "catalog.yaml")  # nobody writes: reading it never ends
    with pytest.raises(DeadlinePassedError, match="longer than 1 seconds, and nothing was stored"):
        Aside(tmp_path / "catalog.yaml", FILES / "rules", None, seconds=1).answer("ValidateRulebook", asked(RULES))
    assert pb.ValidateRulebookResponse.FromString(aside.answer("ValidateRulebook", asked(RULES))).usable
