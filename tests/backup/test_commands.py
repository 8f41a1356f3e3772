"""The commands as an administrator runs them: real processes in production mode."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.test_cli import ROOT, accredit, environment


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """A production instance with its first administrator, and its backup."""
    folder = tmp_path_factory.mktemp("commands")
    done = accredit(folder / "data", "init", "--admin", "amal@example.org")
    assert done.returncode == 0, done.stderr
    done = accredit(folder / "data", "backup", str(folder / "backup"))
    assert done.returncode == 0, done.stderr
    assert "trail to event" in done.stdout
    return folder


@pytest.mark.block("N", "restored by commands, and the trail holds")
def test_backup_restore_verify(instance, tmp_path):
    done = accredit(tmp_path / "data", "restore", str(instance / "backup"))
    assert done.returncode == 0, done.stderr
    assert "Ended: 0 sessions, 1 links; held back: 0 mails" in done.stdout
    done = accredit(tmp_path / "data", "audit", "verify")
    assert (done.returncode, "0 findings" in done.stdout) == (0, True), done.stdout


def test_a_backup_is_not_written_over(instance):
    done = accredit(instance / "data", "backup", str(instance / "backup"))
    assert (done.returncode, "there already" in done.stderr) == (1, True)


def test_without_a_database_there_is_nothing_to_keep(tmp_path):
    done = accredit(tmp_path / "data", "backup", str(tmp_path / "backup"))
    assert (done.returncode, "accredit init" in done.stderr) == (1, True)
    assert not (tmp_path / "backup").exists()


def test_an_instance_is_replaced_only_when_asked(instance, tmp_path):
    shutil.copytree(instance / "data", tmp_path / "data")
    done = accredit(tmp_path / "data", "restore", str(instance / "backup"))
    assert (done.returncode, "--replace" in done.stderr) == (1, True)
    done = accredit(tmp_path / "data", "restore", str(instance / "backup"), "--replace")
    assert (done.returncode, "replaced-" in done.stdout) == (0, True), done.stderr
    done = accredit(tmp_path / "data", "audit", "verify")
    assert done.returncode == 0, done.stdout


def test_on_half_a_restored_instance_nothing_runs_but_restoring_again(instance, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(instance / "data", data)
    (data / ".restoring").mkdir()
    for command in (("serve",), ("init",), ("audit", "verify"), ("backup", str(tmp_path / "b"))):
        done = accredit(data, *command)
        assert (done.returncode, "did not finish" in done.stderr) == (1, True), command
        assert "accredit restore DIR --replace" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "b").exists()
    for other in ("import wsgi", "from accredit.app import create_app; create_app()"):
        done = subprocess.run(
            [sys.executable, "-c", other],
            env=environment(data),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert "SetupError: A restoring did not finish" in done.stderr
    done = accredit(data, "restore", str(instance / "backup"))
    assert (done.returncode, "--replace" in done.stderr) == (1, True)
    done = accredit(data, "restore", str(instance / "backup"), "--replace")
    assert done.returncode == 0, done.stderr
    assert accredit(data, "audit", "verify").returncode == 0


@pytest.mark.block("N", "a flipped byte is refused by the command")
def test_damage_ends_with_status_1_and_names_the_file(instance, tmp_path):
    shutil.copytree(instance / "backup", tmp_path / "backup")
    content = bytearray((tmp_path / "backup" / "database.sqlite3").read_bytes())
    content[-1] ^= 1
    (tmp_path / "backup" / "database.sqlite3").write_bytes(content)
    done = accredit(tmp_path / "data", "restore", str(tmp_path / "backup"))
    assert (done.returncode, "database.sqlite3: altered" in done.stderr) == (1, True)


@pytest.mark.block("N", "moved by the command, and the trail holds")
def test_move_to_shows_the_hash_of_every_table_and_says_what_to_set(instance, tmp_path):
    shutil.copytree(instance / "data", tmp_path / "data")
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    done = accredit(tmp_path / "data", "move-to", url)
    assert done.returncode == 0, done.stderr
    assert "Equal in both: " in done.stdout
    assert f"Now set DATABASE_URL (or the file DATABASE_URL_FILE names) to {url}" in done.stdout
    assert accredit(tmp_path / "data", "audit", "verify", DATABASE_URL=url).returncode == 0
    again = accredit(tmp_path / "data", "move-to", url)
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_a_password_of_the_database_is_never_shown(instance, tmp_path):
    shutil.copytree(instance / "data", tmp_path / "data")
    url = "postgresql+psycopg://someone:s3cret-word@127.0.0.1:1/nothing"
    done = accredit(tmp_path / "data", "move-to", url)
    assert done.returncode == 1
    assert "s3cret-word" not in done.stdout + done.stderr
