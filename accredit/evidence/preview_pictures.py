"""Pictures of pages and of pictures, drawn anew: nothing of the file's own bytes is passed on.

It runs where memory and time are limited (`reader`).
"""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import ExifTags, Image, ImageOps

from accredit.evidence.content import MOST_PIXELS, File
from accredit.evidence.preview import MOST_POINTS, WIDEST

#: Text and lines are sharp and small as PNG; beyond this it is a photograph, and JPEG is smaller.
LARGEST_PNG = 400_000
_QUALITY = 82
_KINDS = ("PNG", "JPEG")


def page_picture(page: Any) -> tuple[str, bytes]:
    """A page of a PDF (pypdfium2's) as its media type and content."""
    width, height = page.get_size()
    # Less a point each: a fraction of one is drawn as a whole.
    scale = min((WIDEST - 1) / max(width, 1.0), math.sqrt(MOST_POINTS / max(width * height, 1.0)))
    return _encoded(page.render(scale=scale, may_draw_forms=False).to_pil())


def picture(file: File) -> tuple[str, bytes]:
    """A picture the right way up, no larger than a page is drawn."""
    with Image.open(file.stream, formats=_KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise file.too_many_pixels()
        opened.draft("RGB", (2 * WIDEST, 2 * WIDEST))
        upright = ImageOps.exif_transpose(opened)
    if upright.has_transparency_data:
        sheet = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(sheet, upright.convert("RGBA"))
    # Sixteen bits of grey would all turn white.
    drawn = upright.point(lambda v: v / 256).convert("L") if upright.mode[0] in "IF" else upright
    drawn = drawn.convert("RGB")
    scale = min(WIDEST / drawn.width, math.sqrt(MOST_POINTS / (drawn.width * drawn.height)), 1.0)
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    return _encoded(drawn.resize(size, Image.Resampling.LANCZOS) if scale < 1 else drawn)


def warm_up() -> None:
    """Do all of it once, since afterwards no module can be loaded."""
    target = io.BytesIO()
    small = Image.new("RGB", (8, 8))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    small.save(target, "JPEG", exif=turned)
    for kind in _KINDS:
        again = io.BytesIO()
        small.save(again, kind)
        picture(File("", kind.lower(), again, len(again.getvalue())))
    picture(File("", "jpeg", target, len(target.getvalue())))


def _encoded(drawn: Image.Image) -> tuple[str, bytes]:
    target = io.BytesIO()
    drawn.save(target, "PNG")
    if len(target.getvalue()) > LARGEST_PNG:
        photograph = io.BytesIO()
        drawn.convert("RGB").save(photograph, "JPEG", quality=_QUALITY)
        if len(photograph.getvalue()) < len(target.getvalue()):
            return "image/jpeg", photograph.getvalue()
    return "image/png", target.getvalue()
