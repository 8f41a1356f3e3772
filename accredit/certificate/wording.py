"""The words printed on a certificate, in both languages.

They are not part of the translation catalogue: a certificate keeps its words whatever the
pages say later, and one sheet may carry both languages.
"""

from __future__ import annotations

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
