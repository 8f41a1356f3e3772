"""The 36 hostile files of the attack programme, block C: each is refused, or read as plain text."""

from __future__ import annotations

from tests.standard.small import TEXT, changed

_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [" + ",".join([f"*{chr(ord(key) - 1)}"] * 9) + "]\n" for key in "bcdefghi"
)
_TITLE = 'title: {en: "A small standard", ar: "معيار صغير"}'


def _weight(value: str) -> bytes:
    return changed("weight: 3", f"weight: {value}").encode()


def _title(english: str) -> bytes:
    return changed(_TITLE, f'title: {{en: {english}, ar: "معيار"}}').encode()


# The name of the case, the file, and a line of the answer; none where the file is sound.
CASES: list[tuple[str, bytes, str | None]] = [
    ("01_call", b"!!python/object/apply:os.system [id]", "1:1: document: tags (!) are not allowed"),
    ("02_name", b"!!python/name:os.system ''", "1:1: document: tags (!) are not allowed"),
    ("03_own_tag", b"id: !secret x", "1:5: document: tags (!) are not allowed"),
    ("04_binary", b'id: !!binary "PD94"', "1:5: document: tags (!) are not allowed"),
    ("05_billion_laughs", _BOMB.encode(), "1:4: document: anchors (&) are not allowed"),
    ("06_cycle", b"a: &a [*a]", "1:4: document: anchors (&) are not allowed"),
    ("07_nested", b"[" * 1_000, "1:21: document: values are nested too deeply"),
    ("08_deeply_nested", b"[" * 100_000, "1:21: document: values are nested too deeply"),
    (
        "09_many_keys",
        b"".join(b"k%06d: 1\n" % number for number in range(90_000)),
        "24999:10: document: the file has too many values",
    ),
    (
        "09_200000_keys",
        b"".join(b"k%06d: 1\n" % number for number in range(200_000)),
        "1:1: document: the file is too large: 2200000 bytes; at most 1048576 are read",
    ),
    (
        "10_five_megabytes",
        b"a: " + b"x" * 5_000_000,
        "1:1: document: the file is too large: 5000003 bytes; at most 1048576 are read",
    ),
    (
        "11_duplicate_key",
        changed("        weight: 3\n", "        weight: 3\n        weight: 4\n").encode(),
        "36:9: document: the key “weight” is already given on line 35",
    ),
    (
        "12_same_code",
        changed('code: "1.2"', 'code: "1.1"').encode(),
        "38:15: criteria[0].elements[1].code: “1.1” is already given on line 23",
    ),
    ("13_no_is_text", _title("no"), None),
    ("13_yes_is_text", _title("yes"), None),
    (
        "13_off_is_a_key",
        changed("weight: 3", "weight: 3\n        off: x").encode(),
        "36:9: criteria[0].elements[0].off: unknown key “off”;"
        " known here: code, title, statement, why, levels, evidence, kpis, required, scale,"
        " attributes, effort, measured, …",
    ),
    ("14_sexagesimal_is_text", _title("1:30"), None),
    (
        "15_octal",
        _weight("010"),
        "35:17: criteria[0].elements[0].weight: a whole number is wanted here",
    ),
    (
        "16_exponent",
        _weight("1e3"),
        "35:17: criteria[0].elements[0].weight: a whole number is wanted here",
    ),
    (
        "17_infinity",
        _weight(".inf"),
        "35:17: criteria[0].elements[0].weight: a whole number is wanted here",
    ),
    (
        "17_not_a_number",
        _weight(".nan"),
        "35:17: criteria[0].elements[0].weight: a whole number is wanted here",
    ),
    (
        "18_negative",
        _weight("-5"),
        "35:17: criteria[0].elements[0].weight: -5 is out of range: from 1 to 1000",
    ),
    (
        "18_zero",
        _weight("0"),
        "35:17: criteria[0].elements[0].weight: 0 is out of range: from 1 to 1000",
    ),
    (
        "19_5000_digits",
        _weight("3" * 5_000),
        "35:17: criteria[0].elements[0].weight: a whole number is wanted here",
    ),
    ("20_no_such_day_is_text", _title("2025-02-30"), None),
    ("21_nothing", _title(""), "4:13: title.en: the text is empty"),
    ("21_null", _title("null"), "4:13: title.en: the text is empty"),
    (
        "22_merge",
        b"<<: *x",
        "1:5: document: aliases (*) are not allowed; write the value out",
    ),
    ("23_list_as_key", b"? [1, 2]\n: x", "1:3: document: a key must be a plain word"),
    (
        "24_two_documents",
        b"a: 1\n---\na: 2",
        "2:1: document: the file has more than one document",
    ),
    ("25_empty", b"", "1:1: document: the file is empty"),
    ("26_list", b"- a", "1:1: document: a mapping (key: value) is wanted here"),
    ("26_text", b"a", "1:1: document: a mapping (key: value) is wanted here"),
    (
        "27_tab",
        b"a:\n\t- b",
        "2:1: document: this is not valid YAML: found character that cannot start any token",
    ),
    ("28_nul", b"id: a\0b", "1:6: document: the character U+0000 is not allowed"),
    ("28_bell", b"id: a\x07", "1:6: document: the character U+0007 is not allowed"),
    (
        "29_utf_16",
        "id: x".encode("utf-16"),
        "1:1: document: the file is not UTF-8; save it as UTF-8",
    ),
    (
        "30_invalid_utf_8",
        b"id: x\ny: \xff",
        "2:4: document: the file is not UTF-8; save it as UTF-8",
    ),
    (
        "30_windows_1256",
        "id: x\ntitle: معيار".encode("cp1256"),
        "2:8: document: the file is not UTF-8; save it as UTF-8",
    ),
    (
        "31_override",
        _title('"a\u202eb"'),
        "4:15: document: the character U+202E is not allowed",
    ),
    (
        "31_isolate",
        _title('"a\u2066b"'),
        "4:15: document: the character U+2066 is not allowed",
    ),
    (
        "32_lone_surrogate",
        _title(r'"\ud800"'),
        "4:16: document: this is not valid YAML: found invalid Unicode character escape code",
    ),
    ("33_script_is_text", _title('"<script>alert(1)</script>"'), None),
    ("33_template_is_text", _title('"{{7*7}}"'), None),
    ("33_shell_is_text", _title('"${x}"'), None),
    *(
        (
            f"34_key_{key}",
            changed("weight: 3", f"weight: 3\n        {key}: x").encode(),
            f"36:9: criteria[0].elements[0].{key}: unknown key “{key}”;"
            " known here: code, title, statement, why, levels, evidence, kpis, required, scale,"
            " attributes, effort, measured, …",
        )
        for key in ("1", "true", "1.0")
    ),
    (
        "35_path_as_code",
        changed('code: "1.2"', 'code: "../../x"').encode(),
        "38:15: criteria[0].elements[1].code: “../../x” is not allowed here;"
        " wanted: digits or capital letters, separated by points, such as 1.2",
    ),
    (
        "35_long_code",
        changed('code: "1.2"', f'code: "{"1." * 5_000}1"').encode(),
        "38:15: criteria[0].elements[1].code: the text is too long: 10001 characters, at most 40",
    ),
    (
        "directive",
        b"%YAML 1.1\n---\nid: x",
        "1:1: document: directives such as %YAML are not allowed",
    ),
    ("escaped_nul", rb'id: "a\0b"', "1:5: document: the character U+0000 is not allowed"),
    ("sound", TEXT.encode(), None),
]
