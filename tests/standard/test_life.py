"""The life of a standard: draft, published for good, superseded; and no wrong one gets out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from accredit import setup
from accredit.audit import Event
from accredit.config import resource_dir
from accredit.setup import publish_shipped_standards
from accredit.standard import drafts, service
from accredit.standard.drafts import (
    ChangedMeanwhileError,
    DraftExistsError,
    OtherStandardError,
    SourceFile,
)
from accredit.standard.file.loader import load, shipped_files
from accredit.standard.models import StandardDraft
from accredit.standard.service import PublishedError, WrongExampleError
from accredit.starting import SetupError
from tests.assessments import publish_small
from tests.making_versions import REWEIGHTED, REWORDED, newer, text_of
from tests.people import START

LATER = START + timedelta(days=3)
RIGHT = """
tests:
  - id: all_good
    text: {en: "Everything is good.", ar: "كل شيء جيد."}
    scores: {all: good}
    expect: {award: accredited, totals: {total: 75}}
"""
WRONG = RIGHT.replace("total: 75", "total: 76")


def source(*changes, version="2.0", examples=""):
    text = text_of(*changes, version=version) + examples
    return SourceFile("small.yaml", text.encode(), _read(text))


def _read(text):
    loaded = load(text.encode(), file="small.yaml")
    assert not isinstance(loaded, list), [str(issue) for issue in loaded]
    return loaded


def upload(session, cast, *changes, **options):
    by = cast.programme_manager.id
    return drafts.upload(session, source(*changes, **options), by=by, at=LATER)


def publish(session, cast, draft, **changes):
    newest = service.find_newest(session, draft.standard_id)
    seen = {"sha256": draft.sha256, "compared_with": newest.id if newest else None, **changes}
    return drafts.publish_draft(session, draft, **seen, by=cast.programme_manager.id, at=LATER)


def actions(session):
    return [
        event.action
        for event in session.scalars(select(Event).order_by(Event.id))
        if event.action.startswith("standard.")
    ]


def test_an_upload_is_a_draft_and_publishes_nothing(arrange, cast):
    with arrange() as session:
        first = publish_small(session)
        draft = upload(session, cast, REWORDED)
        assert service.list_versions(session) == [first]
        assert draft.based_on_id == first.id
        assert drafts.read_draft(draft) == newer(REWORDED)
        assert draft.source.decode() == text_of(REWORDED)
    with arrange() as session:
        assert actions(session) == ["standard.published", "standard.uploaded"]


def test_a_published_draft_supersedes_the_version_before_and_is_gone(arrange, cast):
    with arrange() as session:
        first = publish_small(session)
        row = publish(session, cast, upload(session, cast, REWORDED))
        rows = service.list_versions(session)
        assert rows == [row, first]
        assert service.superseded_ids(rows) == {first.id}
        assert service.find_newest(session, first.standard_id) is row
        assert service.read_standard(row) == newer(REWORDED)
        assert session.scalars(select(StandardDraft)).all() == []
    with arrange() as session:
        row = service.find_newest(session, row.standard_id)
        event = session.scalar(select(Event).order_by(Event.id.desc()))
        assert event.action == "standard.published"
        assert json.loads(event.details)["sha256"] == row.sha256 == newer(REWORDED).sha256


def test_the_same_version_is_never_published_twice(arrange, cast):
    with arrange() as session:
        publish_small(session)
        with pytest.raises(PublishedError):
            service.publish(session, newer(REWORDED, version="1.0"), by=None, at=LATER)
        with pytest.raises(PublishedError):
            upload(session, cast, REWORDED, version="1.0")


def test_a_version_published_elsewhere_meanwhile_stops_the_draft(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast, REWORDED)
        service.publish(session, newer(REWEIGHTED), by=None, at=LATER)
        with pytest.raises(PublishedError):
            publish(session, cast, draft)


def publish_in_some_way(publisher, session, cast, draft):
    if publisher == "directly":
        return service.publish(session, drafts.read_draft(draft), by=None, at=LATER)
    return publish(session, cast, draft)


@pytest.mark.parametrize("publisher", ["directly", "as a draft"])
def test_a_standard_that_contradicts_its_own_example_is_not_published(arrange, cast, publisher):
    with arrange() as session:
        draft = upload(session, cast, examples=WRONG)
        with pytest.raises(WrongExampleError) as error:
            publish_in_some_way(publisher, session, cast, draft)
        assert [failure.example for failure in error.value.failures] == ["all_good"]
        assert "expected 76%, found 75%" in str(error.value)
        assert service.list_versions(session) == []


def test_a_standard_that_gives_what_its_example_says_is_published(arrange, cast):
    with arrange() as session:
        row = publish(session, cast, upload(session, cast, examples=RIGHT))
        assert service.read_standard(row).examples[0].id == "all_good"


def test_what_is_published_is_what_was_read(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast, REWORDED)
        read = draft.sha256
        drafts.replace(
            session,
            draft,
            source(REWEIGHTED),
            revision=draft.revision,
            by=cast.administrator.id,
            at=LATER,
        )
        with pytest.raises(ChangedMeanwhileError):
            publish(session, cast, draft, sha256=read)
        assert service.list_versions(session) == []


def test_a_difference_that_was_read_against_another_version_does_not_count(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast, REWORDED, version="3.0")
        service.publish(session, newer(REWEIGHTED), by=None, at=LATER)
        with pytest.raises(ChangedMeanwhileError):
            publish(session, cast, draft, compared_with=None)


def test_a_second_upload_of_a_version_does_not_lie_beside_the_first(arrange, cast):
    with arrange() as session:
        first = upload(session, cast, REWORDED)
        with pytest.raises(DraftExistsError) as error:
            upload(session, cast, REWEIGHTED)
        assert error.value.draft is first
        assert upload(session, cast, REWEIGHTED, version="2.1") is not first


def test_a_draft_is_replaced_only_by_who_saw_it_as_it_is(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast, REWORDED)
        before, seen = draft.sha256, draft.revision
        options = {"by": cast.administrator.id, "at": LATER}
        drafts.replace(session, draft, source(REWEIGHTED), revision=seen, **options)
        assert draft.revision == seen + 1
        assert drafts.read_draft(draft) == newer(REWEIGHTED)
        with pytest.raises(ChangedMeanwhileError):
            drafts.replace(session, draft, source(REWORDED), revision=seen, **options)
        after = draft.sha256
    with arrange() as session:
        event = session.scalar(select(Event).order_by(Event.id.desc()))
        assert json.loads(event.details)["sha256"] == [before, after]


def test_a_draft_is_not_replaced_by_another_standard(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast)
        other = source(("id: small-excellence", "id: another-standard"))
        with pytest.raises(OtherStandardError):
            drafts.replace(
                session,
                draft,
                other,
                revision=draft.revision,
                by=cast.administrator.id,
                at=LATER,
            )


def test_a_discarded_draft_leaves_its_trace_in_the_trail(arrange, cast):
    with arrange() as session:
        draft = upload(session, cast, REWORDED)
        with pytest.raises(ChangedMeanwhileError):
            drafts.discard(session, draft, revision=99, by=cast.administrator.id, at=LATER)
        drafts.discard(session, draft, revision=draft.revision, by=cast.administrator.id, at=LATER)
        assert session.scalars(select(StandardDraft)).all() == []
    with arrange() as session:
        assert actions(session) == ["standard.uploaded", "standard.discarded"]


def test_every_shipped_standard_is_published_once_by_the_set_up(arrange):
    files = shipped_files(resource_dir("criteria"))
    with arrange() as session:
        assert len(publish_shipped_standards()) == len(files) >= 4
        assert publish_shipped_standards() == []
        assert len(service.list_versions(session)) == len(files)


def test_the_set_up_refuses_a_shipped_standard_with_a_wrong_example(arrange, tmp_path, monkeypatch):
    (tmp_path / "small-excellence.yaml").write_text(text_of() + WRONG, encoding="utf-8")
    monkeypatch.setattr(setup, "resource_dir", lambda _name: tmp_path)
    with arrange() as session:
        with pytest.raises(SetupError, match=r"small-excellence\.yaml: .*all_good"):
            publish_shipped_standards()
        assert service.list_versions(session) == []
