"""The sign of the site: ours in the colours of the pages, or an organisation's own drawing."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from accredit.config import SettingsError
from accredit.web.themes import Colours

LARGEST = 32 * 1024
_OURS = Path(__file__).parent.parent / "static"
#: The colours our own drawings are kept in.
_BAND, _BRAND, _AMBER = "#083f4a", "#0b5563", "#f4b740"
_NEVER = (b"<!doctype", b"<!entity", b"<script", b"<foreignobject", b"javascript:", b"<style")


def drawing(name: str, own: Path | None, colours: Colours) -> bytes:
    """`mark.svg`, which stands on the band, or `favicon.svg`, which stands alone.

    Raises `SettingsError` where an organisation's own drawing cannot be shown.
    """
    if own is not None:
        return _own_drawing(own)
    text = (_OURS / name).read_text(encoding="utf-8")
    for ours, role in ((_BAND, "band"), (_BRAND, "brand"), (_AMBER, "amber")):
        text = text.replace(ours, colours[role])
    return text.encode()


def _own_drawing(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"it cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise _refused(path, f"it is larger than {LARGEST // 1024} KB")
    found = next((word for word in _NEVER if word in content.lower()), None)
    if found is not None:
        raise _refused(path, f"it contains “{found.decode()}”, which a sign does not need")
    try:
        root = ET.fromstring(content)  # noqa: S314 - no entities: refused above
    except ET.ParseError as error:
        raise _refused(path, f"it is no SVG: {error}") from error
    if root.tag != "{http://www.w3.org/2000/svg}svg" or "viewBox" not in root.attrib:
        raise _refused(path, "its root must be <svg xmlns=… viewBox=…>")
    for element in root.iter():
        for attribute, value in element.attrib.items():
            outside = attribute.endswith("href") and not value.startswith("#")
            if outside or attribute.lower().startswith("on"):
                raise _refused(path, f"“{attribute}” leads elsewhere or runs something")
    return content


def _refused(path: Path, why: str) -> SettingsError:
    return SettingsError(f"ACCREDIT_MARK names {path}, but {why}.")
