"""Every refusal of the loader, with the exact place an author is sent to."""

from __future__ import annotations

import pytest

from accredit.standard.domain import Standard
from accredit.standard.file.loader import (
    InvalidStandardError,
    find_shipped_file,
    get_standard,
    load,
    load_file,
    shipped_files,
)
from accredit.standard.rules import CountLimit, KpiCondition, PredicateKind, ScopeKind, Veto
from tests.standard.small import DATA, TEXT, changed, errors, issues, standard

TITLE = 'title: {en: "A small standard", ar: "معيار صغير"}'
GOOD = '          good: {en: "Every service.", ar: "لكل خدمة."}\n'
FEW = "where: {below: required}, max: 1"
IN_11 = "criteria[0].elements[0]"


def test_a_sound_file_becomes_the_standard_it_says() -> None:
    small = standard()
    assert (small.id, small.version, small.title.ar) == ("small", "1", "معيار صغير")
    assert [element.code for element in small.elements] == ["1.1", "1.2", "2.1"]
    assert small.element("1.1").descriptor("good").en == "Every service."
    assert small.element("1.1").evidence[0].max_age_months == 24
    assert small.criterion_of("2.1").code == "2"
    assert small.required_level("1.2").id == "partial"
    assert (small.criterion("1").weight, small.weight, small.scale.max_value) == (4, 6, 3)
    assert small.element("1.2").sources == ()


def test_a_rule_becomes_the_value_of_its_kind() -> None:
    veto, few, _, _, _, csat = standard().rules
    assert isinstance(veto, Veto)
    assert veto.scope.kind is ScopeKind.ALL
    assert isinstance(few, CountLimit)
    assert (few.min, few.max) == (None, 1)
    assert few.where.kind is PredicateKind.BELOW
    assert isinstance(csat, KpiCondition)
    assert (csat.min, csat.max, csat.figure.min_n) == (70, None, 30)


