"""Block E: what people typed is text on every page, whatever it looks like.

`failure_NN` is the number in the list of failures of other products.
"""

from __future__ import annotations

import io
from html import unescape

import pytest
from lxml import html as lxml_html

from tests.programme import record
from tests.rights import world as making
from tests.rights.bodies import stage_of
from tests.rights.kinds import Kind
from tests.rights.walking import addresses, path_of
from tests.rights.world import Canaries, Rights, prepare, values_for

#: One for each way out of the place where a text stands: an element of its own, a drawing, the
#: end of an attribute in either quote, of a script, of a title, of a text area, of a template;
#: links that run; marks of plain text that others make links of; and texts that become
#: elements only when a browser mends what it was given. Those that stand together are in such an
#: order that they fit into the shortest text, a name of 120 signs: PostgreSQL counts them.
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
    '<a href="data:text/html,k({n})">k</a>',
    "<iframe srcdoc='k({n})'>",
    "<details open ontoggle=k({n})>",
    '"}}]</script><script>k({n})</script>',
    "\u2028k({n})//\u2029",
    "[k](javascript:k({n}))",
    '![k](x"onerror="k({n}))',
    "mailto:a?x=%0d%0aBcc:k({n})",
    "k({n}) <base href=//k><object data=k>",
    '<noscript><p title="</noscript><img src=x onerror=k({n})>">',
    "<svg><style><img src=x onerror=k({n})></style>",
    '<xmp><p title="</xmp><img src=x onerror=k({n})>">',
    '<math><mglyph><style><!--</style><img title="--><img src=x onerror=k({n})>">',
    '<form id=k({n})><textarea><path id="</textarea><img src=x onerror=k({n})>">',
)
#: How many stand in one text, and so how often everything is typed anew until each of them
#: stood in every text.
TOGETHER = 3
ROUNDS = len(SHAPES) // TOGETHER
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
        self.texts[where] = " ".join(
            SHAPES[place].format(n=number) for place in places(number, self.round)
        )
        return self.texts[where]

    round = 0


def places(number: int, round_: int) -> list[int]:
    """Which shapes stand in the text of this number in this round."""
    return [(number + round_ + ROUNDS * turn) % len(SHAPES) for turn in range(TOGETHER)]


_prepared: dict[int, Rights] = {}


@pytest.fixture
def hostile(app, world, arrange, cast, monkeypatch, request) -> Rights:
    """The two organisations of the matrix; what is typed in the second are scripts."""
    round_ = getattr(request, "param", 0)
    # Kept under a name of its own: the other files of this process go on with theirs.
    monkeypatch.setattr(making, "NAME", f"scripts_{round_}")
    monkeypatch.setattr(making, "Canaries", Payloads)
    monkeypatch.setattr(Payloads, "round", round_)
    app.config["WTF_CSRF_ENABLED"] = False
    if round_ not in _prepared:
        _prepared[round_] = prepare(world, arrange, cast)
    _prepared[round_].renew()
    return _prepared[round_]


def alive(body: str) -> list[str]:
    """What in a page would run, or was never written by a template of ours."""
    tree = lxml_html.fromstring(body)
    found = tree.xpath(
        "//@*[starts-with(name(), 'on') or name() = 'autofocus' and ../@x]"
        " | //script[not(@src)] | //math | //*[local-name() = 'mi']"
        # An empty address of data is how a page says that it has no picture of its own.
        " | //@href[starts-with(., 'javascript:') or starts-with(., 'data:') and . != 'data:,']"
        " | //img[@src = 'x'] | //iframe[@srcdoc] | //base | //object | //style | //xmp"
        " | //noscript[.//@*] | //mglyph | //path[@id]"
    )
    return [str(one) if isinstance(one, str) else lxml_html.tostring(one).decode() for one in found]


def test_the_search_for_what_runs_finds_each_shape():
    for shape in SHAPES:
        text = shape.format(n=1)
        if "<" not in text and "'" not in text and '" ' not in text:
            continue  # of another language than a page's; there is nothing for a browser to run
        where = (f"<p>{text}</p>", f'<p title="{text}">', f"<p title='{text}'>")
        assert any(alive(f"<!doctype html><body>{place}") for place in where), text


@pytest.mark.parametrize("hostile", range(ROUNDS), indirect=True)
def test_failure_18_22_and_24_every_typed_text_is_text_on_every_page(hostile, request):
    """Titles, names, reasons, notes, scopes, descriptions: all are read by their own people."""
    round_ = request.node.callspec.params["hostile"]
    typed = {where: text for where, text in hostile.other.canaries.texts.items() if "k(" in text}
    assert len(typed) >= 30
    pages = hostile.seen_from_inside().decode().split("<!doctype html>")[1:]
    assert len(pages) >= 40
    breaking = [
        SHAPES[place].format(n=number).lower()
        for number, where in enumerate(hostile.other.canaries.texts)
        for place in places(number, round_)
        if where in typed and set(SHAPES[place]) & set("<>\"'")
    ]
    for page in pages:
        assert alive(page) == []
        # Whatever a browser would make of it: nothing that could end a place stands there bare.
        assert [shape for shape in breaking if shape in page] == []
    # And none of them is merely missing: a reader sees each as it was typed, on one line or more.
    shown = " ".join(unescape(" ".join(pages)).split())
    assert [text for text in typed.values() if " ".join(text.lower().split()) not in shown] == []
    for number, where in enumerate(hostile.other.canaries.texts):
        if where in typed:
            for place in places(number, round_):
                record("E", f"{where} {place:02}")


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


@pytest.mark.parametrize(
    "shape", [pytest.param(shape, marks=pytest.mark.block("E", f"file of figures {number:02}"))
              for number, shape in enumerate(SHAPES)],
)  # fmt: skip
def test_failure_19_a_file_of_figures_runs_on_no_page_that_shows_it(browse, cast, shape):
    """Its name, its headings, its cells: on the page of choices, with and without errors."""
    script = shape.format(n=19).replace('"', '""')
    lines = ["date,answer,branch", *['2026-01-10,5,"North"'] * 40]
    lines[0] = f'date,answer,"{script}"'
    lines += [f'2026-01-11,"{script}",North', f'"{script}",4,North', f'2026-01-12,3,"{script}"']
    # A quote ends the name in the head of its part, for this client as for browsers.
    name = f"{shape.format(n=20)}.csv".replace("/", "").replace('"', "'")
    # Signs that nobody sees make a name that is refused; that is a test of its own.
    name = "".join(sign for sign in name if sign.isprintable())
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
    shown = unescape(browser.get(sent.location + asked[1]).body.decode())
    assert " ".join(shape.format(n=19).split()) in " ".join(shown.split())
