"""The longest names that may be given, in both languages, fit where they are shown.

Everything that people name is given its longest name first: bodies and departments with the words
that such bodies really have, and with one that knows no end. Then pages that show them in every
kind of place are looked at, on a telephone and on a laptop.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from accredit.assessment.models import Assessment
from accredit.database import db, writing
from accredit.evidence.models import Evidence
from accredit.identity.models import Department, Organisation, Person
from accredit.improvement.models import ImprovementAction
from accredit.web import fonts
from tests.accessibility.conftest import stage
from tests.accessibility.looking import CLIPPED, LANGUAGES, ORIGIN, STICKING_OUT, window
from tests.accessibility.places import Visitors

pytestmark = pytest.mark.browser

ARABIC = (
    "الهيئة الاتحادية لتنظيم وتطوير وتمكين الخدمات الحكومية الرقمية والمتكاملة وتجربة المتعاملين "
    "والمستفيدين في المناطق البلدية والقروية والجزر ومراكز الخدمة المشتركة-والمستجداتوالاستثناءات"
    "والاستفساراتوالاقتراحات وفروعها في الداخل والخارج وما يستجد من مهامها في السنوات القادمة وما"
)
ENGLISH = (
    "Federal Authority for the Regulation, Development and Empowerment of Integrated Digital "
    "Government Services and Experience_in_the_Municipal_and_Rural_Territories_with_Islands and "
    "of the Shared Service Centres, their Branches at home and abroad, and whatever else follows "
    "from the duties it is given in the years to come, as far as they are known"
)
#: Named in both languages, and named once: those in the odd rows in English.
NAMED = (
    (Organisation, "name"),
    (Department, "name"),
    (Person, "name"),
    (Assessment, "scope"),
)
TITLED = (Evidence, ImprovementAction)

PAGES = (
    ("maryam", "/"),
    ("huda", "/assessments/"),
    ("noor", "/evidence/"),
    ("khalid", "/gap-reports/"),
    ("khalid", "/improvement-actions/"),
    ("khalid", "/improvement-actions/?view=timeline"),
    ("amina", "/people"),
    ("omar", "/certificates/"),
)
WIDTHS = (320, 1280)

#: Words printed over other words. The middle of each line is compared: lines of one text may
#: touch, and what is there for listeners only has no place of its own.
OVERLAPPING = """() => {
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
        if (element.closest(".visually-hidden, svg, select, textarea, .skip-link")) continue;
        let seen = { left: 0, right: innerWidth };
        for (let up = element; up && seen; up = up.parentElement) {
            const style = getComputedStyle(up), box = up.getBoundingClientRect();
            if (style.clipPath !== "none") seen = null;
            else if (style.overflowX !== "visible") {
                seen = { left: Math.max(seen.left, box.left),
                    right: Math.min(seen.right, box.right) };
            }
        }
        if (!seen) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const third = box.height / 3;
            lines.push({ element, top: box.top + third, bottom: box.bottom - third,
                left: Math.max(box.left + 1, seen.left),
                right: Math.min(box.right - 1, seen.right) });
        }
    }
    lines.sort((one, other) => one.top - other.top);
    const found = new Set();
    lines.forEach((one, at) => {
        for (let next = at + 1; next < lines.length && lines[next].top < one.bottom; next += 1) {
            const other = lines[next];
            if (one.element !== other.element
                    && Math.max(one.left, other.left) < Math.min(one.right, other.right)) {
                const both = [one, other].map((line) => line.element.outerHTML.slice(0, 80));
                found.add(both.join(" / "));
            }
        }
    });
    return [...found];
}"""


@pytest.fixture(scope="module")
def long_named(told_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    folder = tmp_path_factory.mktemp("long") / "data"
    shutil.copytree(told_folder / "data", folder)
    app = stage(folder)
    # Made now, so that no page waits for them.
    for weight in fonts.WEIGHTS:
        fonts.font(weight, folder / "fonts")
    with app.app_context(), writing():
        session = db.session()
        for model, name in NAMED:
            longest = {
                f"{name}_{language}": text[: getattr(model, f"{name}_{language}").type.length]
                for language, text in (("ar", ARABIC), ("en", ENGLISH))
            }
            session.execute(update(model).values(longest))
        for titled in TITLED:
            length = titled.title.type.length
            session.execute(update(titled).values(title=ARABIC[:length]))
            session.execute(update(titled).where(titled.id % 2 == 1).values(title=ENGLISH[:length]))
        session.commit()
        db.session.remove()
    yield Visitors(app)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_names_fit_on_every_page(
    long_named: Visitors, chromium: Any, language: str
) -> None:
    faults = []
    for who, path in PAGES:
        with window(chromium, long_named.client(who), language) as page:
            page.goto(f"{ORIGIN}{path}")
            assert (ARABIC if language == "ar" else ENGLISH)[:60] in page.inner_text("body")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                faults += [
                    f"{path} as {who} [{language} {width}] {how}: {one}"
                    for how, script in (
                        ("sticks out", STICKING_OUT),
                        ("is cut off", CLIPPED),
                        ("lies over", OVERLAPPING),
                    )
                    for one in page.evaluate(script)
                ]
    assert faults == [], "\n".join(map(str, faults))


def test_words_over_words_are_noticed(chromium: Any) -> None:
    page = chromium.new_page()
    page.set_content("<p>One line<p style='margin-top:-2.2em'>and one over it<p>and one apart")

    assert len(page.evaluate(OVERLAPPING)) == 1
    page.close()