def test_a_scope_may_be_the_code_of_one_criterion() -> None:
    rule = standard(changed("scope: each_criterion, where", 'scope: "2", where')).rules[1]
    assert isinstance(rule, CountLimit)
    assert (rule.scope.kind, rule.scope.code) == (ScopeKind.NODE, "2")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "accredit-standard/1",
            "accredit-standard/2",
            "1:9: format: “accredit-standard/2” is unknown; known: accredit-standard/1",
        ),
        (
            "id: small",
            "id: No Small",
            "2:5: id: “No Small” is not allowed here; wanted: lower-case letters, digits and"
            " hyphens, beginning with a letter",
        ),
        ('version: "1"', 'version: ""', "3:10: version: the text is empty"),
        ('version: "1"', "version:", "3:9: version: the text is empty"),
        ('version: "1"', "version: ~", "3:10: version: the text is empty"),
        ('version: "1"', "version: null", "3:10: version: the text is empty"),
        (TITLE, 'title: {en: "A small standard"}', "4:8: title: the key “ar” is missing"),
        (TITLE, 'title: {ar: "معيار صغير"}', "4:8: title: the key “en” is missing"),
        (TITLE, 'title: {en: "A", ar: "  "}', "4:22: title.ar: the text is empty"),
        (TITLE, 'title: "A"', "4:8: title: a mapping (key: value) is wanted here"),
        (TITLE, "title: [A]", "4:8: title: a mapping (key: value) is wanted here"),
        (TITLE, 'title: {en: [A], ar: "أ"}', "4:13: title.en: a text is wanted here"),
        (
            TITLE,
            'title: {en: "A", ar: "أ", fr: "A"}',
            "4:27: title.fr: unknown key “fr”; known here: en, ar",
        ),
        (
            TITLE,
            'title: {en: "A", ar: "' + "أ" * 201 + '"}',
            "4:22: title.ar: the text is too long: 201 characters, at most 200",
        ),
        (
            "value: 2, name",
            "value: 1, name",
            "10:25: scale.levels[2].value: the values of the levels must rise: 1 follows 1",
        ),
        (
            "value: 2, name",
            'value: "2", name',
            "10:25: scale.levels[2].value: a number is wanted here",
        ),
        (
            "id: partial, value",
            "id: absent, value",
            "9:12: scale.levels[1].id: “absent” is already given on line 8",
        ),
        (
            "id: partial, value",
            "id: required, value",
            "9:12: scale.levels[1].id: “required” is a reserved word",
        ),
        (
            "places: 1",
            "places: 7",
            "12:20: rounding.places: 7 is out of range: from 0 to 6",
        ),
        (
            "mode: half_up",
            "mode: nearest",
            "12:29: rounding.mode: “nearest” is unknown; known: half_up, half_even, down",
        ),
        (
            "rounding: {places: 1, mode: half_up}\n",
            "",
            "1:1: document: the key “rounding” is missing",
        ),
        (
            "kpis: [csat]\nsources",
            "kpis: [csat, csat]\nsources",
            "15:14: kpis[1]: “csat” is already given on line 15",
        ),
        (
            "sources: [X.3]",
            'sources: ["X 3"]',
            f"37:19: {IN_11}.sources[0]: “X 3” is not allowed here; wanted: Latin letters,"
            " digits, points, hyphens and underscores",
        ),
        (
            "weight: 3",
            "weight: 1001",
            f"35:17: {IN_11}.weight: 1001 is out of range: from 1 to 1000",
        ),
        ("weight: 3", "weight: 0", f"35:17: {IN_11}.weight: 0 is out of range: from 1 to 1000"),
        ("weight: 3", "weight: -5", f"35:17: {IN_11}.weight: -5 is out of range: from 1 to 1000"),
        ("weight: 3", "weight: 2.5", f"35:17: {IN_11}.weight: a whole number is wanted here"),
        (
            "weight: 3",
            "wieght: 3",
            f"23:9: {IN_11}: the key “weight” is missing|"
            f"35:9: {IN_11}.wieght: unknown key “wieght”; did you mean “weight”?",
        ),
        (
            "required: good",
            "required: great",
            f"36:19: {IN_11}.required: “great” is unknown;"
            " known: absent, partial, good, exceptional",
        ),
        (
            "kind: policy, min",
            "kind: minutes, min",
            f"33:20: {IN_11}.evidence[0].kind: “minutes” is unknown; known: policy",
        ),
        (
            "minimum: 1",
            "minimum: 0",
            f"33:37: {IN_11}.evidence[0].minimum: 0 is out of range: from 1 to 99",
        ),
        (
            "max_age_months: 24, ",
            "",
            f"33:13: {IN_11}.evidence[0]: the key “max_age_months” is missing",
        ),
        (
            "        kpis: [csat]",
            "        kpis: [nps]",
            f"34:16: {IN_11}.kpis[0]: “nps” is unknown; known: csat",
        ),
        (
            'code: "1.2"',
            'code: "1.1"',
            "38:15: criteria[0].elements[1].code: “1.1” is already given on line 23",
        ),
        (
            'code: "1.2"',
            'code: "2.2"',
            "38:15: criteria[0].elements[1].code: the code “2.2” does not stand under its"
            " criterion “1”",
        ),
        (
            'code: "1.2"',
            'code: "1.2.1"',
            "38:15: criteria[0].elements[1].code: the code “1.2.1” does not stand under its"
            " criterion “1”",
        ),
        (GOOD, "", f"28:11: {IN_11}.levels: the key “good” is missing"),
        (
            GOOD,
            GOOD + '          perfect: {en: "x", ar: "س"}\n',
            f"31:11: {IN_11}.levels.perfect: unknown key “perfect”;"
            " known here: absent, partial, good, exceptional",
        ),
        (
            "scope: all",
            "scope: everywhere",
            "69:45: rules[0].scope: “everywhere” is unknown; known: all, each_criterion, 1, 2",
        ),
        (
            "scope: each_criterion, where",
            'scope: "3", where',
            "70:47: rules[1].scope: “3” is unknown; known: all, each_criterion, 1, 2",
        ),
        (
            "where: {level: absent}",
            "where: {level: none}",
            "69:65: rules[0].where.level: “none” is unknown;"
            " known: absent, partial, good, exceptional",
        ),
        (
            "where: {level: absent}",
            "where: {level: absent, below: good}",
            "69:57: rules[0].where: exactly one of these keys is wanted: level, below, at_least,"
            " flag, not_applicable",
        ),
        (
            "where: {level: absent}",
            "where: {}",
            "69:57: rules[0].where: exactly one of these keys is wanted: level, below, at_least,"
            " flag, not_applicable",
        ),
        (
            "kind: veto",
            "kind: forbid",
            "69:32: rules[0].kind: “forbid” is unknown;"
            " known: veto, count_limit, share_limit, minimum, cap, kpi_condition,"
            " evidence_condition, applicability, weight_bounds, band_table, blend, ladder",
        ),
        ("kind: veto, ", "", "69:5: rules[0]: the key “kind” is missing"),
        (
            "kind: veto,",
            "kind: veto, max: 3,",
            "69:38: rules[0].max: unknown key “max”; known here: id, kind, text, scope, where,"
            " effect",
        ),
        (
            FEW,
            "where: {below: required}",
            "70:5: rules[1]: a bound is missing: give “min”, “max” or both",
        ),
        (
            FEW,
            "where: {below: required}, min: 2, max: 1",
            "70:102: rules[1].max: “max” (1) is smaller than “min” (2)",
        ),
        ("min: 0.25", "min: 25", "71:97: rules[2].min: 25 is out of range: from 0 to 1"),
        ("min: 0.25", "min: .25", "71:97: rules[2].min: a number is wanted here"),
        ("value: 60", "value: 101", "72:56: rules[3].value: 101 is out of range: from 0 to 100"),
        ("kpi: csat", "kpi: nps", "74:45: rules[5].kpi: “nps” is unknown; known: csat"),
        (
            "field: value",
            "field: mean",
            "74:58: rules[5].field: “mean” is unknown; known: value, low, high, n, trend",
        ),
        (
            "id: few_below",
            "id: nothing_absent",
            "70:10: rules[1].id: “nothing_absent” is already given on line 69",
        ),
        (
            "rules: [nothing_absent, few_below",
            "rules: [nothing_absent, few_bellow",
            "76:85: awards[0].rules[1]: “few_bellow” is unknown; known: nothing_absent,"
            " few_below, share_exceptional, total_60, each_50, csat_70",
        ),
        (
            "rules: [nothing_absent, few_below, total_60]",
            "rules: []",
            "76:68: awards[0].rules: the list is too short: at least 1 wanted",
        ),
        (
            "id: distinction",
            "id: accredited",
            "77:10: awards[1].id: “accredited” is already given on line 76",
        ),
        (
            "total_60], valid_years: 3",
            "total_60], valid_years: 0",
            "76:120: awards[0].valid_years: 0 is out of range: from 1 to 10",
        ),
    ],
)
def test_a_wrong_value_is_refused_at_its_line_and_column(old: str, new: str, expected: str) -> None:
    assert errors(changed(old, new)) == expected.split("|")


