"""The certificate on paper: words, numbers, code; nothing clipped, always the same bytes."""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
import segno
from pypdf import PdfReader

from accredit.certificate.ornament import INSET, WIDTH
from accredit.certificate.pdf import DOCUMENT_LANGUAGES, render_certificate
from accredit.certificate.wording import CertificateText
from accredit.text import Bilingual
from tests.costs import costs_less_than
from tests.pdf.tree import read_tree

TEXT = CertificateText(
    number="SE-2026-7K4M9-QTX2H-B5R38",
    organisation=Bilingual("Northern Services Authority", "هيئة خدمات الشمال"),
    department=Bilingual("Licensing", "إدارة التراخيص"),
    scope=Bilingual("Licences for trades (1.2)", "تراخيص الأنشطة التجارية (1.2)"),
    standard=Bilingual("Customer service standard", "معيار خدمة المتعاملين"),
    edition="2026.1",
    award=Bilingual("Accredited with distinction", "معتمد بامتياز"),
    issued_on=date(2026, 3, 15),
    expires_on=date(2029, 3, 14),
    decided_by=Bilingual("Mona Jaber", "منى جابر"),
    verify_url="https://accredit.example.org/certificates/SE-2026-7K4M9-QTX2H-B5R38",
    check_url="https://accredit.example.org/certificates/check",
)

LONG_EN = ("Authority for the licensing of trades, professions and public services " * 3)[:200]
LONG_AR = ("هيئة تنظيم المهن والأنشطة التجارية وترخيص الخدمات العامة في جميع المراكز " * 4)[:200]
ENGLISH = ["Certificate of accreditation", "Northern Services Authority", "Licensing"]
ENGLISH += ["Accredited with distinction", "15 March 2026", "14 March 2029", "Mona Jaber"]
ARABIC = ["اعتماد", "هيئة", "خدمات", "الشمال", "إدارة", "التراخيص", "معتمد", "منى", "مارس"]


