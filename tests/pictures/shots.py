"""Which pages are pictured, and as whom.

An address may have places of the demonstration in braces ("{scoring:DIG}" is the assessment
that is at that stage there) and links to follow: "/evidence/ > /evidence/\\d+" is the first link
of the library that fits.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: the endpoint that must answer, who looks, where, and in which state.

    `state` names the picture apart from others of the endpoint; `act` is something done there
    first (`acts.py`); `paper` pictures the page as printed, too.
    """

    endpoint: str
    who: str | None
    address: str
    state: str = ""
    act: str = ""
    paper: bool = False

    @property
    def name(self) -> str:
        """The name of its pictures."""
        return "-".join(part for part in (self.endpoint, self.state) if part).replace("_", "-")


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF that the product makes: each of its pages becomes a picture."""

    endpoint: str
    name: str
    who: str
    address: str
    languages: tuple[str, ...] = ("en", "ar")


EXCELLENCE = "{scoring:DIG:excellence-2025}"

SHOTS = (
    # The way in.
    Shot("security.login", None, "/sign-in"),
    Shot("security.login", None, "/sign-in", "refused", act="wrong_password"),
    Shot("identity.second_factor", None, "/sign-in", act="password_alone"),
    Shot("identity.forgotten", None, "/forgotten"),
    Shot("identity.invited", None, "{invitation}"),
    Shot("identity.new_password", None, "{reset}"),
    Shot("identity.account", "khalid", "/account"),
    Shot("identity.account", "khalid", "/account", "session-ends", act="leave_alone"),
    Shot("identity.security", "huda", "/account/security"),
    Shot("identity.new_app", "khalid", "/account/second-factor/app"),
    Shot("identity.new_key", "khalid", "/account/second-factor/key"),
    Shot("assessment.interests", "grace", "/assessments/interests"),
    Shot("assessment.interests", "khalid", "/assessments/interests", "errors", act="send_empty"),
    # My work.
    Shot("home.index", "khalid", "/", "leader"),
    Shot("home.index", "maryam", "/", "leader-writing"),
    Shot("home.index", "fatima", "/", "assessor"),
    Shot("home.index", "huda", "/", "programme-manager"),
    Shot("home.index", "omar", "/", "observer"),
    Shot("home.index", "amina", "/", "administrator"),
    # Search.
    Shot("search.index", "khalid", "/search"),
    Shot("search.index", "khalid", "/search?q=الخدمة", "found"),
    Shot("search.index", "khalid", "/search?q=service&kind=standards", "one-kind"),
    Shot("search.index", "khalid", "/search?q=zzzz", "nothing-found"),
    # Assessments.
    Shot("assessment.index", "huda", "/assessments/"),
    Shot("assessment.new", "huda", "/assessments/new"),
    Shot("assessment.new", "huda", "/assessments/new", "errors", act="send_empty"),
    Shot("assessment.people", "huda", "/assessments/{set_up:LIC}/people"),
    Shot("assessment.declared_interests", "huda", "/assessments/interests/of-people"),
    Shot("assessment.move", "huda", "/assessments/{self_assessment:CC}/move"),
    Shot("assessment.show", "huda", "/assessments/{set_up:LIC}", "set-up"),
    Shot("assessment.show", "maryam", "/assessments/{self_assessment:CC}", "self-assessment"),
    Shot("assessment.show", "fatima", "/assessments/{scoring:DIG}", "scoring"),
    Shot("assessment.show", "daniel", "/assessments/{moderation:CC}", "moderation"),
    Shot("assessment.show", "laila", "/assessments/{decision:LIC}", "decision"),
    Shot("assessment.show", "khalid", "/assessments/{closed:LIC}", "closed"),
    Shot("assessment.show", "yousef", f"/assessments/{EXCELLENCE}", "attributes"),
    Shot("assessment.element", "maryam", "/assessments/{self_assessment:CC}/elements/1.1", "self"),
    Shot(
        "assessment.element",
        "maryam",
        "/assessments/{self_assessment:CC}/elements/6.2",
        "errors",
        act="send_empty",
    ),
    Shot("assessment.element", "fatima", "/assessments/{scoring:DIG}/elements/1.1", "scoring"),
    Shot("assessment.element", "daniel", "/assessments/{moderation:CC}/elements/3.1", "moderation"),
    Shot("assessment.element", "laila", "/assessments/{decision:LIC}/elements/6.1", "settled"),
    Shot("assessment.element", "fatima", f"/assessments/{EXCELLENCE}/elements/3.1", "attributes"),
    Shot("assessment.evidence", "laila", "/assessments/{decision:LIC}/evidence"),
    Shot("assessment.find_evidence", "fatima", "/assessments/evidence?q=الخدمة"),
    Shot(
        "assessment.evidence_preview",
        "laila",
        "/assessments/{decision:LIC}/elements/1.1 > /evidence/\\d+/preview",
    ),
    Shot("assessment.choices", "yousef", f"/assessments/{EXCELLENCE}/scope"),
    Shot("certificate.decision", "laila", "/assessments/{decision:LIC}/decision", "to-take"),
    Shot("certificate.decision", "khalid", "/assessments/{closed:LIC}/decision", "taken"),
    Shot("certificate.decision", "maryam", "/assessments/{moderation:CC}/decision", "waits"),
    Shot("certificate.result", "khalid", "/assessments/{closed:LIC}/result"),
    Shot("certificate.result", "yousef", f"/assessments/{EXCELLENCE}/result", "attributes"),
    # Evidence.
    Shot("evidence.index", "noor", "/evidence/"),
    Shot("evidence.index", "noor", "/evidence/?q=زززز", "nothing-found"),
    Shot("evidence.show", "noor", "/evidence/ > /evidence/\\d+$"),
    Shot("evidence.edit", "noor", "/evidence/ > /evidence/\\d+$ > /evidence/\\d+/edit"),
    Shot("evidence.new", "noor", "/evidence/new"),
    Shot("evidence.new", "noor", "/evidence/new", "errors", act="send_empty"),
    # Measured figures.
    Shot("kpi.index", "huda", "/kpis/"),
    Shot("kpi.department", "khalid", "/kpis/{department:LIC}"),
    Shot("kpi.show", "khalid", "/kpis/{department:LIC}/csat"),
    Shot("kpi.catalogue", "khalid", "/kpis/catalogue"),
    Shot("kpi.imports", "rania", "/kpis/imports"),
    Shot("kpi.show_import", "rania", "/kpis/imports > /kpis/imports/\\d+"),
    Shot("kpi.upload", "rania", "/kpis/import"),
    Shot("kpi.mapping", "rania", "{import}"),
    # Gaps, plan.
    Shot("gap.index", "huda", "/gap-reports/"),
    Shot("gap.show", "khalid", "/gap-reports/{closed:LIC}", paper=True),
    Shot("gap.show", "yousef", f"/gap-reports/{EXCELLENCE}", "attributes"),
    Shot("gap.path", "khalid", "/gap-reports/{closed:LIC}/path"),
    Shot("improvement.index", "khalid", "/improvement-actions/", paper=True),
    Shot("improvement.show", "khalid", "/improvement-actions/ > /improvement-actions/\\d+"),
    Shot(
        "improvement.edit",
        "khalid",
        "/improvement-actions/ > /improvement-actions/\\d+ > /improvement-actions/\\d+/edit",
    ),
    Shot("improvement.new", "khalid", "/improvement-actions/new"),
    Shot("improvement.draft", "khalid", "/improvement-actions/draft/{closed:LIC}"),
    # Certificates.
    Shot("certificate.index", "omar", "/certificates/"),
    Shot("certificate.index", "khalid", "/certificates/", "none-yet"),
    Shot("certificate.show", None, "/certificates/{certificate:valid}", "valid", paper=True),
    Shot("certificate.show", None, "/certificates/{certificate:suspended}", "suspended"),
    Shot("certificate.show", None, "/certificates/SE-2025-AAAAA-AAAAA-AAAAA", "unknown"),
    Shot("certificate.check", None, "/certificates/check"),
    Shot("certificate.history", "huda", "/certificates/{certificate:valid}/history"),
    # Standards.
    Shot("standard.index", "huda", "/standards/"),
    Shot("standard.show", "khalid", "/standards/{standard:service-excellence}", paper=True),
    Shot("standard.show", "khalid", "/standards/{standard:excellence-2025}", "attributes"),
    Shot("standard.compare_versions", "huda", "/standards/compare"),
    Shot("standard.new", "amina", "/standards/new"),
    Shot("standard.new", "amina", "/standards/new", "errors", act="send_a_faulty_standard"),
    Shot("standard.draft", "amina", "{draft}", "changes"),
    Shot("standard.draft", "amina", "{draft}?show=examples", "examples"),
    Shot("standard.draft", "amina", "{draft}?show=text", "text"),
    Shot("standard.publish", "amina", "{draft}/publish"),
    Shot("standard.replace", "amina", "{draft}/replace"),
    # People, the trail.
    Shot("identity.people", "huda", "/people"),
    Shot("identity.person", "amina", "/people/2"),
    Shot("identity.new_person", "amina", "/people/new"),
    Shot("identity.new_person", "amina", "/people/new", "errors", act="send_empty"),
    Shot("identity.organisations", "amina", "/organisations"),
    Shot("identity.organisation", "amina", "/organisations > /organisations/\\d+$"),
    Shot("identity.organisation_name", "amina", "/organisations/1/name"),
    Shot("identity.department_name", "amina", "/organisations/1/departments/1"),
    Shot("identity.new_organisation", "amina", "/organisations/new"),
    Shot("trail.index", "huda", "/trail/"),
    Shot("trail.check", "huda", "/trail/check"),
    # For developers, in a demonstration alone.
    Shot("gallery", "amina", "/gallery"),
    # What goes wrong.
    Shot("", "noor", "/people", "error-403"),
    Shot("", "noor", "/no/such/page", "error-404"),
    Shot("", "huda", "/assessments/new", "error-409", act="start_what_is_closed"),
)

PAPERS = (
    Paper("gap.pdf", "gap-report", "khalid", "/gap-reports/{closed:LIC}/report.pdf"),
    Paper("gap.pdf", "gap-report-attributes", "yousef", f"/gap-reports/{EXCELLENCE}/report.pdf"),
    Paper(
        "certificate.document",
        "certificate-en",
        "omar",
        "/certificates/{certificate:valid}/documents/en.pdf",
        ("en",),
    ),
    Paper(
        "certificate.document",
        "certificate-ar",
        "omar",
        "/certificates/{certificate:valid}/documents/ar.pdf",
        ("ar",),
    ),
    Paper(
        "certificate.document",
        "certificate-both",
        "omar",
        "/certificates/{certificate:valid}/documents/both.pdf",
        ("ar",),
    ),
)

#: What answers a GET and is no page: files, pictures, type, and a page of a library that shows
#: nothing here.
NO_PAGES = frozenset(
    {
        "static",
        "asset",
        "security.static",
        "security.verify",
        "assessment.evidence_file",
        "assessment.evidence_pack",
        # It leads to the next element.
        "assessment.go_on",
        "evidence.arrived",
        "evidence.file",
        "gap.xlsx",
        # Opened by a link that was mailed; a demonstration sends no mail.
        "identity.confirm_address",
        "identity.new_address",
        "identity.reset",
        "identity.welcome",
        # How long a session goes on, for a script.
        "identity.session_left",
        "improvement.export_csv",
        "improvement.export_xlsx",
        "kpi.export",
        "kpi.rejected",
        "standard.file",
        "standard.draft_as",
        "standard.draft_file",
        "trail.export",
        "trail.export_lines",
    }
)
