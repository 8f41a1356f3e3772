"""Block P: whatever address stands in whatever somebody types, the program calls nobody.

There is no field for an address to be fetched, so each of the twenty forms is put wherever text
goes in, and everything that reads or draws such text is asked for. The other twelve cases are
markup in papers.
"""

from __future__ import annotations

import io

import pytest

from accredit.assessment.domain import Stage
from tests.assessments import walk_to
from tests.certificates import decide, store
from tests.evidence.conftest import sent
from tests.evidence.files import PDF
from tests.improvement.making import promise
from tests.programme import record
from tests.standard.small import changed
from tests.test_outbound import Canary, canary, watching

__all__ = ["canary"]  # a fixture


def addresses(canary: Canary) -> dict[str, str]:
    """Forms of an address by which checks of others were passed, each leading to the canary."""
    port, file = canary.port, canary.file.as_uri()
    return {
        "short": f"http://127.1:{port}/",
        "decimal": f"http://2130706433:{port}/",
        "octal": f"http://0177.0.0.1:{port}/",
        "hexadecimal": f"http://0x7f000001:{port}/",
        "IPv6": f"http://[::1]:{port}/",
        "IPv4 in IPv6": f"http://[::ffff:127.0.0.1]:{port}/",
        "nought": f"http://0.0.0.0:{port}/",
        "metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
        "a name that is private": f"http://localhost:{port}/",
        "a name that moves": f"http://7f000001.rebind.example.org:{port}/",
        "a redirect": f"http://127.0.0.1:{port}/away?to=http://10.0.0.1/",
        "a file": file,
        "gopher": f"gopher://127.0.0.1:{port}/_x",
        "data": f"data:text/html,<img src=http://127.0.0.1:{port}/>",
        "user before the host": f"http://example.org@127.0.0.1:{port}/",
        "a dot behind the host": f"http://localhost.:{port}/",
        "letters that look alike": f"http://ⓛocalhost:{port}/",
        "two ports": f"http://127.0.0.1:22,{port}/",
        "an answer of ten megabytes": f"http://127.0.0.1:{port}/ten-megabytes",
        "an answer after a minute": f"http://127.0.0.1:{port}/in-a-minute",
    }


@pytest.fixture
def papers(arrange, cast, world) -> list[str]:
    """What is drawn and read of a granted and of a refused assessment."""
    with arrange() as session:
        files = store(world.settings)
        refused = walk_to(session, cast, Stage.DECISION, {"1.1": "partial"}, cycle="2027")
        granted = walk_to(session, cast, Stage.DECISION)
        number = decide(session, cast, granted, files).certificate.number
        report = f"/gap-reports/{refused.id}"
    return [
        report, f"{report}/report.pdf", f"{report}/report.xlsx", "/improvement-actions/",
        "/improvement-actions/plan.csv", "/improvement-actions/plan.xlsx", "/evidence/",
        f"/certificates/{number}/documents/both.pdf",
    ]  # fmt: skip


def type_everywhere(browse, cast, address: str) -> None:
    """Into a library, a file of figures, a standard, a name, a search, and where to go next."""
    contributor = browse(cast.contributor)
    told = {"title": address, "note": address, "department": str(cast.licensing)}
    name = address.replace("/", "_") + ".pdf"
    file = PDF.replace(b"endobj\n2 0", b"endobj\n%% %s\n2 0" % address.encode())
    assert contributor.post("/evidence/new", {**told, "files": sent(name, file)}).status == 303
    cells = "\n".join(["date,answer,link", *[f'2026-01-10,5,"{address}"'] * 3]).encode()
    figures = {"department": str(cast.licensing), "kpi": "csat", "file": sent("a.csv", cells)}
    answer = contributor.post("/kpis/import", figures)
    assert contributor.get(answer.location).status == 200
    standard = changed('"A small standard"', f'"{address}"').encode()
    browse(cast.programme_manager).post("/standards/new", {"file": sent("s.yaml", standard)})
    contributor.get("/evidence/", query_string={"q": address})
    contributor.get("/sign-in", query_string={"next": address})
    body = {"name_en": address, "name_ar": address, "language": "en"}
    assert contributor.post("/account", body).status == 303
    stranger = browse()
    check = {"file": (io.BytesIO(address.encode()), name)}
    stranger.post("/certificates/check", check, content_type="multipart/form-data")


def test_no_address_that_somebody_types_is_ever_called(browse, cast, arrange, papers, canary):
    # The process that reads files is started before: it is ours, and what it may do is its own
    # test (tests/evidence/test_limited.py).
    typed = addresses(canary)
    assert len(typed) == 20
    type_everywhere(browse, cast, "A plain text")
    reader = browse(cast.leader)
    with watching() as seen:
        for name, address in typed.items():
            type_everywhere(browse, cast, address)
            with arrange() as session:
                promise(session, cast, title=address)
            record("P", f"address {name}")
        for path in papers:
            answer = reader.get(path)
            assert answer.status == 200, path
            assert b"a word that nobody reads" not in answer.body
    assert seen.calls == []
    assert seen.started == []
    assert canary.visits == 0
    assert str(canary.file) not in seen.opened
