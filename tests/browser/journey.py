"""The whole way from an empty installation to a certificate, in a real browser.

Each function is one person's part. `walk` lets them act in order: in one language, and in one way
of working (`ways.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pypdf import PdfReader

from accredit.config import resource_dir
from tests.browser.conftest import Installation
from tests.browser.person_at_browser import File, PersonAtBrowser

PASSWORD = "a quiet river in spring"
ROLES = ("leader", "contributor", "assessor", "moderator", "decision_maker", "programme_manager")
FILE_NAMES = ("تقرير الجودة 2026.txt", "service charter.txt")
WEAK = ("1.2", "4.3")
#: Of the standard that ships, in a short journey.
SHORT = ("1.1", "1.2", "4.2", "4.3", "5.1", "6.1")
ALL = 48
TITLES = {
    "short": {"en": "Six elements of service", "ar": "ستة عناصر للخدمة"},
    "whole": {"en": "Customer service excellence", "ar": "معيار التميز في خدمة المتعاملين"},
}
ORGANISATIONS = {
    "en": {"en": "Harbour Services", "ar": "هيئة خدمات الميناء"},
    "ar": {"en": "Oasis Services", "ar": "هيئة خدمات الواحة"},
}
DEPARTMENT = {"en": "Permits", "ar": "إدارة التصاريح"}


@dataclass
class Story:
    """What the people of one journey know: the installation, language and way, the places."""

    installation: Installation
    chromium: Any
    language: str
    way: type[PersonAtBrowser] = PersonAtBrowser
    #: Six elements of the standard, or all of them.
    standard: str = "short"
    assessment: str = ""
    certificate: str = ""
    emails: dict[str, str] = field(default_factory=dict)
    #: Whoever has signed in keeps their window.
    people: dict[str, PersonAtBrowser] = field(default_factory=dict)

    def newcomer(self) -> PersonAtBrowser:
        return self.way(self.chromium, self.installation.url, self.language)

    def person(self, role: str) -> PersonAtBrowser:
        if role not in self.people:
            self.people[role] = self.newcomer()
            self.people[role].sign_in(self.emails[role], PASSWORD)
        return self.people[role]


def walk(story: Story) -> None:
    """Everybody's part, from the first account to the trail."""
    the_administrator_sets_up_the_organisation_and_its_people(story)
    if story.standard == "short":
        the_programme_manager_publishes_a_standard(story)
    the_programme_manager_opens_the_assessment_and_assigns_people(story)
    the_contributor_uploads_evidence_and_imports_a_kpi(story)
    the_leader_scores_every_element_and_submits(story)
    the_assessor_scores_every_element(story)
    the_moderator_confirms_and_adjusts(story)
    the_decision_maker_grants(story)
    the_leader_reads_the_gap_report_and_drafts_the_plan(story)
    the_organisation_finds_and_downloads_its_certificate_in_two_clicks(story)
    anybody_checks_the_certificate(story)
    the_trail_tells_it_all(story)
    for person in story.people.values():
        person.close()


def the_administrator_sets_up_the_organisation_and_its_people(story: Story) -> None:
    email = f"admin.{story.language}@example.org"
    printed = story.installation.run("init", "--admin", email)
    link = re.search(r"http\S+/welcome/\S+", printed)
    assert link is not None, printed
    admin = story.newcomer()
    admin.choose_password(link.group(), PASSWORD)
    admin.sign_in(email, PASSWORD)

    admin.open("/organisations/new")
    names = ORGANISATIONS[story.language]
    admin.fill(code=f"J{story.language.upper()}", name_en=names["en"], name_ar=names["ar"])
    admin.submit("/organisations")
    admin.fill(code="PER", name_en=DEPARTMENT["en"], name_ar=DEPARTMENT["ar"])
    admin.submit("/departments")
    assert "PER" in admin.text()

    whole = names[story.language]
    for role in ROLES:
        story.emails[role] = f"{role}.{story.language}@example.org"
        admin.open("/people/new")
        admin.fill(name_en=f"The {role}", name_ar="شخص من الفريق", email=story.emails[role])
        admin.mark(admin.find(f"[name=language][value={story.language}]"))
        admin.choose(role=role)
        belongs = role in ("leader", "contributor")
        admin.choose_containing(
            "place", *([whole, DEPARTMENT[story.language]] if belongs else [whole])
        )
        admin.submit("/people")
        invitation = admin.find("textarea").input_value()
        newcomer = story.newcomer()
        newcomer.choose_password(invitation, PASSWORD)
        newcomer.close()
    admin.close()


