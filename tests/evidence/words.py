"""Which Latin words an Arabic page shows."""

from __future__ import annotations

import re

#: Names and codes that stay in Latin letters in both languages.
ALLOWED = {
    "accredit", "English", "PDF", "Word", "Excel", "PowerPoint", "OpenDocument", "PNG", "JPEG",
    "CSV", "MP", "SHA", "DOCX", "JPG", "TXT", "NPS", "CSAT", "CES", "pdf",
}  # fmt: skip


def latin_words(text: str) -> set[str]:
    """Latin words of two letters or more that are neither a name nor a code."""
    return set(re.findall(r"[A-Za-z]{2,}", text)) - ALLOWED
