"""What people typed is text on every page, whatever it looks like.

`failure_NN` is the number in the list of failures of other products.
"""

from __future__ import annotations

import io
from html import unescape

import pytest
from lxml import html as lxml_html

from tests.rights import world as making
from tests.rights.bodies import stage_of
from tests.rights.kinds import Kind
from tests.rights.walking import addresses, path_of
from tests.rights.world import Canaries, Rights, prepare, values_for

#: One for each way out of the place where a text stands: an element of its own, a drawing, the
#: end of an attribute in either quote, of a script, of a title, of a text area, of a template.
SHAPES = (
    "<img src=x onerror=k({n})>",
    "<svg/onload=k({n})>",
    '" onfocus=k({n}) autofocus x="',
    "' onfocus=k({n}) autofocus x='",
    "</script><script>k({n})</script>",
    "</title><script>k({n})</script>",
    "</textarea><script>k({n})</script>",
    "{{{{k({n})}}}}${{k({n})}}",
    '<a href="javascript:k({n})">k</a>',
    '<math><mi//xlink:href="data:x,<script>k({n})</script>">',
)
#: Every argument an address of ours reads, and some that none does.
ARGUMENTS = (
    "q", "number", "page", "department", "organisation", "person", "action", "subject", "kind",
    "state", "stage", "status", "owner", "shown", "window", "to", "value", "date_column",
    "where_column_1", "where_value_1", "before", "after", "show", "version", "saved", "evidence",
    "element", "assessment", "next", "title", "description", "kpi", "start", "end", "lang", "sheet",
)  # fmt: skip


class Payloads(Canaries):
    """The same planting, but each text that somebody may type freely is a script."""

    def plant(self, where: str, *, public: bool = False, people: bool = False) -> str:
        name = super().plant(where, public=public, people=people)
        # Addresses of mail and names of files have rules, and tests, of their own.
        if not self.active or where.endswith("address") or "file" in where:
            return name
        number = len(self.texts)
        self.texts[where] = SHAPES[number % len(SHAPES)].format(n=number)
        return self.texts[where]


_prepared: list[Rights] = []


@pytest.fixture
def hostile(app, world, arrange, cast, monkeypatch) -> Rights:
    """The two organisations of the matrix; what is typed in the second are scripts."""
    # Kept under a name of its own: the other files of this process go on with theirs.
    monkeypatch.setattr(making, "NAME", "scripts")
    monkeypatch.setattr(making, "Canaries", Payloads)
    app.config["WTF_CSRF_ENABLED"] = False
    if not _prepared:
        _prepared.append(prepare(world, arrange, cast))
    _prepared[0].renew()
    return _prepared[0]


def alive(body: str) -> list[str]:
    """What in a page would run, or was never written by a template of ours."""
    tree = lxml_html.fromstring(body)
    found = tree.xpath(
        "//@*[starts-with(name(), 'on') or name() = 'autofocus' and ../@x]"
        " | //script[not(@src)] | //math | //*[local-name() = 'mi']"
        " | //@href[starts-with(., 'javascript:')] | //img[@src = 'x']"
    )
    return [str(one) if isinstance(one, str) else lxml_html.tostring(one).decode() for one in found]


def test_the_search_for_what_runs_finds_each_shape():
    for shape in SHAPES:
        text = shape.format(n=1)
        if "{{" in text:
            continue  # a template language's own; there is nothing for a browser to run
        places = (f"<p>{text}</p>", f'<p title="{text}">', f"<p title='{text}'>")
        assert any(alive(f"<!doctype html><body>{place}") for place in places), text


def test_failure_18_22_and_24_every_typed_text_is_text_on_every_page(hostile):
    """Titles, names, reasons, notes, scopes, descriptions: all are read by their own people."""
    typed = [text for text in hostile.other.canaries.texts.values() if "k(" in text]
    assert len(typed) >= 30
    pages = hostile.seen_from_inside().decode().split("<!doctype html>")[1:]
    assert len(pages) >= 40
    for page in pages:
        assert alive(page) == []
    # And none of them is merely missing: a reader sees each as it was typed.
    shown = " ".join(unescape(page) for page in pages)
    assert [text for text in typed if text.lower() not in shown] == []


@pytest.mark.parametrize("first", [0, 3, 7])
def test_failure_18_what_an_address_says_runs_on_no_page(hostile, first):
    query = {
        name: SHAPES[(first + number) % len(SHAPES)].format(n=number)
        for number, name in enumerate(ARGUMENTS)
    }
    pages = 0
    for kind in (Kind.MANAGER, Kind.LEADER, Kind.ANONYMOUS):
        for address in addresses(hostile.world.app):
            if address.method != "GET":
                continue
            stage = stage_of(address.endpoint)
            with hostile.world.app.test_request_context():
                values = dict(values_for(hostile, kind, hostile.own, stage))
                path = path_of(address, values)
            answer = hostile.client(kind).get(path, query_string=query)
            body = answer.get_data()
            answer.close()
            assert answer.status_code < 500, path
            if answer.mimetype == "text/html" and body:
                assert alive(body.decode()) == [], path
                pages += 1
    assert pages >= 60


@pytest.mark.parametrize("shape", SHAPES)
def test_failure_19_a_file_of_figures_runs_on_no_page_that_shows_it(browse, cast, shape):
    """Its name, its headings, its cells: on the page of choices, with and without errors."""
    script = shape.format(n=19).replace('"', '""')
    lines = ["date,answer,branch", *['2026-01-10,5,"North"'] * 40]
    lines[0] = f'date,answer,"{script}"'
    lines += [f'2026-01-11,"{script}",North', f'"{script}",4,North', f'2026-01-12,3,"{script}"']
    # A quote ends the name in the head of its part, for this client as for browsers.
    name = f"{shape.format(n=20)}.csv".replace("/", "").replace('"', "'")
    file = (io.BytesIO("\n".join(lines).encode()), name)
    browser = browse(cast.contributor)
    sent = browser.post(
        "/kpis/import", {"department": str(cast.licensing), "kpi": "csat", "file": file}
    )
    assert sent.status == 303, sent.text
    asked = (
        "",
        "?value=answer&date_column=date&date_order=year_first&window=month",
        "?value=answer&date_column=date&window=month&where_column_1=branch&where_value_1=x",
    )
    for query in asked:
        page = browser.get(sent.location + query)
        assert page.status in (200, 422)
        assert alive(page.body.decode()) == []
    # The text is there to be read, so it was not merely left out.
    assert shape.format(n=19) in unescape(browser.get(sent.location + asked[1]).body.decode())