def short_standard(story: Story) -> bytes:
    """Some elements of the standard that ships, in its own words, as a standard of their own."""
    shipped = resource_dir("criteria") / "service-excellence.yaml"
    standard = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    for criterion in standard["criteria"]:
        criterion["elements"] = [one for one in criterion["elements"] if one["code"] in SHORT]
    standard["criteria"] = [one for one in standard["criteria"] if one["elements"]]
    # Its worked examples speak of all elements.
    del standard["tests"]
    standard |= {"id": f"six-elements-{story.language}", "title": TITLES["short"]}
    return yaml.safe_dump(standard, allow_unicode=True, sort_keys=False).encode()


def the_programme_manager_publishes_a_standard(story: Story) -> None:
    manager = story.person("programme_manager")
    manager.choose_from_menu("/standards/")
    manager.follow("/standards/new")
    file: File = {
        "name": "معيار مختصر.yaml",
        "mimeType": "application/yaml",
        "buffer": short_standard(story),
    }
    manager.attach(manager.find("[name=file]"), [file])
    manager.submit("/standards/new")
    manager.follow("/publish")
    manager.submit("/publish")
    assert TITLES["short"][story.language] in manager.text()


def the_programme_manager_opens_the_assessment_and_assigns_people(story: Story) -> None:
    manager = story.person("programme_manager")
    manager.open("/assessments/new")
    manager.choose_containing("standard_version_id", TITLES[story.standard][story.language])
    manager.fill(
        cycle="2026", scope_en="All permits of the harbour", scope_ar="جميع تصاريح الميناء"
    )
    manager.submit("/assessments/new")
    found = re.search(r"/assessments/(\d+)", manager.path)
    assert found is not None, manager.path
    story.assessment = f"/assessments/{found.group(1)}"
    manager.open(f"{story.assessment}/people")
    assert manager.find("form[action$='/start']").count() == 0, "nobody is assigned yet"
    for role in ("assessor", "moderator", "decision_maker"):
        form = f"form[action$='/people']:has([name=role][value={role}])"
        manager.go(manager.find(f"{form} button[type=submit]"))
    manager.submit("/start")
    manager.open(story.assessment)
    assert manager.find("form[action$='/start']").count() == 0


def the_contributor_uploads_evidence_and_imports_a_kpi(story: Story) -> None:
    contributor = story.person("contributor")
    contributor.open("/evidence/new")
    files: list[File] = [
        {
            "name": name,
            "mimeType": "text/plain",
            "buffer": f"دليل على الخدمة · evidence {name}".encode(),
        }
        for name in FILE_NAMES
    ]
    contributor.attach(contributor.find("[name=files]"), files)
    contributor.submit("/evidence/new")
    contributor.open("/evidence/")
    for name in FILE_NAMES:
        assert Path(name).stem in contributor.text()
    contributor.follow("/evidence/")

    answers = [5, 4, 4, 5, 5, 4, 3] * 36
    lines = [f"2026-0{number % 6 + 1}-15,{answer}" for number, answer in enumerate(answers)]
    ratings: File = {
        "name": "تقييمات.csv",
        "mimeType": "text/csv",
        "buffer": "\n".join(["date,rating", *lines, "2026-06-20,9", ""]).encode(),
    }
    contributor.open("/kpis/import")
    contributor.choose(kpi="csat")
    contributor.attach(contributor.find("[name=file]"), [ratings])
    contributor.submit("/kpis/import")
    preview = contributor.text()
    assert "254" in preview, "the row with the impossible answer is named"
    contributor.submit("/kpis/import/")
    assert contributor.path.endswith("/csat"), f"{contributor.path}: {contributor.text()}"
    contributor.open("/kpis/")
    assert "CSAT" in contributor.text()


def the_leader_scores_every_element_and_submits(story: Story) -> None:
    leader = story.person("leader")
    for code in element_codes(leader, story):
        leader.open(f"{story.assessment}/elements/{code}")
        leader.submit(f"/elements/{code}/evidence", within="aside")
        leader.mark(leader.level("good"))
        leader.fill(reason="طُبِّق في جميع المكاتب منذ سنة. In use in all offices for a year.")
        leader.submit(f"/elements/{code}/score")
    leader.open(story.assessment)
    leader.submit("/self-assessment/submit")
    leader.open(story.assessment)
    assert leader.find("form[action$='/self-assessment/submit']").count() == 0


