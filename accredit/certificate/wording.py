"""What is printed on a certificate, and the words around it in both languages.

The words are not part of the translation catalogue: a certificate keeps its words whatever the
pages say later, and one sheet may carry both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accredit.text import Bilingual

PROGRAMME = Bilingual("Accreditation programme", "برنامج الاعتماد")
TITLE = Bilingual("Certificate of accreditation", "شهادة اعتماد")
AWARDED_TO = Bilingual("This certificate is awarded to", "مُنحت هذه الشهادة إلى")
FOR_MEETING = Bilingual("for meeting the requirements of the", "لاستيفاء متطلبات")
EDITION = Bilingual("edition", "الإصدار")
SCOPE = Bilingual("Scope", "النطاق")
NUMBER = Bilingual("Certificate number", "رقم الشهادة")
ISSUED = Bilingual("Issued on", "تاريخ الإصدار")
VALID_UNTIL = Bilingual("Valid until", "سارية حتى")
DECIDED_BY = Bilingual("Decided by", "متخذ القرار")
HOW_TO_VERIFY = Bilingual(
    "Scan the code to see whether this certificate is valid today, or type its number at",
    "امسح الرمز لتتحقق من سريان هذه الشهادة اليوم، أو أدخل رقمها في",
)


@dataclass(frozen=True, slots=True)
class CertificateText:
    """Everything a certificate says. `verify_url` is its public page, `check_url` the page
    on which a number can be typed; `expires_on` is the last valid day."""

    number: str
    organisation: Bilingual
    department: Bilingual
    scope: Bilingual
    standard: Bilingual
    edition: str
    award: Bilingual
    issued_on: date
    expires_on: date
    decided_by: Bilingual
    verify_url: str
    check_url: str
