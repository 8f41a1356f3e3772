"""The whole way from an empty installation to a certificate, in a real browser, in both languages.

Each function is one person's part. They run in order, on one installation for each language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browser.conftest import Installation
from tests.browser.person_at_browser import PersonAtBrowser

pytestmark = pytest.mark.browser

PASSWORD = "a quiet river in spring"
ROLES = ("leader", "contributor", "assessor", "moderator", "decision_maker", "programme_manager")
FILE_NAMES = ("تقرير الجودة 2026.txt", "service charter.txt")
WEAK = ("1.2", "4.3")


@dataclass
class Story:
    """What the people of one journey know: the installation, the language, the places."""

    installation: Installation
    chromium: Any
    language: str
    code: str
    assessment: str = ""
    certificate: str = ""
    emails: dict[str, str] = field(default_factory=dict)

    def person(self, role: str) -> PersonAtBrowser:
        someone = PersonAtBrowser(self.chromium, self.installation.url, self.language)
        someone.sign_in(self.emails[role], PASSWORD)
        return someone


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_department_goes_from_the_standard_to_a_certificate(
    installation: Installation, chromium: Any, language: str, tmp_path: Path
) -> None:
    story = Story(installation, chromium, language, code=f"J{language.upper()}")
    the_administrator_sets_up_the_organisation_and_its_people(story)
    the_programme_manager_opens_the_assessment_and_assigns_people(story)
    the_contributor_uploads_evidence_and_imports_a_kpi(story, tmp_path)
    the_leader_scores_every_element_and_submits(story)
    the_assessor_scores_every_element_with_the_keyboard(story)
    the_moderator_confirms_and_adjusts(story)
    the_decision_maker_grants(story)
    the_leader_reads_the_gap_report_and_drafts_the_plan(story)
    the_organisation_finds_and_downloads_its_certificate_in_two_clicks(story)
    anybody_checks_the_certificate(story)
    the_trail_tells_it_all(story)


def the_administrator_sets_up_the_organisation_and_its_people(story: Story) -> None:
    email = f"admin.{story.language}@example.org"
    printed = story.installation.run("init", "--admin", email)
    link = re.search(r"http\S+/welcome/\S+", printed)
    assert link is not None, printed
    admin = PersonAtBrowser(story.chromium, story.installation.url, story.language)
    choose_password(admin, link.group())
    admin.sign_in(email, PASSWORD)

    admin.open("/organisations/new")
    names = {"en": "Harbour Services", "ar": "هيئة خدمات الميناء"}
    if story.language == "ar":
        names = {"en": "Oasis Services", "ar": "هيئة خدمات الواحة"}
    admin.fill(code=story.code, name_en=names["en"], name_ar=names["ar"])
    admin.submit("/organisations")
    admin.fill(code="PER", name_en="Permits", name_ar="إدارة التصاريح")
    admin.submit("/departments")
    assert "PER" in admin.text()

    whole = names[story.language]
    for role in ROLES:
        story.emails[role] = f"{role}.{story.language}@example.org"
        admin.open("/people/new")
        admin.fill(name_en=f"The {role}", name_ar="شخص من الفريق", email=story.emails[role])
        admin.page.check(f"main [name=language][value={story.language}]")
        admin.choose(role=role)
        department = {"en": "Permits", "ar": "إدارة التصاريح"}[story.language]
        admin.choose_containing(
            "place", *([whole, department] if role in ("leader", "contributor") else [whole])
        )
        admin.submit("/people")
        invitation = admin.page.input_value("main textarea")
        newcomer = PersonAtBrowser(story.chromium, story.installation.url, story.language)
        choose_password(newcomer, invitation)
        newcomer.close()
    admin.close()


def choose_password(someone: PersonAtBrowser, link: str) -> None:
    someone.open(f"{link}?lang={someone.language}")
    someone.fill(password=PASSWORD, again=PASSWORD)
    someone.submit("/welcome/")


def the_programme_manager_opens_the_assessment_and_assigns_people(story: Story) -> None:
    manager = story.person("programme_manager")
    manager.open("/assessments/new")
    title = {"en": "Customer service excellence", "ar": "معيار التميز في خدمة المتعاملين"}
    manager.choose_containing("standard_version_id", title[manager.language])
    manager.fill(
        cycle="2026", scope_en="All permits of the harbour", scope_ar="جميع تصاريح الميناء"
    )
    manager.submit("/assessments/new")
    found = re.search(r"/assessments/(\d+)", manager.path)
    assert found is not None, manager.path
    story.assessment = f"/assessments/{found.group(1)}"
    manager.open(f"{story.assessment}/people")
    assert manager.page.locator("main form[action$='/start']").count() == 0, (
        "nobody is assigned yet"
    )
    for role in ("assessor", "moderator", "decision_maker"):
        form = f"main form[action$='/people']:has([name=role][value={role}])"
        manager.page.locator(f"{form} button[type=submit]").click()
        manager.page.wait_for_load_state()
    manager.submit("/start")
    manager.open(story.assessment)
    assert manager.page.locator("main form[action$='/start']").count() == 0
    manager.close()


def the_contributor_uploads_evidence_and_imports_a_kpi(story: Story, folder: Path) -> None:
    contributor = story.person("contributor")
    contributor.open("/evidence/new")
    contributor.page.set_input_files(
        "main [name=files]",
        [
            {
                "name": name,
                "mimeType": "text/plain",
                "buffer": f"دليل على الخدمة · evidence {name}".encode(),
            }
            for name in FILE_NAMES
        ],
    )
    contributor.submit("/evidence/new")
    contributor.open("/evidence/")
    for name in FILE_NAMES:
        assert Path(name).stem in contributor.text()
    contributor.follow("/evidence/")

    ratings = folder / f"ratings-{story.language}.csv"
    answers = [5, 4, 4, 5, 5, 4, 3] * 36
    ratings.write_text(
        "date,rating\n"
        + "".join(f"2026-0{number % 6 + 1}-15,{answer}\n" for number, answer in enumerate(answers))
        + "2026-06-20,9\n"
    )
    contributor.open("/kpis/import")
    contributor.choose(kpi="csat")
    contributor.page.set_input_files("main [name=file]", str(ratings))
    contributor.submit("/kpis/import")
    preview = contributor.text()
    assert "254" in preview, "the row with the impossible answer is named"
    contributor.submit("/kpis/import/")
    assert contributor.path.endswith("/csat"), f"{contributor.path}: {contributor.text()}"
    contributor.open("/kpis/")
    assert "CSAT" in contributor.text()
    contributor.close()


def the_leader_scores_every_element_and_submits(story: Story) -> None:
    leader = story.person("leader")
    leader.open(f"{story.assessment}/elements/1.1")
    for code in element_codes(leader, story):
        leader.open(f"{story.assessment}/elements/{code}")
        leader.submit(f"/elements/{code}/evidence", within="aside")
        leader.page.check("main [name=level][value=good]")
        leader.fill(reason="طُبِّق في جميع المكاتب منذ سنة. In use in all offices for a year.")
        leader.submit(f"/elements/{code}/score")
    leader.open(story.assessment)
    leader.submit("/self-assessment/submit")
    leader.open(story.assessment)
    assert leader.page.locator("main form[action$='/self-assessment/submit']").count() == 0
    leader.close()


def element_codes(someone: PersonAtBrowser, story: Story) -> list[str]:
    """The codes of all elements, as the assessment's own page lists them."""
    here = someone.path
    someone.open(story.assessment)
    links = someone.page.locator("#elements a[href*='/elements/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    codes = [link.rpartition("/")[2] for link in links]
    assert len(codes) == 48, codes
    someone.open(here)
    return codes


def the_assessor_scores_every_element_with_the_keyboard(story: Story) -> None:
    assessor = story.person("assessor")
    assessor.open(f"{story.assessment}/elements/1.1")
    file = assessor.download("aside a[href*='/file']")
    assert "دليل على الخدمة".encode() in file.read_bytes()
    assert "منذ سنة" not in assessor.text(), "the self-score is hidden until one's own is saved"
    codes = element_codes(assessor, story)
    for number, code in enumerate(codes, start=1):
        assert assessor.path.startswith(f"{story.assessment}/elements/{code}"), assessor.path
        assessor.page.keyboard.press("2" if code in WEAK else "4")
        assessor.page.keyboard.press("r")
        assessor.page.keyboard.type(f"Seen in the records, reading {number}.")
        assessor.page.keyboard.press("Escape")
        with assessor.page.expect_navigation():
            assessor.page.locator("main form[action$='/score'] button[type=submit]").first.press(
                "Enter"
            )
    assessor.open(story.assessment)
    assessor.submit("/scores/submit")
    assessor.close()


def the_moderator_confirms_and_adjusts(story: Story) -> None:
    moderator = story.person("moderator")
    moderator.open(story.assessment)
    moderator.submit("/moderation/confirm-all")
    moderator.open(f"{story.assessment}/elements/{WEAK[1]}")
    moderator.page.check("main [name=level][value=partial]")
    moderator.fill(reason="The procedure is in use in two of three offices.")
    with moderator.page.expect_navigation():
        moderator.page.locator("main form[action$='/agree'] button[name=go]").first.click()
    moderator.open(story.assessment)
    moderator.submit("/moderation/submit")
    moderator.close()


def the_decision_maker_grants(story: Story) -> None:
    decider = story.person("decision_maker")
    decider.open(f"{story.assessment}/decision")
    decider.page.check("main [name=award][value=accredited]")
    decider.fill(reason="All rules of the award are met; two gaps have a plan.")
    decider.submit("/decision")
    assert decider.page.locator("main [name=award]").count() == 0, "the decision is taken"
    decider.close()


def the_leader_reads_the_gap_report_and_drafts_the_plan(story: Story) -> None:
    leader = story.person("leader")
    report = story.assessment.replace("assessments", "gap-reports")
    leader.open(report)
    text = leader.text()
    assert all(code in text for code in WEAK), text
    assert leader.page.locator("main svg.chart").count() >= 3, "radar, bars and run chart"
    pdf = leader.download("main a[href*='report.pdf']")
    assert len(PdfReader(pdf).pages) >= 2
    xlsx = leader.download("main a[href*='report.xlsx']")
    assert xlsx.read_bytes().startswith(b"PK")

    leader.follow("/improvement-actions/draft/")
    leader.submit("/improvement-actions/draft/")
    leader.open("/improvement-actions/")
    text = leader.text()
    assert all(code in text for code in WEAK)
    leader.close()


def the_organisation_finds_and_downloads_its_certificate_in_two_clicks(story: Story) -> None:
    contributor = story.person("contributor")
    contributor.page.locator("nav a[href='/certificates/']").first.click()
    contributor.page.wait_for_load_state()
    contributor.check_language()
    for language in ("en", "ar", "both"):
        pdf = contributor.download(f"main a[href$='/documents/{language}.pdf']")
        reader = PdfReader(pdf)
        assert len(reader.pages) == 1
    href = contributor.page.locator("main a[href$='/documents/en.pdf']").first.get_attribute("href")
    story.certificate = href.removesuffix("/documents/en.pdf")
    contributor.close()


def anybody_checks_the_certificate(story: Story) -> None:
    visitor = PersonAtBrowser(story.chromium, story.installation.url, story.language)
    visitor.open(f"{story.certificate}?lang={story.language}")
    assert {"en": "Valid", "ar": "سارية"}[story.language] in visitor.text()

    decider = story.person("decision_maker")
    decider.open(f"{story.certificate}/history")
    decider.page.locator("main details:has(form[action$='/suspend']) > summary").click()
    decider.page.fill(
        "main form[action$='/suspend'] textarea", "Surveillance was refused without a reason."
    )
    decider.submit("/suspend")
    decider.close()

    visitor.open(story.certificate)
    assert {"en": "Suspended", "ar": "موقوفة"}[story.language] in visitor.text()
    assert "refused without" not in visitor.text(), "the public page never tells the reason"
    visitor.close()


def the_trail_tells_it_all(story: Story) -> None:
    manager = story.person("programme_manager")
    manager.open("/trail/")
    manager.close()
    events = story.installation.run("audit", "list", "--last", "1000", "--json")
    for action in (
        "assessment.opened",
        "score.set",
        "decision.",
        "certificate.issued",
        "kpi.imported",
    ):
        assert action in events
    assert ": 0 findings" in story.installation.run("audit", "verify")