def element_codes(someone: PersonAtBrowser, story: Story) -> list[str]:
    """The codes of all elements, as the assessment's own page lists them."""
    someone.open(story.assessment)
    links = someone.find("#elements a[href*='/elements/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    codes = [link.rpartition("/")[2] for link in links]
    assert len(codes) == {"short": len(SHORT), "whole": ALL}[story.standard], codes
    return codes


def the_assessor_scores_every_element(story: Story) -> None:
    assessor = story.person("assessor")
    codes = element_codes(assessor, story)
    assessor.open(f"{story.assessment}/elements/{codes[0]}")
    file = assessor.download("aside a[href*='/file']")
    assert "دليل على الخدمة".encode() in file.read_bytes()
    assert "منذ سنة" not in assessor.text(), "the self-score is hidden until one's own is saved"
    for number, code in enumerate(codes, start=1):
        assert assessor.path.startswith(f"{story.assessment}/elements/{code}"), assessor.path
        level = "started" if code in WEAK else "good"
        assessor.score(level, f"Seen in the records, reading {number}.")
    assessor.open(story.assessment)
    assessor.submit("/scores/submit")


def the_moderator_confirms_and_adjusts(story: Story) -> None:
    moderator = story.person("moderator")
    moderator.open(story.assessment)
    moderator.submit("/moderation/confirm-all")
    moderator.open(f"{story.assessment}/elements/{WEAK[1]}")
    moderator.mark(moderator.level("partial"))
    moderator.fill(reason="The procedure is in use in two of three offices.")
    moderator.go(moderator.find("form[action$='/agree'] button[name=go]"))
    moderator.open(story.assessment)
    moderator.submit("/moderation/submit")


def the_decision_maker_grants(story: Story) -> None:
    decider = story.person("decision_maker")
    decider.open(f"{story.assessment}/decision")
    decider.mark(decider.find("[name=award][value=accredited]"))
    decider.fill(reason="All rules of the award are met; two gaps have a plan.")
    decider.mark(decider.find("[name=sure]"))
    decider.submit("/decision")
    assert decider.find("[name=award]").count() == 0, "the decision is taken"


def the_leader_reads_the_gap_report_and_drafts_the_plan(story: Story) -> None:
    leader = story.person("leader")
    report = story.assessment.replace("assessments", "gap-reports")
    leader.open(report)
    text = leader.text()
    assert all(code in text for code in WEAK), text
    assert leader.find("svg.chart").count() >= 3, "radar, bars and run chart"
    pdf = leader.download("main a[href*='report.pdf']")
    assert len(PdfReader(pdf).pages) >= 2
    xlsx = leader.download("main a[href*='report.xlsx']")
    assert xlsx.read_bytes().startswith(b"PK")

    leader.follow("/improvement-actions/draft/")
    leader.submit("/improvement-actions/draft/")
    leader.open("/improvement-actions/")
    text = leader.text()
    assert all(code in text for code in WEAK)


def the_organisation_finds_and_downloads_its_certificate_in_two_clicks(story: Story) -> None:
    contributor = story.person("contributor")
    contributor.choose_from_menu("/certificates/")
    for language in ("en", "ar", "both"):
        pdf = contributor.download(f"main a[href$='/documents/{language}.pdf']")
        reader = PdfReader(pdf)
        assert len(reader.pages) == 1
    href = contributor.find("a[href$='/documents/en.pdf']").first.get_attribute("href")
    story.certificate = href.removesuffix("/documents/en.pdf")


def anybody_checks_the_certificate(story: Story) -> None:
    visitor = story.newcomer()
    visitor.open(f"{story.certificate}?lang={story.language}")
    assert {"en": "Valid", "ar": "سارية"}[story.language] in visitor.text()

    decider = story.person("decision_maker")
    decider.open(f"{story.certificate}/history")
    decider.press(decider.find("details:has(form[action$='/suspend']) > summary"))
    decider.write(
        decider.find("form[action$='/suspend'] textarea"),
        "Surveillance was refused without a reason.",
    )
    decider.submit("/suspend")

    visitor.open(story.certificate)
    assert {"en": "Suspended", "ar": "موقوفة"}[story.language] in visitor.text()
    assert "refused without" not in visitor.text(), "the public page never tells the reason"
    visitor.close()


def the_trail_tells_it_all(story: Story) -> None:
    manager = story.person("programme_manager")
    manager.choose_from_menu("/trail/")
    events = manager.download("main a[href*='trail.csv']").read_text("utf-8-sig")
    for action in (
        "assessment.opened",
        "score.set",
        "decision.",
        "certificate.issued",
        "kpi.imported",
    ):
        assert action in events
    assert ": 0 findings" in story.installation.run("audit", "verify")
