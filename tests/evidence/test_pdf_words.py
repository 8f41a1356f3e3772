"""Arabic is read from a PDF as a reader reads it, whatever way its letters were put there."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from accredit.demo.files import Document, Section, make_pdf
from accredit.evidence.content import File
from accredit.evidence.texts import read_parts
from accredit.pdf.fonts import PLEX, get_font

SENTENCES = (
    "يُقاس الوفاء على الحالات كلها، وتُنشر نسبته كل ربع سنة.",
    "الرد المعلّل على الشكوى، ثم التأكد من اكتماله على أن يُقدَّم الأصل.",
    "رضا المتعاملين (CSAT) في 2026-11-21: 87.0% من 315 ردًّا «بلا شك».",
    "أكثر ما يعاود المتعامل التواصل بسببه رسائل لا تبيّن الخطوة التالية.",
)


def read(pdf: bytes) -> str:
    return " ".join(part.text for part in read_parts(File("", "pdf", io.BytesIO(pdf), len(pdf))))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_with_vowel_signs_brackets_and_figures_reads_as_written(sentence: str) -> None:
    pdf = make_pdf(Document("دليل", "الواحة", "ar", (Section("نص", (sentence,)),)))

    assert sentence in read(pdf)


def test_letters_put_there_from_left_to_right_are_read_from_the_right() -> None:
    """As programs do that draw each letter at its place, among them browsers."""
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.setFont(get_font(PLEX).fontName, 20)
    place = 100.0
    for letter in reversed("تقرير الفجوات"):
        canvas.drawString(place, 700, letter)
        place += canvas.stringWidth(letter, PLEX, 20)
    canvas.drawString(40, 700, "2026")
    canvas.save()

    assert read(target.getvalue()) == "تقرير الفجوات 2026"


def test_english_with_an_arabic_name_in_it_is_read_from_the_left() -> None:
    text = "The report of بلدية الواحة was read on 3 May."
    pdf = make_pdf(Document("Report", "Al Waha", "en", (Section("Text", (text,)),)))

    assert text in read(pdf)
