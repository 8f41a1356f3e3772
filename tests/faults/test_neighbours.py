"""The mail server and the service that keeps files go away, and come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from accredit import clock
from accredit.config import Bucket
from accredit.identity.models import Mail, Person
from tests.evidence.conftest import bucket  # noqa: F401 - a real S3 server, as a fixture
from tests.faults import invariants
from tests.faults.deeds import Work, do
from tests.faults.proxy import line_to
from tests.identity.mail_server import MailServer
from tests.real.client import Client
from tests.real.instance import Instance
from tests.real.server import serving


def mails(instance: Instance, state: str | None = None) -> list[str]:
    """The addresses of the outbox."""
    with instance.looking() as session:
        query = select(Mail.address).order_by(Mail.id)
        return list(session.scalars(query if state is None else query.where(Mail.state == state)))


@pytest.mark.block("M", "13 mail server down")
@pytest.mark.block("M", "21 killed while a mail is being sent")
@pytest.mark.block("M", "22 two senders at once")
def test_who_invites_is_not_held_up_by_a_mail_server_that_is_down(template, tmp_path, ledger):
    post_office = MailServer()
    instance = template.copy(
        tmp_path / "instance",
        ACCREDIT_SMTP_HOST="127.0.0.1",
        ACCREDIT_SMTP_PORT=str(post_office.port),
        ACCREDIT_SMTP_SECURITY="none",
        ACCREDIT_MAIL_FROM="accredit@example.org",
    )
    work = Work(instance)
    cookie = instance.cookie(instance.cast.administrator)
    with serving(instance) as server:
        client = Client(server.port, cookie).ready()
        deed, request = work.next("person")
        invited = do(client, deed, request, ledger)
        client.close()
        assert (invited.status, invited.location[:8]) == (303, "/people/")
        # Killed while it tries: the mail is still to be sent, and its person is there.
        server.kill()
    assert mails(instance) == [deed.key]
    with instance.looking() as session:
        assert session.scalar(select(Person.email).where(Person.email == deed.key))
    post_office.start()
    try:
        with instance.arranging() as session:
            # The time until the next try has passed.
            session.connection().execute(
                update(Mail).values(due_at=clock.now() - timedelta(seconds=1))
            )
        with ThreadPoolExecutor(2) as both:
            sent = list(both.map(lambda _: instance.command("mail", "send"), range(2)))
    finally:
        post_office.stop()
    # The other of the two finds nothing to do, or that somebody is sending it.
    assert "1 sent, 0 still waiting" in "".join(said.stdout for said in sent)
    assert [to for _, to in post_office.mailbox.envelopes] == [[deed.key]], "sent once"
    assert mails(instance, "sent") == [deed.key]
    assert invariants.all_of(instance, [], []) == []
    assert invariants.commands_agree(instance) == []
    instance.close()


@pytest.mark.block("M", "14 S3 down")
def test_nothing_is_acknowledged_before_the_service_has_kept_it(
    request,
    tmp_path,
    ledger,
):
    place: Bucket = request.getfixturevalue("bucket")
    real = urlsplit(place.endpoint or "")
    assert real.port is not None
    with line_to(real.port) as line:
        instance = Instance(
            tmp_path,
            ACCREDIT_STORE=f"s3://{place.name}/faults",
            ACCREDIT_S3_ENDPOINT=f"http://127.0.0.1:{line.port}",
            ACCREDIT_S3_ACCESS_KEY=str(place.access_key),
            ACCREDIT_S3_SECRET_KEY=str(place.secret_key),
        )
        instance.prepare()
        work = Work(instance)
        cast = instance.cast
        cookies = {
            name: instance.cookie(getattr(cast, name)) for name in ("contributor", "decision_maker")
        }
        deeds = [work.next(kind) for kind in ("file", "certificate")]
        with serving(instance) as server:
            for deed, asked in deeds:
                client = Client(server.port, cookies[asked.who]).ready()
                for mode in ("down", "mute"):
                    line.mode = mode
                    refused = do(client, deed, asked, ledger)
                    assert refused.status == 503, (mode, deed.kind, refused.status)
                    assert client.get("/").status == 200
                    line.mode = "open"
                    assert not any(invariants.parts_of(instance, deed).values()), mode
                again = do(client, deed, asked, ledger)
                assert again.status == 303, again.status
                client.close()
            tried, done = [deed for deed, _ in deeds], ledger.all_acknowledged()
            assert invariants.all_of(instance, tried, done) == []
        assert invariants.commands_agree(instance) == []
        instance.close()
