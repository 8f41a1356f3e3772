"""What a PDF says of itself as XMP, where libraries and readers for the blind look for it first.

Source: ISO 16684-1 (XMP), and ISO 14289-1, 7.1, for the title.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import XMP

from accredit.text import Language

#: What XML cannot say at all, not even as a reference.
_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The mark and the identifier every packet has.
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_PACKET = """{begin}
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>accredit</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def packet(*, title: str, author: str, language: Language) -> Any:
    """What the catalogue of a file leads to; without a date, so that bytes stay equal."""
    said = _PACKET.format(
        begin=_BEGIN, title=_as_xml(title), author=_as_xml(author), language=language
    )
    return XMP(creator=lambda _document: said.encode())


def _as_xml(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))