def extract(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 1
    return " ".join(unicodedata.normalize("NFKC", pages[0].extract_text()).split())


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_it_is_one_landscape_a4_page(language):
    (page,) = PdfReader(BytesIO(render_certificate(TEXT, language))).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_the_number_can_be_searched_in_every_language(language):
    assert TEXT.number in extract(render_certificate(TEXT, language))


@pytest.mark.parametrize("language", ["en", "both"])
def test_the_english_words_can_be_read_back(language):
    text = extract(render_certificate(TEXT, language))
    assert [words for words in ENGLISH if words not in text] == []


@pytest.mark.parametrize("language", ["ar", "both"])
def test_the_arabic_words_can_be_read_back(language):
    text = extract(render_certificate(TEXT, language))
    assert [word for word in ARABIC if word not in text] == []


def test_each_language_keeps_to_itself():
    english, arabic = (extract(render_certificate(TEXT, code)) for code in ("en", "ar"))
    assert not any("\u0600" <= letter <= "\u06ff" for letter in english)
    assert not any(words in arabic for words in ("Certificate of", "Northern", "Valid"))


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_the_same_certificate_is_the_same_file(language):
    assert render_certificate(TEXT, language) == render_certificate(TEXT, language)


def test_another_name_is_another_file():
    other = dataclasses.replace(TEXT, decided_by=Bilingual("Somebody else", "شخص آخر"))
    assert render_certificate(TEXT, "both") != render_certificate(other, "both")


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_every_font_is_embedded(language):
    (page,) = PdfReader(BytesIO(render_certificate(TEXT, language))).pages
    for font in page["/Resources"]["/Font"].values():
        assert "/FontFile2" in font.get_object()["/FontDescriptor"].get_object()


def boxes(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every letter on the page."""
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage()
    found = [text.get_charbox(n) for n in range(text.count_chars())]
    result = [box for box in found if box[2] > box[0] and box[3] > box[1]]
    text.close()
    document.close()
    return result


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_names_of_200_characters_stay_inside_the_border_and_off_each_other(language):
    long = Bilingual(LONG_EN, LONG_AR)
    text = dataclasses.replace(
        TEXT,
        organisation=long,
        department=long,
        scope=Bilingual(LONG_EN + LONG_EN[:100], LONG_AR + LONG_AR[:100]),
        standard=long,
        award=Bilingual(LONG_EN[:120], LONG_AR[:120]),
        decided_by=Bilingual(LONG_EN[:120], LONG_AR[:120]),
        check_url="https://accredit." + "very-long-name." * 8 + "example.org/certificates/check",
    )
    pdf = render_certificate(text, language)
    letters = boxes(pdf)
    assert min(box[0] for box in letters) >= INSET
    assert max(box[2] for box in letters) <= WIDTH - INSET
    assert min(box[1] for box in letters) >= INSET
    assert max(box[3] for box in letters) <= 595 - INSET
    read = extract(pdf)
    last_words = LONG_EN.split()[-2] if language != "ar" else LONG_AR.split()[-2]
    assert read.count(last_words) >= 3
    assert overlapping(letters) == []


def overlapping(letters: list[tuple[float, float, float, float]]) -> list[object]:
    """Pairs of letters of different lines that cover half of the smaller one's area.

    Neighbours in one line of joined Arabic writing touch and overhang, which is meant.
    """
    found: list[object] = []
    distinct = sorted(set(letters))
    for index, one in enumerate(distinct):
        for other in distinct[index + 1 :]:
            if other[0] >= one[2]:
                break
            wide = min(one[2], other[2]) - other[0]
            high = min(one[3], other[3]) - max(one[1], other[1])
            apart = abs((one[1] + one[3]) - (other[1] + other[3])) / 2
            heights = [box[3] - box[1] for box in (one, other)]
            areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
            if apart > max(heights) / 2 and high > 0 and wide * high > 0.5 * min(areas) > 1:
                found.append((one, other))
    return found


@pytest.mark.parametrize("language", DOCUMENT_LANGUAGES)
def test_the_code_on_paper_is_the_address_of_the_public_page(language):
    """The modules are read off a picture of the page and compared with a code made apart."""
    document = pypdfium2.PdfDocument(render_certificate(TEXT, language))
    scale = 6
    image = document[0].render(scale=scale).to_pil().convert("L")
    document.close()
    expected = [bytes(row) for row in segno.make(TEXT.verify_url, error="m", micro=False).matrix]
    size, count = 84.0, len(expected)
    module = size / (count + 8)
    bottom = INSET + 8
    margin = INSET + 17
    left = {"en": margin, "ar": WIDTH - margin - size, "both": (WIDTH - size) / 2}[language]
    read = [
        bytes(
            int(
                image.getpixel(
                    (
                        round((left + (4 + column + 0.5) * module) * scale),
                        round(image.height - (bottom + size - (4 + row + 0.5) * module) * scale),
                    )
                )
                < 128
            )
            for column in range(count)
        )
        for row in range(count)
    ]
    assert read == expected


@pytest.mark.parametrize(
    "name", ["", "\u202eevil\u202c", "👩‍💼 Service", "a\x00b\x1bc", "ﷺ" * 40, "(" * 200, "x" * 200]
)
def test_hostile_names_are_still_a_certificate(name):
    text = dataclasses.replace(
        TEXT, organisation=Bilingual(name, name), scope=Bilingual(name, name)
    )
    assert TEXT.number in extract(render_certificate(text, "both"))


def test_a_certificate_takes_a_tenth_of_a_second_at_most():
    numbers = (f"SE-2026-7K4M9-QTX2H-B5R3{number}" for number in range(6))

    def another() -> bytes:
        return render_certificate(dataclasses.replace(TEXT, number=next(numbers)), "both")

    another()
    assert costs_less_than(0.1, another)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_read_out_from_its_title_to_how_to_verify(language):
    tree = read_tree(render_certificate(TEXT, language))

    (sheet,) = [node for node in tree.kids if node.kind == "Sect"]
    assert [node.kind for node in sheet.kids].count("H1") == 1
    assert {node.language for node in sheet.kids} == {language}
    assert [node.alt for node in tree.kids if node.kind == "Figure"] == [f"QR: {TEXT.verify_url}"]
    if language == "en":
        assert TEXT.number in tree.text
        assert sheet.text.index("Northern Services") < sheet.text.index("Accredited with")


def test_with_two_languages_one_is_read_after_the_other():
    tree = read_tree(render_certificate(TEXT, "both"))

    sheets = [node for node in tree.kids if node.kind == "Sect"]
    assert [{kid.language for kid in node.kids} for node in sheets] == [{"en"}, {"ar"}]
