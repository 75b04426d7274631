"""`importer doctor`: what would go wrong tonight, and nothing changed by asking."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from importer.cli.ops import doctor as doctor_module
from importer.cli.ops.findings_as_json import DOCTOR_SCHEMA
from importer.ops.doctor import rounds, timer_look
from importer.ops.doctor.finding import NAMES, Grade
from tests.canaries.canaries import KEY, canaries_in
from tests.canaries.scene import GOOD, CanaryScene
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, Stopped, person
from tests.cli.doctor_schema import doctor_schema
from tests.cli.screen.terminal import TerminalScreen
from tests.delivery.certificates import Authority
from tests.delivery.wire.servers import Conversation, Server, answering, http_reply
from tests.disks import make_read_only, small_disk
from tests.forking.process import Forked
from tests.journal.holding import holding
from tests.unchanged import unchanged

Sheet = Callable[..., Path]
Findings = dict[str, dict[str, Any]]
_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away what this machine says of proxies, and what begins runs on it; there is a key."""
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("IMPORTER_BACKOFF", "0.05")
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("systemctl", "crontab"):
        write_program(programs / name, "exit 1")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")


def write_program(path: Path, script: str) -> None:
    """Write a script of the shell that can be called."""
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def doctor(importer: Importer, api: Api) -> Callable[..., Findings]:
    """Return a function that asks for JSON, and returns what was found, by name; it holds the exit code to that."""

    def ask(*options: object) -> Findings:
        target = () if "--base-url" in options else ("--base-url", api.base_url)
        said = importer("doctor", "--json", *target, *options)
        found = said.json
        assert found["exit_code"] == said.code
        assert [one["name"] for one in found["findings"]] == [name.replace(" ", "_") for name in NAMES]
        assert said.code == any(one["grade"] == "wrong" for one in found["findings"])
        return {one["name"]: one for one in found["findings"]}

    return ask


def grades(findings: Findings, *names: str) -> list[str]:
    """Return the grades of some findings."""
    return [findings[name]["grade"] for name in names]


def test_a_machine_on_which_nothing_was_done_yet_is_fine(
    doctor: Callable[..., Findings], api: Api, tmp_path: Path
) -> None:
    """Nothing is made by looking, and the target is asked for no change."""
    with unchanged(tmp_path):
        found = doctor()
    assert {name: one["grade"] for name, one in found.items()} == dict.fromkeys(found, "fine")
    assert not (tmp_path / "state").exists()
    assert api.requests() == []


