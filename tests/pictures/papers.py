"""The pages of a PDF as pictures."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

#: Dots for each point of paper: an A4 page is 893 by 1263.
SCALE = 1.5


def pictures(pdf: bytes, folder: Path, name: str) -> list[Path]:
    """One picture for each page, and the file itself beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(pdf)
    document = pypdfium2.PdfDocument(pdf)
    taken = []
    for number, page in enumerate(document, 1):
        path = folder / f"{name}-p{number:02}.png"
        page.render(scale=SCALE).to_pil().save(path)
        taken.append(path)
    document.close()
    return taken
