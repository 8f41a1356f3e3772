"""Decisions and certificates: one for each, whoever presses what at the same moment."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from accredit.certificate.forms import REFUSE
from accredit.certificate.models import Certificate, Decision
from accredit.evidence.bucket import store_for
from tests.concurrency.place import Place, scenario, statuses, the_one
from tests.concurrency.scoring import assessment_at
from tests.real.client import Answer, all_at_once
from tests.real.work import REASON

AT_ONCE = 16


def version_of(place: Place, assessment: int) -> str:
    with place.instance.looking() as session:
        return str(session.get_one(Assessment, assessment).version)


def grant(place: Place, assessment: int) -> dict[str, str]:
    version = version_of(place, assessment)
    return {"award": "accredited", "reason": REASON, "sure": "y", "version": version}


def decisions(place: Place, assessment: int) -> list[tuple[str, str | None]]:
    """Kind of every decision over the assessment, with the number of its certificate."""
    with place.instance.looking() as session:
        rows = session.scalars(
            select(Decision).where(Decision.assessment_id == assessment).order_by(Decision.id)
        )
        return [(row.kind, row.certificate and row.certificate.number) for row in rows]


def ensure_whole(place: Place, number: str) -> None:
    """A certificate has its three PDFs, each as it was drawn."""
    store = store_for(place.instance.settings)
    with place.instance.looking() as session:
        found = session.scalars(select(Certificate).where(Certificate.number == number)).one()
        assert {item.language for item in found.documents} == {"en", "ar", "both"}
        for item in found.documents:
            with store.open_checked(item.sha256) as stored:
                assert stored.read(5) == b"%PDF-"


@scenario("08 decide and withdraw")
def suspend_and_withdraw(place: Place) -> None:
    """Two who decide change one certificate: one does, the other is shown what happened."""
    cast = place.cast
    assessment = assessment_at(place, Stage.DECISION)
    issued = place.window(cast.decision_maker).post(
        f"/assessments/{assessment}/decision", grant(place, assessment)
    )
    assert issued.status == 303, issued.status
    ((_, number),) = decisions(place, assessment)
    windows = place.window(cast.decision_maker), place.window(place.second_decider)
    # What they say is the same in both, so that the answer tells whose it was.
    sent = [(window, kind) for window, kind in zip(windows, ("suspend", "withdraw"), strict=True)]
    answers = all_at_once(
        [
            lambda window=window, kind=kind: window.post(
                f"/certificates/{number}/{kind}",
                {f"{kind}-reason": f"To {kind}: {REASON}", f"{kind}-version": "1"},
            )
            for window, kind in sent
        ]
    )
    the_one(answers, 303)
    refused = the_one(answers, 409)
    kinds = [kind for kind, _ in decisions(place, assessment)]
    won = next(
        kind for (_, kind), answer in zip(sent, answers, strict=True) if answer.status == 303
    )
    assert kinds == ["grant", won]
    assert f"To {won}: {REASON}" in refused.text, "the other's decision is not shown"
    with place.instance.looking() as session:
        row = session.scalars(select(Certificate).where(Certificate.number == number)).one()
        assert (row.state, row.version) == ({"suspend": "suspended"}.get(won, "withdrawn"), 2)


@scenario("09 two deciders")
def grant_and_refuse(place: Place) -> None:
    """Grant in one window and refuse in the other: one decision stands."""
    assessment = assessment_at(place, Stage.DECISION)
    form = grant(place, assessment)
    first, second = (place.window(place.cast.decision_maker, n) for n in range(2))
    path = f"/assessments/{assessment}/decision"
    granted, refused = all_at_once(
        [
            lambda: first.post(path, form),
            lambda: second.post(path, {**form, "award": REFUSE}),
        ]
    )
    assert statuses([granted, refused]) == [303, 409]
    ((kind, number),) = decisions(place, assessment)
    assert kind == ("grant" if granted.status == 303 else "refuse")
    assert (number is not None) == (granted.status == 303)
    if number:
        ensure_whole(place, number)


@scenario("10 issue twice")
def issue_twice(place: Place) -> None:
    """A double click issues one certificate."""
    assessment = assessment_at(place, Stage.DECISION)
    form = grant(place, assessment)
    windows = [place.window(place.cast.decision_maker, n) for n in range(4)]
    answers = all_at_once(
        [
            lambda window=window: window.post(f"/assessments/{assessment}/decision", form)
            for window in windows
        ]
    )
    the_one(answers, 303)
    assert statuses(answers)[1:] == [409] * 3
    ((_, number),) = decisions(place, assessment)
    assert number is not None
    ensure_whole(place, number)


@scenario("17 numbers by sixteen at once")
def sixteen_numbers(place: Place) -> None:
    """Sixteen decisions at the same moment: sixteen certificates, no number twice."""
    assessments = [assessment_at(place, Stage.DECISION) for _ in range(AT_ONCE)]
    forms = [grant(place, assessment) for assessment in assessments]
    # A person has at most ten sessions; connections may share one.
    windows = [place.window(place.cast.decision_maker, n % 8).another() for n in range(AT_ONCE)]
    answers: list[Answer] = all_at_once(
        [
            lambda n=n: windows[n].post(f"/assessments/{assessments[n]}/decision", forms[n])
            for n in range(AT_ONCE)
        ]
    )
    for window in windows:
        window.close()
    assert statuses(answers) == [303] * AT_ONCE
    numbers = [decisions(place, assessment)[0][1] for assessment in assessments]
    assert all(numbers)
    assert Counter(numbers).most_common(1)[0][1] == 1
    for number in numbers:
        ensure_whole(place, str(number))