def test_a_machine_on_which_runs_were_done_is_fine_and_stays_as_it_is(
    doctor: Callable[..., Findings], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """No journal, no lock, no time of a file is another one after it."""
    run = importer("run", sheet(person(1), person(2)), *api.options, "--json").json["run_id"]
    sent = api.requests()
    with unchanged(tmp_path):
        found = doctor()
    assert {name: one["grade"] for name, one in found.items()} == dict.fromkeys(found, "fine")
    assert found["last_run"]["values"]["run_id"] == run
    assert found["digests"]["values"]["matches_newest_run"] is True
    assert found["journal"]["values"]["quick_check"] == "sound"
    assert found["target"]["values"]["http_status"] is not None
    assert api.requests() == sent


def test_a_person_sees_a_line_for_each_thing_and_a_sentence(importer: Importer, api: Api) -> None:
    """The sentence says whether a run would work."""
    said = importer("doctor", "--base-url", api.base_url)
    lines = said.out.splitlines()
    assert said.code == 0
    assert [line[9 : 9 + len(name)] for line, name in zip(lines, NAMES, strict=False)] == list(NAMES)
    assert {line.split()[0] for line in lines[: len(NAMES)]} == {"fine"}
    assert lines[len(NAMES) :] == ["", "Nothing is in the way of a run."]


def test_quietly_only_what_is_not_fine_is_said(
    importer: Importer, api: Api, sheet: Sheet, stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at all where all is well: cron sends no mail then."""
    said = importer("doctor", "--base-url", api.base_url, "-q")
    assert (said.code, said.out, said.err) == (0, "", "")
    run = stopped(sheet(person(1)))["run_id"]
    said = importer("doctor", "--base-url", api.base_url, "-q")
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("warning  unfinished")
    assert f"importer resume {run}" in said.out
    assert f"importer forget {run}" in said.out
    monkeypatch.delenv("IMPORTER_API_KEY")
    said = importer("doctor", "--base-url", api.base_url, "-qq")
    assert said.code == 1
    assert said.out.splitlines()[0] == "wrong    key          There is no API key"
    assert "unfinished" not in said.out
    said = importer("doctor", "--base-url", api.base_url)
    assert said.out.splitlines()[-1] == "A run would fail: 1 thing is wrong (key); 1 warning (unfinished)."


def test_the_settings_file_and_the_profile_are_named(doctor: Callable[..., Findings], api: Api, tmp_path: Path) -> None:
    """And where the key is from, and who may read it."""
    folder = tmp_path / "año nuevo"
    folder.mkdir(mode=0o700)
    (folder / "north.key").write_text("good-key")
    (folder / "north.key").chmod(0o644)
    file = folder / "importer.toml"
    file.write_text(f'base_url = "{api.base_url}"\n[profiles.north]\napi_key_file = "north.key"\nstate = "state"\n')
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMPORTER_CONFIG", str(file))
        patched.delenv("IMPORTER_API_KEY")
        patched.delenv("IMPORTER_STATE_DIR")
        found = doctor("--profile", "north", "--base-url", api.base_url)
    assert found["settings"]["found"].startswith(f"{file}, profile north")
    assert found["key"]["grade"] == "warning"
    assert found["key"]["values"] == {
        "setting": "api_key_file",
        "level": "profile",
        "place": f"{file}, line 3",
        "file": str(folder / "north.key"),
        "file_mode": "0644",
    }
    assert found["state"]["values"]["path"] == str(folder / "state")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('timeout = "soon"\n', "timeout", id="a value"),
        pytest.param("rate = \n", "TOML", id="no TOML"),
        pytest.param("speed = 1\n", "speed", id="a name"),
    ],
)
def test_settings_that_cannot_be_used_hide_nothing_else(
    text: str, words: str, doctor: Callable[..., Findings], api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever does not depend on them is looked at, with what the other settings say."""
    file = tmp_path / "importer.toml"
    file.write_text(text)
    monkeypatch.setenv("IMPORTER_CONFIG", str(file))
    monkeypatch.setenv("IMPORTER_BASE_URL", api.base_url)
    found = doctor("--base-url", api.base_url)
    assert (found["settings"]["grade"], words in found["settings"]["found"]) == ("wrong", True)
    assert found["key"]["grade"] == "warning"
    assert grades(found, "target", "clock", "state", "journal", "lock", "versions") == ["fine"] * 6
    assert found["state"]["values"]["path"] == str(tmp_path / "state")


def test_places_are_known_in_spite_of_another_fault(
    importer: Importer, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file itself says them, the profile first."""
    file = tmp_path / "importer.toml"
    file.write_text(f'timeout = -1\nstate = "other"\n[profiles.p]\nbase_url = "{api.base_url}/"\nstate = "sub/state"\n')
    monkeypatch.setenv("IMPORTER_CONFIG", str(file))
    monkeypatch.delenv("IMPORTER_STATE_DIR")
    found = {one["name"]: one for one in importer("doctor", "--profile", "p", "--json").json["findings"]}
    assert found["target"]["values"]["base_url"] == api.base_url
    assert found["state"]["values"]["path"] == str(tmp_path / "sub" / "state")
    monkeypatch.setenv("IMPORTER_BASE_URL", "ftp://nowhere")
    found = {one["name"]: one for one in importer("doctor", "--profile", "p", "--json").json["findings"]}
    assert grades(found, "settings", "target", "state") == ["wrong", "warning", "fine"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority of the tests' own."""
    found = Authority.made(tmp_path_factory.mktemp("authority"))
    if found is None:
        assert not os.environ.get("CI"), "openssl is missing"
        pytest.skip("there is no openssl command to make certificates with")
    return found


@pytest.mark.parametrize(
    ("left_days", "options", "expected"),
    [
        (90, (), "fine"),
        (20, (), "warning"),
        (20, ("--certificate-days", 10), "fine"),
        (2, (), "wrong"),
        (-1, (), "wrong"),
    ],
)
def test_a_certificate_that_runs_out_is_told(
    left_days: float,
    options: tuple[object, ...],
    expected: str,
    doctor: Callable[..., Findings],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Trusted by REQUESTS_CA_BUNDLE, as requests has it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with Server(answering(http_reply(404)), authority.context(begun_days=200, left_days=left_days)) as server:
        found = doctor("--base-url", server.url, *options)
    assert found["certificate"]["grade"] == expected
    assert found["target"]["grade"] == ("wrong" if left_days < 0 else "fine")
    assert found["clock"]["grade"] == "warning"  # this server says no time


def test_a_target_that_hangs_is_not_waited_for(
    doctor: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else is said in the meantime."""
    monkeypatch.setattr(doctor_module, "Rounds", partial(rounds.Rounds, network_s=0.3))
    with Server(lambda conversation: conversation.hold()) as server:
        found = doctor("--base-url", server.url)
    assert grades(found, "target", "clock", "state") == ["wrong", "warning", "fine"]
    assert "does not answer" in found["target"]["found"]


@pytest.mark.parametrize(
    ("statement", "grade"), [("PRAGMA user_version = 999", "wrong"), ("PRAGMA user_version = 20", "fine")]
)
def test_a_journal_of_another_version_is_told_and_left_alone(
    statement: str,
    grade: str,
    doctor: Callable[..., Findings],
    importer: Importer,
    api: Api,
    sheet: Sheet,
    tmp_path: Path,
) -> None:
    """A newer one ends a run; an older one is brought up to date by the next command, and not by this one."""
    importer("run", sheet(person(1)), *api.options)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite")) as connection:
        connection.execute(statement)
    with unchanged(tmp_path):
        found = doctor()
    assert found["journal"]["grade"] == grade
    assert grades(found, "unfinished", "last_run") == ["warning", "warning"]


def test_a_damaged_journal_hides_nothing_else(
    doctor: Callable[..., Findings], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """And nothing that stands in it is shown."""
    importer("run", sheet(person(1)), *api.options)
    path = tmp_path / "state" / "journal.sqlite"
    path.write_bytes(b"Quetzalcoatlina" * 4000)
    with unchanged(tmp_path):
        found = doctor()
    assert found["journal"]["grade"] == "wrong"
    assert grades(found, "settings", "key", "target", "state", "commit", "lock", "versions") == ["fine"] * 7
    assert canaries_in(json.dumps(found)) == set()


def test_a_key_of_the_digests_that_is_another_one_is_told(
    doctor: Callable[..., Findings], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Nothing could be compared with what was confirmed."""
    importer("run", sheet(person(1)), *api.options)
    key = tmp_path / "state" / "digests.key"
    key.write_bytes(os.urandom(32))
    assert doctor()["digests"]["grade"] == "warning"
    key.write_bytes(b"short")
    assert doctor()["digests"]["grade"] == "wrong"
    key.unlink()
    found = doctor()
    assert (found["digests"]["grade"], key.exists()) == ("warning", False)


@contextmanager
def sending(source: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a run that waits for its answer, and where it is sending to."""
    asked, over = threading.Event(), threading.Event()

    def talk(conversation: Conversation) -> None:
        request = conversation.request()
        if request is not None and request.line.startswith("PUT"):
            asked.set()
            over.wait(60)
        conversation.send(http_reply(404, b"{}", f"Date: {formatdate(usegmt=True)}"))

    with Server(talk) as server:
        target = ("--base-url", server.url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)
        command = ["importer", "run", str(source), *target, "--yes", "-qq"]
        process = Forked[str](command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert asked.wait(60)
            yield process, server.url
        finally:
            process.kill()
            process.wait()
            over.set()


def test_beside_a_run_at_work_nothing_is_changed_and_who_it_is_is_told(
    doctor: Callable[..., Findings], sheet: Sheet, tmp_path: Path
) -> None:
    """While it sends, while it is stopped, and after it was killed."""
    with sending(sheet(person(1))) as (process, url):
        found = doctor("--base-url", url)
        assert {name: one["grade"] for name, one in found.items()} == dict.fromkeys(found, "fine")
        assert f"process {process.pid}, started" in found["lock"]["found"]
        assert found["lock"]["values"]["pid"] == process.pid
        assert "at work" in found["last_run"]["found"]
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        with unchanged(tmp_path):
            found = doctor("--base-url", url)
        assert grades(found, "lock", "journal", "unfinished") == ["wrong", "fine", "fine"]
        assert f"kill -CONT {process.pid}" in found["lock"]["to_do"]
        process.kill()
        process.wait()
        assert (tmp_path / "state" / "journal.sqlite-wal").exists()
        with unchanged(tmp_path):
            found = doctor("--base-url", url)
        assert grades(found, "lock", "journal", "unfinished") == ["fine", "fine", "warning"]
        assert found["unfinished"]["values"]["runs"] == [found["last_run"]["values"]["run_id"]]
        assert "cut off" in found["last_run"]["found"]


def test_a_process_that_was_stopped_in_the_middle_of_writing_is_named(
    doctor: Callable[..., Findings], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Tonight's run would wait for it in vain."""
    importer("run", sheet(person(1)), *api.options)
    with holding(tmp_path / "state") as process, unchanged(tmp_path):
        found = doctor()
    assert (found["lock"]["grade"], f"kill -CONT {process.pid}" in found["lock"]["to_do"]) == ("wrong", True)
    assert found["journal"]["grade"] == "fine"


@pytest.mark.parametrize("has_runs", [False, True])
def test_on_a_disk_that_is_read_only_that_is_said(
    *, has_runs: bool, doctor: Callable[..., Findings], importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """And all else that can be seen is said, too."""
    disk = tmp_path / "disk"
    with small_disk(disk):
        if has_runs:
            importer("run", sheet(person(1)), *api.options, "--state", disk / "state")
        make_read_only(disk)
        found = doctor("--state", disk / "state")
    assert grades(found, "state", "commit", "journal", "digests", "lock") == [
        "wrong",
        "warning",
        "fine",
        "fine",
        "fine",
    ]
    assert ("changes.csv" in found["last_run"]["found"]) is has_runs


def test_a_disk_that_is_full_is_said(doctor: Callable[..., Findings], tmp_path: Path) -> None:
    """With what is in its way, and what to do."""
    disk = tmp_path / "disk"
    with small_disk(disk, "64k"):
        (disk / "state").mkdir(mode=0o700)
        (disk / "fill").write_bytes(b"\0" * (64 << 10))
        found = doctor("--state", disk / "state")
    assert grades(found, "state", "commit") == ["wrong", "wrong"]
    assert "No space left" in found["commit"]["found"]


def test_a_timer_that_is_not_active_is_wrong(
    doctor: Callable[..., Findings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there, and will not begin."""
    shown = "Id=importer-north.timer\nActiveState=inactive\nUnit=importer-north.service\n"
    script = f"case $* in *--user*) exit 1;; *list-unit-files*) echo importer-north.timer;; *) printf '{shown}';; esac"
    write_program(tmp_path / "programs" / "systemctl", script)
    found = doctor()["schedule"]
    assert (found["grade"], found["values"]["timers"]) == ("wrong", ["importer-north.timer"])
    write_program(tmp_path / "programs" / "systemctl", "sleep 60")
    monkeypatch.setattr(timer_look, "_LONGEST_S", 0.1)
    assert doctor()["schedule"]["grade"] == "fine"


def test_a_line_of_cron_finds_no_variable_of_this_shell(doctor: Callable[..., Findings], tmp_path: Path) -> None:
    """The key that is in one is named by its variable."""
    lines = "# importer schedule: north\n15 6 * * * /v/importer run x.csv --profile north --yes\n"
    write_program(tmp_path / "programs" / "crontab", f"printf '{lines}'")
    found = doctor()["schedule"]
    assert found["grade"] != "fine"
    assert found["values"]["timers"] == ["cron north"]
    assert "cron north, 15 6 * * *" in found["found"]


def test_an_examination_that_fails_says_where_with_v(
    importer: Importer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not with what words: they may hold anything."""

    def failing(*_: object, **__: object) -> object:
        raise RuntimeError(KEY, *GOOD)

    monkeypatch.setattr(rounds, "folder_seen", failing)
    said = importer("doctor", "--base-url", api.base_url, "-v", "--json")
    found = {one["name"]: one for one in said.json["findings"]}
    assert (said.code, grades(found, "state", "commit", "journal")) == (1, ["wrong", "wrong", "fine"])
    assert "RuntimeError at:" in said.err
    assert "in failing" in said.err
    assert canaries_in(said.out + said.err) == set()


@pytest.mark.proof
@pytest.mark.parametrize("manner", [(), ("-v",), ("--json",), ("-q",)], ids=" ".join)
def test_neither_the_key_nor_anybody_is_shown(manner: tuple[str, ...], tmp_path: Path) -> None:
    """On the screen and in the list of processes; of a journal with a run that was cut off, and a key in a file."""
    scene = CanaryScene(folder=tmp_path / "scene")
    with Server(answering(http_reply(401, b"{}"))) as server:
        scene.base_url = server.url
        scene.write(GOOD)
        assert scene.do(*scene.run).code == 4
        said = scene.do("doctor", "--base-url", server.url, *manner)
        assert said.code == 0
        assert b"unfinished" in said.printed
        assert (canaries_in(said.printed), canaries_in(said.seen)) == (set(), set())
        for content in (f"{KEY} {KEY}", f"IMPORTER_API_KEY={KEY}", KEY):
            key = tmp_path / "key.txt"
            key.write_text(content)
            said = scene.do("doctor", "--base-url", server.url, "--api-key-file", str(key), *manner)
            assert said.code == (0 if content == KEY else 1)
            assert canaries_in(said.printed) == set()
        assert not any(request.header("Authorization") for request in server.requests if "HEAD" in request.line)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_healthy_machine_fits_one_screen(
    columns: int, importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Of 24 lines on a wide terminal, and of 30 on a narrow one; no line is longer than the terminal."""
    importer("run", sheet(person(1)), *api.options)
    screen = TerminalScreen(
        ["doctor", "--base-url", api.base_url], columns=columns, folder=tmp_path, variables=dict(os.environ)
    )
    try:
        lines = screen.read_until(lambda _: False).splitlines()
    finally:
        assert screen.close() == 0
    assert len(lines) <= (30 if columns == 80 else 24)
    assert max(map(len, lines)) <= columns
    assert lines[-1] == "Nothing is in the way of a run."


def test_the_schema_is_valid_and_of_this_version() -> None:
    """And has each thing that is looked at."""
    schema = doctor_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema_version"] == {"const": DOCTOR_SCHEMA}
    finding = schema["$defs"]["finding"]["properties"]
    assert finding["name"]["enum"] == [name.replace(" ", "_") for name in NAMES]
    assert finding["grade"]["enum"] == list(Grade)
    assert set(schema["$defs"]) == {"finding", *finding["name"]["enum"]}