def test_it_reports_every_error_of_a_file_at_once_in_the_order_of_the_file() -> None:
    text = changed("weight: 3", "weight: 1009").replace("id: small", "id: 9small")
    text = text.replace("field: value", "field: mean").replace('ar: "الشكاوى"', 'ar: ""')
    places = [tuple(map(int, line.split(":")[:2])) for line in errors(text)]
    assert len(places) == 4
    assert places == sorted(places)


def test_an_error_in_the_scale_does_not_drag_every_element_behind_it() -> None:
    assert len(errors(changed("id: partial, value", "id: Partial!, value"))) == 1
    assert len(errors(changed("  - {id: policy,", "  - {id: Policy!,"))) == 1


def test_an_error_in_a_rule_is_not_repeated_by_the_awards_that_use_it() -> None:
    assert len(errors(changed("kind: veto", "kind: forbid"))) == 1


def test_kpis_may_be_checked_against_those_that_are_defined() -> None:
    assert errors(TEXT, known_kpis={"csat", "nps"}) == []
    assert errors(TEXT, known_kpis=["ces", "nps"]) == [
        "15:8: kpis[0]: “csat” is unknown; known: ces, nps"
    ]


def test_an_issue_names_file_line_column_and_path_and_its_message_can_be_translated() -> None:
    issue = issues(changed("weight: 3", "weight: 1006"))[0]
    assert (issue.file, issue.line, issue.col) == ("f", 35, 17)
    assert issue.path == "criteria[0].elements[0].weight"
    assert issue.message.text == "%(value)s is out of range: from %(low)s to %(high)s"


def test_a_file_is_found_read_and_refused_by_its_path(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.yaml").write_text("id: x", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    assert isinstance(load_file(tmp_path / "small.yaml"), Standard)
    assert get_standard(tmp_path / "small.yaml") == standard()
    with pytest.raises(InvalidStandardError) as caught:
        get_standard(tmp_path / "bad.yaml")
    assert len(caught.value.issues) > 5
    with pytest.raises(OSError, match="missing"):
        load_file(tmp_path / "missing.yaml")
    assert [path.name for path in shipped_files(tmp_path)] == ["bad.yaml", "small.yaml"]
    assert find_shipped_file(tmp_path, "small") == tmp_path / "small.yaml"
    for name in ("other", "../small", "small.yaml", "", "."):
        assert find_shipped_file(tmp_path, name) is None


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    windows = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert load(windows, file="f") == standard()
    broken = changed("weight: 3", "weight: 1009").replace("\n", "\r\n")
    assert errors(b"\xef\xbb\xbf" + broken.encode()) == errors(changed("weight: 3", "weight: 1009"))


def test_the_small_standard_of_the_tests_is_sound() -> None:
    assert isinstance(load_file(DATA / "small.yaml"), Standard)
