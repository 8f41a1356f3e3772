"""Block J: forty kinds of damage, each done to a copy of a lived database, each named.

Somebody holds the database and everything beside it, but not the key of the heads. The cases
are the same on SQLite and PostgreSQL; where only one can be damaged so, the reason is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from accredit.audit import FIRST_HASH, Subject, record
from accredit.audit.chain import event_hash
from accredit.audit.findings import Finding, Kind
from accredit.audit.heads import HeadFile
from accredit.audit.verifying import UnreadableError
from accredit.database import db
from accredit.identity.models import Person
from accredit.trail import checking
from tests.databases import IS_POSTGRESQL
from tests.people import START
from tests.raw import Raw, Refused
from tests.trail.lived import Copy, found, of, rehash, sign

Damage = Callable[[Raw], Any]


def damaged(copy: Copy, damage: Damage) -> Any:
    with copy.damaged() as connection:
        damage(connection)
    return copy.check()


def run(statement: str, *values: Any) -> Damage:
    def damage(connection: Raw) -> None:
        changed = connection.execute(statement, *values).rowcount
        assert changed != 0, "the damage did not happen"

    return damage


def event_of(connection: Raw, number: int) -> dict[str, Any]:
    (event,) = connection.rows("SELECT * FROM event WHERE id = ?", number)
    return event


@pytest.mark.block("J", "clean")
def test_a_clean_database_gives_no_alarm(copy):
    report = copy.check()
    assert report.findings == []
    assert report.notices == []
    assert report.events == report.last_event > 50
    assert report.rows > 80
    assert report.signed_to == report.last_event


EVENT_DAMAGES = [
    ("01 change", "UPDATE event SET details = '{}' WHERE id = 20", 20, Kind.ALTERED),
    ("02 delete", "DELETE FROM event WHERE id = 20", 20, Kind.MISSING),
    ("06 re-date", "UPDATE event SET at = '2026-01-06 08:00:00.000000' WHERE id = 20", 20,
     Kind.ALTERED),
    ("07 re-attribute", "UPDATE event SET person_id = coalesce(person_id, 0) + 1 WHERE id = 40", 40,
     Kind.ALTERED),
    ("23 NULL in a hash", "UPDATE event SET hash = NULL WHERE id = 20", 20, Kind.ALTERED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "number", "kind"),
    [
        pytest.param(*rest, id=case, marks=pytest.mark.block("J", case))
        for case, *rest in EVENT_DAMAGES
    ],
)
def test_an_event_that_is_not_what_it_was_is_named(copy, statement, number, kind):
    with copy.damaged() as connection:
        if "NULL" in statement:
            connection.loosen("event")
        run(statement)(connection)
    assert Finding("event", str(number), number, kind) in copy.check().findings


@pytest.mark.block("J", "03 insert")
def test_an_event_put_in_between_is_named(copy):
    def damage(connection):
        last = copy.last_event()
        for number in range(last, 20, -1):
            connection.execute("UPDATE event SET id = ? WHERE id = ?", number + 1, number)
        false = event_of(connection, 20)
        false |= {"id": 21, "previous_hash": false["hash"], "action": "robot.danced"}
        connection.insert("event", {**false, "hash": event_hash(false)})

    report = damaged(copy, damage)
    assert Finding("event", "22", 22, Kind.REORDERED) in report.findings


@pytest.mark.block("J", "04 swap two")
def test_two_events_that_changed_places_are_named(copy):
    def damage(connection):
        for old, new in ((20, -1), (21, 20), (-1, 21)):
            connection.execute("UPDATE event SET id = ? WHERE id = ?", new, old)

    findings = damaged(copy, damage).findings
    for number in (20, 21):
        assert Finding("event", str(number), number, Kind.REORDERED) in findings
        assert Finding("event", str(number), number, Kind.ALTERED) in findings


@pytest.mark.block("J", "05 duplicate")
def test_an_event_that_is_there_twice_is_named(copy):
    def damage(connection):
        again = event_of(connection, 20)
        last = copy.last_event()
        connection.loosen("event")
        connection.insert("event", {**again, "id": last + 1})

    report = damaged(copy, damage)
    number = report.last_event
    assert Finding("event", str(number), number, Kind.REORDERED) in report.findings
    assert Finding("event", str(number), number, Kind.ALTERED) in report.findings


@pytest.mark.block("J", "24 two events with one number")
def test_two_events_with_one_number_are_named(copy):
    def damage(connection):
        again = event_of(connection, 20)
        connection.loosen("event")
        connection.insert("event", again)

    kinds = {(item.key, item.kind) for item in of(damaged(copy, damage), "event")}
    assert ("20", Kind.ADDED) in kinds


@pytest.mark.block("J", "25 gap in numbers")
def test_a_gap_in_the_numbers_is_named_even_if_the_hashes_fit(copy):
    def damage(connection):
        connection.execute("DELETE FROM event WHERE id IN (20, 21)")
        rehash(connection)

    report = damaged(copy, damage)
    assert Finding("event", "20", 20, Kind.MISSING) in report.findings
    assert Finding("event", "21", 21, Kind.MISSING) in report.findings


@pytest.mark.block("J", "08 cut the tail")
def test_a_tail_that_was_cut_off_is_named(copy):
    last = copy.last_event()
    report = damaged(copy, run("DELETE FROM event WHERE id > ?", last - 3))
    cut = [item for item in report.findings if item.kind is Kind.CUT]
    assert last in {item.event for item in cut}
    assert {item.note.rpartition(" ")[2] for item in cut} == {str(last - 3)}


@pytest.mark.block("J", "09 re-hash everything from row k")
def test_a_chain_that_was_written_anew_is_named(copy):
    def damage(connection):
        connection.execute("UPDATE event SET details = '{}' WHERE id = 20")
        rehash(connection, 20)

    report = damaged(copy, damage)
    assert {item.kind for item in of(report, "event")} == {Kind.REHASHED}
    assert copy.last_event() in {item.event for item in report.findings}


@pytest.mark.block("J", "10 restore yesterday's database")
def test_yesterdays_database_in_the_place_of_todays_is_named(copy):
    copy.set_by("yesterday")
    add_events(copy, 3)
    sign(copy)
    assert copy.check().holds
    copy.bring_back("yesterday")
    report = copy.check()
    assert {item.kind for item in report.findings} == {Kind.CUT}


def add_events(copy: Copy, count: int, *, at: str = "2026-05-02 09:00:00.000000") -> None:
    """Events as the product writes them, by nobody in particular."""
    with copy.damaged() as connection:
        previous = event_of(connection, copy.last_event())
        for _ in range(count):
            row = {
                **previous, "id": previous["id"] + 1, "previous_hash": previous["hash"],
                "action": "robot.danced", "changes": "[]", "at": at,
            }  # fmt: skip
            row["hash"] = event_hash(row)
            connection.insert("event", row)
            previous = row


ROW_DAMAGES = [
    ("11 a score without an event", "score", "level = 'exceptional'"),
    ("12 a weight without an event", "assessment", "weights = '{\"1.1\": 9}'"),
    ("13 a decision without an event", "decision", "award = 'distinction'"),
    ("14 an assessor without an event", "assignment", "person_id = 1"),
    ("15 an evidence hash without an event", "evidence_version", f"sha256 = '{'a' * 64}'"),
    ("16 a certificate's status without an event", "certificate", "state = 'withdrawn'"),
    ("17 a survey answer without an event", "measurement", "value = 99.5"),
    ("31 rubric text edited in place", "standard_version",
     "content = replace(content, 'service', 'Service')"),
    ("33 a used link opens again", "sign_in_link", "used_at = NULL, expires_at = '2099-01-01'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "change"),
    [
        pytest.param(*rest, id=case, marks=pytest.mark.block("J", case))
        for case, *rest in ROW_DAMAGES
    ],
)
def test_a_row_changed_without_an_event_is_named_with_the_event_that_knew_it(copy, table, change):
    key, event = last_change(copy, table)
    report = damaged(copy, run(f"UPDATE {table} SET {change} WHERE id = ?", int(key)))
    assert [item for item in report.findings if item.table == table] == [
        Finding(table, key, event, Kind.ALTERED)
    ]


def last_change(copy: Copy, table: str) -> tuple[str, int]:
    """A row of the table and the last event that changed it."""
    with copy.opened() as connection:
        told: dict[str, int] = {}
        for number, text in connection.execute("SELECT id, changes FROM event ORDER BY id"):
            told |= {key: number for name, key, _, _ in json.loads(text) if name == table}
    return next(iter(told.items()))


def test_a_row_that_was_altered_and_then_saved_by_the_product_stays_named(
    app, cast, arrange, world
):
    """Overwriting the damage does not hide that there was some."""
    with closing(Raw(world.settings.database_url)) as raw:
        raw.execute("UPDATE person SET language = 'ar' WHERE id = ?", cast.leader.id)
    with arrange() as session:
        session.get(Person, cast.leader.id).language = "en"
        record(session, "robot.danced", Subject("robot", "1"), by=None, at=START)
    with app.app_context():
        report = checking.check_all(db.engine, world.settings)
    assert [(item.table, item.key, item.kind) for item in report.findings] == [
        ("person", str(cast.leader.id), Kind.OVERWRITTEN)
    ]


@pytest.mark.block("J", "30 role table edited to give admin")
def test_a_role_given_behind_the_programs_back_is_named(copy):
    def damage(connection):
        connection.execute(
            "INSERT INTO role_assignment (person_id, role, granted_at) "
            "VALUES (13, 'administrator', '2026-01-05 08:00:00.000000')"
        )

    (finding,) = of(damaged(copy, damage), "role_assignment")
    assert (finding.kind, finding.event) == (Kind.ADDED, None)


def test_a_row_that_was_removed_is_named(copy):
    key, event = last_change(copy, "measurement")
    report = damaged(copy, run("DELETE FROM measurement WHERE id = ?", int(key)))
    assert Finding("measurement", key, event, Kind.MISSING) in report.findings


def stored_file(copy: Copy, table: str) -> Path:
    with copy.opened() as connection:
        (sha256,) = connection.execute(f"SELECT sha256 FROM {table} LIMIT 1").fetchone()
    return copy.settings.evidence_dir / sha256[:2] / sha256[2:]


@pytest.mark.block("J", "18 another file of the same size")
def test_a_file_replaced_by_another_of_the_same_size_is_named(copy):
    path = stored_file(copy, "evidence_version")
    path.write_bytes(bytes(len(path.read_bytes())))
    (finding,) = copy.check().findings
    assert (finding.table, finding.kind) == ("file", Kind.ALTERED)
    assert finding.note.startswith("of evidence_version ")


@pytest.mark.block("J", "19 a file is removed")
def test_a_file_that_is_gone_is_named(copy):
    stored_file(copy, "evidence_version").unlink()
    (finding,) = copy.check().findings
    assert (finding.table, finding.kind) == ("file", Kind.MISSING)


@pytest.mark.block("J", "20 a file is added")
def test_a_file_that_no_row_names_is_named(copy):
    path = copy.settings.evidence_dir / "ab" / ("c" * 62)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"planted")
    old = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    os.utime(path, (old, old))
    assert copy.check().findings == [Finding("file", f"ab/{'c' * 62}", None, Kind.ADDED)]


@pytest.mark.block("J", "32 a PDF on disk edited")
def test_a_certificate_whose_file_was_edited_is_named(copy):
    path = stored_file(copy, "certificate_document")
    content = path.read_bytes()
    path.write_bytes(content[:-10] + b"x" + content[-9:])
    (finding,) = copy.check().findings
    assert (finding.table, finding.kind) == ("file", Kind.ALTERED)
    assert finding.note.startswith("of certificate_document ")


@pytest.mark.block("J", "21 edit a head")
def test_an_edited_head_is_named(copy):
    path = copy.heads.path
    lines = path.read_text().splitlines()
    head = json.loads(lines[-1])
    path.write_text("\n".join([*lines[:-1], json.dumps({**head, "event": 7})]) + "\n")
    report = copy.check()
    assert Finding("head", str(len(lines)), 7, Kind.ALTERED) in report.findings


def test_a_line_taken_out_of_the_heads_is_named(copy):
    sign(copy)
    path = copy.heads.path
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:-2], lines[-1]]) + "\n")
    assert [item.kind for item in copy.check().findings] == [Kind.MISSING]


def test_heads_that_are_gone_altogether_are_named(copy):
    copy.heads.path.unlink()
    assert copy.check().findings == [Finding("head", "-", None, Kind.NO_HEADS)]


@pytest.mark.block("J", "22 a head signed with a foreign key")
def test_a_head_signed_with_another_key_is_named(copy):
    last = copy.last_event()

    def damage(connection):
        connection.execute("UPDATE event SET details = '{}' WHERE id = 20")
        rehash(connection, 20)

    with copy.damaged() as connection:
        damage(connection)
        (digest,) = connection.execute("SELECT hash FROM event WHERE id = ?", last).fetchone()
    copy.heads.path.unlink()
    HeadFile(copy.heads.path, b"another key, of somebody else").append(
        last, digest, at=datetime.now(UTC)
    )
    assert found(copy.check()) == {("head", Kind.FOREIGN_KEY)}


@pytest.mark.block("J", "26 clock going back")
@pytest.mark.block("M", "12 clock going back")
def test_a_clock_that_went_back_is_named_until_somebody_explains_it(copy):
    add_events(copy, 1, at="2026-03-01 09:00:00.000000")
    last = copy.last_event()
    report = copy.check()
    assert [(item.event, item.kind) for item in report.findings] == [(last, Kind.CLOCK)]
    with copy.damaged() as connection:
        previous = event_of(connection, last)
        row = {
            **previous, "id": last + 1, "previous_hash": previous["hash"],
            "action": "trail.explained", "subject_type": "event", "subject_id": str(last),
        }  # fmt: skip
        connection.insert("event", {**row, "hash": event_hash(row)})
    report = copy.check()
    assert report.holds
    assert [(item.event, item.kind) for item in report.notices] == [(last, Kind.CLOCK)]


@pytest.mark.block("J", "27 SQL trigger disabled")
def test_a_trigger_that_is_missing_or_does_nothing_is_named(copy):
    with copy.damaged(guarded=True) as connection:
        if connection.is_postgresql:
            connection.execute("DROP TRIGGER keep_decision_update ON decision")
            connection.execute(
                "CREATE OR REPLACE FUNCTION keep_event_delete() RETURNS trigger "
                "LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"
            )
        else:
            connection.execute("DROP TRIGGER keep_decision_update")
            connection.execute("DROP TRIGGER keep_event_delete")
            connection.execute(
                "CREATE TRIGGER keep_event_delete BEFORE DELETE ON event BEGIN SELECT 1; END"
            )
    assert set(copy.check().findings) == {
        Finding("decision", "keep_decision_update", None, Kind.TRIGGER_MISSING),
        Finding("event", "keep_event_delete", None, Kind.TRIGGER_MISSING),
    }


@pytest.mark.block("J", "27b a trigger of somebody else")
@pytest.mark.parametrize("table", ["score", "event"])
def test_a_trigger_that_somebody_added_is_named(copy, table):
    with copy.damaged(guarded=True) as connection:
        if connection.is_postgresql:
            connection.execute(
                "CREATE FUNCTION kinder() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'"
            )
            connection.execute(
                f"CREATE TRIGGER kinder BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION kinder()"
            )
        else:
            connection.execute(f"CREATE TRIGGER kinder AFTER INSERT ON {table} BEGIN SELECT 1; END")
    assert copy.check().findings == [Finding(table, "kinder", None, Kind.TRIGGER_ADDED)]


@pytest.mark.block("J", "28 event table emptied")
def test_an_emptied_trail_is_named(copy):
    report = damaged(copy, run("DELETE FROM event"))
    assert ("event", Kind.CUT) in found(report)
    assert ("score", Kind.ADDED) in found(report)


@pytest.mark.block("J", "29 copy of another instance's chain")
def test_a_chain_of_another_installation_is_named(copy):
    def damage(connection):
        connection.execute("UPDATE event SET salt = 'of another installation'")
        rehash(connection)

    assert found(damaged(copy, damage)) == {("event", Kind.REHASHED)}


@pytest.mark.block("J", "34 time zone changed")
def test_another_time_zone_gives_no_alarm_and_shifted_times_do(copy):
    script = (
        "import sys; from pathlib import Path; from tests.trail.lived import Copy;"
        "report = Copy(Path(sys.argv[1]), sys.argv[2]).check(); print(report.findings);"
        "sys.exit(not report.holds)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, str(copy.folder), copy.database_url],
        env={**os.environ, "TZ": "Pacific/Auckland", "ACCREDIT_TIME_ZONE": "Asia/Riyadh"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    key, event = last_change(copy, "score")
    later = (
        "scored_at + interval '3 hours'"
        if IS_POSTGRESQL
        else "strftime('%Y-%m-%d %H:%M:%f000', scored_at, '+3 hours')"
    )
    report = damaged(copy, run(f"UPDATE score SET scored_at = {later} WHERE id = ?", int(key)))
    assert report.findings == [Finding("score", key, event, Kind.ALTERED)]


@pytest.mark.block("J", "35 schema column added")
def test_a_column_that_was_added_is_named_and_nothing_else(copy):
    report = damaged(copy, run("ALTER TABLE person ADD COLUMN is_superuser INTEGER DEFAULT 1"))
    assert report.findings == [Finding("person", "is_superuser", None, Kind.COLUMN_ADDED)]


@pytest.mark.block("J", "36 index dropped")
def test_an_index_that_is_missing_is_named(copy):
    report = damaged(copy, run("DROP INDEX uq_score_individual"))
    assert report.findings == [Finding("score", "uq_score_individual", None, Kind.INDEX_MISSING)]


@pytest.mark.block("J", "36b index that lets in twice what there is once")
@pytest.mark.parametrize(
    "created",
    [
        "INDEX uq_score_individual ON score (assessment_id, element_code, person_id) "
        "WHERE stage = 'individual'",
        "UNIQUE INDEX uq_score_individual ON score (assessment_id, element_code, person_id) "
        "WHERE stage = 'nobody'",
        "UNIQUE INDEX uq_score_individual ON score (assessment_id, element_code, person_id, id) "
        "WHERE stage = 'individual'",
    ],
    ids=["no longer unique", "of other rows", "of more columns"],
)
def test_an_index_that_holds_something_else_is_named(copy, created):
    def replace(connection):
        connection.execute("DROP INDEX uq_score_individual")
        connection.execute(f"CREATE {created}")

    report = damaged(copy, replace)
    assert report.findings == [Finding("score", "uq_score_individual", None, Kind.INDEX_CHANGED)]


@pytest.mark.block("J", "36c what kept one thing from being there twice")
def test_a_table_made_anew_without_its_constraints_is_named(copy):
    report = damaged(copy, lambda connection: connection.loosen("event"))
    assert Finding("event", "uq_event_hash", None, Kind.INDEX_MISSING) in report.findings


@pytest.mark.skipif(IS_POSTGRESQL, reason="there nobody writes an index past the server")
@pytest.mark.block("J", "36d rows hidden by an index")
def test_rows_that_an_index_leaves_out_are_named(copy):
    """Whoever asks by the index does not get them, and the table still holds every one."""
    name, says = "ix_score_assessment_id_stage", "score (assessment_id, stage)"

    def hide(connection):
        connection.execute(f"DROP INDEX {name}")
        connection.execute(f"CREATE INDEX {name} ON {says} WHERE id < 0")
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = ?",
            f"CREATE INDEX {name} ON {says}",
            name,
        )
        connection.execute("PRAGMA writable_schema = RESET")

    report = damaged(copy, hide)
    assert {item.kind for item in report.findings} == {Kind.DAMAGED}
    assert all(name in item.note for item in report.findings)


def test_a_database_of_another_release_is_named(copy):
    report = damaged(copy, run("UPDATE alembic_version SET version_num = '0002'"))
    assert [item.kind for item in report.findings] == [Kind.REVISION]


@pytest.mark.skipif(
    IS_POSTGRESQL,
    reason="the files of PostgreSQL are its server's; for a table it cannot read see test_commands",
)
@pytest.mark.block("J", "37 verify run with a damaged file")
@pytest.mark.block("M", "18 corrupt page")
@pytest.mark.parametrize("where", ["header", "middle"])
def test_a_damaged_file_is_said_to_be_one(copy, where):
    content = bytearray(copy.database.read_bytes())
    if where == "header":
        content[0:100] = bytes(100)
    else:
        for page in range(4096 * 8, len(content), 4096 * 3):
            content[page : page + 2000] = bytes([165]) * 2000
    copy.database.write_bytes(bytes(content))
    said = ""
    try:
        said = " ".join(item.kind for item in copy.check(files=False).findings)
    except UnreadableError as error:
        said = str(error)
    assert "damaged" in said or "malformed" in said or "not a database" in said


@pytest.mark.block("J", "38 verify during writes")
def test_no_alarm_while_others_write(app, world):
    engine = create_engine(world.settings.database_url)
    writer = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.trail.writer"),
            *(str(world.settings.data_dir), world.settings.database_url, "40"),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        reports = []
        while writer.poll() is None:
            reports.append(checking.check_all(engine, world.settings, files=False))
    finally:
        writer.wait(timeout=60)
        engine.dispose()
    assert writer.returncode == 0
    assert [report.findings for report in reports if not report.holds] == []
    assert len({report.events for report in reports}) > 2, "nothing was written meanwhile"


@pytest.mark.block("J", "40 verify after restore")
def test_no_alarm_after_a_copy_took_over_and_that_was_signed(copy):
    copy.set_by("backup")
    add_events(copy, 5)
    sign(copy)
    copy.bring_back("backup")
    assert found(copy.check()) == {("event", Kind.CUT)}
    engine = create_engine(copy.database_url)
    checking.sign_restored(engine, copy.settings)
    engine.dispose()
    assert copy.check().findings == []
    # What happens afterwards has numbers that were signed before for something else.
    add_events(copy, 8)
    sign(copy)
    assert copy.check().findings == []
    with copy.damaged() as connection:
        gone = connection.execute("DELETE FROM event WHERE id = ?", copy.last_event())
        assert gone.rowcount == 1
    assert found(copy.check()) == {("event", Kind.CUT)}


def test_an_event_somebody_wrote_down_must_still_be_the_same(copy):
    with copy.opened() as connection:
        (digest,) = connection.execute("SELECT hash FROM event WHERE id = 30").fetchone()
    assert copy.check(kept={30: digest}).holds
    report = copy.check(kept={30: FIRST_HASH})
    assert report.findings == [Finding("event", "30", 30, Kind.NOT_AS_KEPT)]


def test_a_cell_that_is_no_text_is_named_and_does_not_stop_the_check(copy):
    """SQLite takes bytes that are no text in a column of texts; PostgreSQL takes none."""
    key, event = last_change(copy, "person")
    no_text = "convert_from('\\xff00fe', 'UTF8')" if IS_POSTGRESQL else "CAST(x'ff00fe' AS TEXT)"
    change = run(f"UPDATE person SET name_en = {no_text} WHERE id = ?", int(key))
    if IS_POSTGRESQL:
        with pytest.raises(Refused, match="invalid byte sequence"):
            damaged(copy, change)
        assert copy.check().findings == []
    else:
        assert damaged(copy, change).findings == [Finding("person", key, event, Kind.ALTERED)]
