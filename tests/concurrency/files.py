"""Files that are replaced, read, imported and backed up while others work."""

from __future__ import annotations

import hashlib
import shutil

from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.kpi.models import KpiImport, Measurement
from tests.backup.under_load import faults_of
from tests.concurrency.deciding import grant
from tests.concurrency.place import Place, scenario, statuses
from tests.concurrency.scoring import assessment_at
from tests.real.client import Answer, Client, all_at_once
from tests.real.instance import Instance

ANSWERS = "\n".join(["date,rating", *["05/01/2026,5"] * 30, *["20/01/2026,2"] * 10]).encode()


def text_of(place: Place, words: str) -> bytes:
    """A file that no other round has: nothing is kept twice."""
    return f"{words} {place.number()}\n".encode() * 4_000


def upload(place: Place, window: Client, content: bytes, name: str = "register.txt") -> Answer:
    return window.post(
        "/evidence/new", {"department": str(place.cast.licensing)}, {"files": (name, content)}
    )


@scenario("06 evidence replace and download")
def replace_and_download(place: Place) -> None:
    """Whoever downloads while a newer file comes in gets a whole file, the one they asked for."""
    contents = [text_of(place, "the first file"), text_of(place, "the second file")]
    owner = place.window(place.cast.contributor)
    stored = upload(place, owner, contents[0])
    assert stored.status == 303, stored.status
    path = stored.location
    readers = [place.window(place.cast.leader, n) for n in range(2)]
    writer = place.window(place.cast.contributor, 1)
    replaced, *read = all_at_once(
        [
            lambda: writer.post(f"{path}/versions", files={"files": ("new.txt", contents[1])}),
            lambda: readers[0].get(f"{path}/versions/1/file"),
            lambda: readers[1].get(f"{path}/versions/2/file"),
        ]
    )
    assert replaced.status == 303, replaced.status
    first, second = read
    assert (first.status, first.body) == (200, contents[0])
    assert second.status in (200, 404), second.status
    if second.status == 200:
        assert second.body == contents[1]
    again = readers[1].get(f"{path}/versions/2/file")
    assert (again.status, again.body) == (200, contents[1])


@scenario("15 import twice")
def import_twice(place: Place) -> None:
    """A file confirmed in two windows counts once."""
    windows = [place.window(place.cast.contributor, n) for n in range(2)]
    content = ANSWERS + f"\n21/01/2026,4,{place.number()}".encode()
    sent = windows[0].post(
        "/kpis/import",
        {"department": str(place.cast.licensing), "kpi": "csat"},
        {"file": ("answers.csv", content)},
    )
    assert sent.status == 303, (sent.status, sent.text[:500])
    shown = windows[0].get(sent.location)
    choices = {name: value for name, value in shown.form("Store").items() if name != "csrf_token"}
    answers = all_at_once(
        [lambda window=window: window.post(sent.location, choices) for window in windows]
    )
    # The other is told that the file waits no longer, and led to the beginning.
    assert statuses(answers) == [303, 303]
    led_to = {answer.location for answer in answers}
    assert led_to == {"/kpis/import", f"/kpis/{place.cast.licensing}/csat"}
    digest = hashlib.sha256(content).hexdigest()
    with place.instance.looking() as session:
        row = session.scalars(select(KpiImport).where(KpiImport.sha256 == digest)).one()
        measured = session.scalars(select(Measurement).where(Measurement.import_id == row.id)).all()
        counting = session.scalars(
            select(Measurement).where(
                Measurement.department_id == place.cast.licensing,
                Measurement.kpi == "csat",
                Measurement.replaced_at.is_(None),
            )
        ).all()
    assert len(measured) == len(counting) == 1
    assert counting[0].import_id == row.id


@scenario("18 backup during all of it")
def backup_meanwhile(place: Place) -> None:
    """A backup made while people upload, save and decide holds all that was acknowledged."""
    cast, number = place.cast, place.number()
    acknowledged = []
    for _ in range(2):
        content = text_of(place, "before the backup")
        assert upload(place, place.window(cast.contributor), content).status == 303
        acknowledged.append(f"file {hashlib.sha256(content).hexdigest()}")
    assessment = assessment_at(place, Stage.DECISION)
    form = grant(place, assessment)
    decider, uploader = place.window(cast.decision_maker), place.window(cast.contributor, 1)
    folder = place.instance.folder / f"backup-{number}"

    def make() -> Answer:
        made = place.instance.command("backup", str(folder))
        assert made.returncode == 0, made.stderr
        return Answer(200, {}, made.stdout.encode(), 0.0, 0.0)

    def store_several() -> Answer:
        answers = [upload(place, uploader, text_of(place, "meanwhile")) for _ in range(6)]
        assert statuses(answers) == [303] * 6
        return answers[-1]

    answers = all_at_once(
        [
            make,
            store_several,
            lambda: decider.post(f"/assessments/{assessment}/decision", form),
        ]
    )
    assert statuses(answers) == [200, 303, 303]
    back = Instance(place.instance.folder / f"restored-{number}")
    faults = faults_of(folder, back.settings, acknowledged)
    shutil.rmtree(folder)
    shutil.rmtree(back.folder)
    assert faults == []
