"""The words of a standard's workbook. It is read in both languages at once, so both stand here."""

from __future__ import annotations

from accredit.text import Bilingual

ELEMENTS = "Elements العناصر"
EVIDENCE = "Evidence الأدلة"
CRITERIA = "Criteria المحاور"
TEXTS = "Texts النصوص"
README = "Read me اقرأني"
FILE = "File الملف"

CODE = Bilingual("Code", "الرمز")
TITLE = Bilingual("Title", "العنوان")
CRITERION = Bilingual("Criterion (for reading)", "المحور (للقراءة)")
STATEMENT = Bilingual("What is required", "المطلوب")
WHY = Bilingual("Why it matters", "سبب الأهمية")
SCALE = Bilingual("Scale", "المقياس")
EVIDENCE_NOTE = Bilingual(
    "Evidence (for reading): kind, how many, months old at most",
    "الأدلة (للقراءة): النوع والعدد وأقصى عمر بالأشهر",
)
KPIS = Bilingual("KPIs, separated by commas", "مؤشرات الأداء، تفصل بينها فواصل")
WEIGHT = Bilingual("Weight", "الوزن")
LEAST = Bilingual("Least weight", "أدنى وزن")
MOST = Bilingual("Greatest weight", "أعلى وزن")
POINTS = Bilingual("Points", "النقاط")
REQUIRED = Bilingual("Required level", "المستوى المطلوب")
EFFORT = Bilingual("Effort per level", "الجهد لكل مستوى")
ATTRIBUTES = Bilingual("Set of attributes", "مجموعة الجوانب")
MEASURED = Bilingual("Measured by (for reading)", "يُقاس بـ (للقراءة)")
NA = Bilingual("May be left out", "جواز عدم الانطباق")
SOURCES = Bilingual("Sources, separated by commas", "المصادر، تفصل بينها فواصل")
ELEMENT = Bilingual("Element", "العنصر")
NUMBER = Bilingual("No.", "الرقم")
EVIDENCE_KIND = Bilingual("Kind", "النوع")
MINIMUM = Bilingual("How many at least", "أقل عدد")
AGE = Bilingual("Months old at most", "أقصى عمر بالأشهر")
EVIDENCE_TEXT = Bilingual("What it should show", "ما ينبغي أن يُظهره")
INTENT = Bilingual("Intent", "الغاية")
PATH = Bilingual("Where the text stands (for reading)", "موضع النص (للقراءة)")
ABOUT = Bilingual("What it belongs to (for reading)", "ما يتعلق به النص (للقراءة)")
TEXT = Bilingual("Text", "النص")

_LANGUAGE = {
    "en": Bilingual("English", "بالإنجليزية"),
    "ar": Bilingual("Arabic", "بالعربية"),
}

FILE_NOTE = Bilingual(
    "The whole standard as it was exported. Nothing here may be edited: it carries what has no "
    "cell of its own.",
    "المعيار كله كما صُدِّر. لا يُعدَّل هنا شيء: فهذه الورقة تحمل ما ليس له خلية خاصة به.",
)

GUIDE = (
    Bilingual(
        "This workbook holds one standard, to be read and edited in a spreadsheet.",
        "يضم هذا المصنف معيارًا واحدًا، لتقرأه وتعدّله في برنامج جداول.",
    ),
    Bilingual(
        "White cells may be edited; grey ones are for reading. Sheets are protected without a "
        "password, against accidents only.",
        "الخلايا البيضاء قابلة للتعديل، والرمادية للقراءة. والأوراق محمية بلا كلمة مرور، تجنبًا "
        "للتعديل غير المقصود فقط.",
    ),
    Bilingual(
        "Every text stands in English and in Arabic; neither may be missing. Titles and names have "
        "at most 200 characters, other texts 2,000.",
        "لكل نص صيغة إنجليزية وأخرى عربية، ولا تُترك إحداهما. ولا تزيد العناوين والأسماء على 200 "
        "حرف، ولا النصوص الأخرى على 2,000 حرف.",
    ),
    Bilingual(
        "Elements: one row for each element, with a pair of columns for each level of its scale.",
        "العناصر: صف لكل عنصر، وعمودان لكل مستوى من مستويات مقياسه.",
    ),
    Bilingual(
        "A new element: write it into a free row below, with a new code under its criterion, and "
        "fill every cell that its neighbours fill. To remove an element, lift the protection and "
        "delete its row; what rules and examples say of it has to be changed in the YAML file.",
        "لإضافة عنصر: اكتبه في صف فارغ في الأسفل برمز جديد تحت محوره، واملأ كل خلية مملوءة لدى "
        "العناصر المجاورة. ولحذف عنصر: ارفع الحماية واحذف صفه، أما ما تذكره القواعد والأمثلة عنه "
        "فيُعدَّل في ملف YAML.",
    ),
    Bilingual(
        "Evidence: one row for each kind of evidence an element expects, found by the code of the "
        "element. Rows may be added and removed.",
        "الأدلة: صف لكل نوع من الأدلة يتطلبه العنصر، ويُعرف برمز العنصر. ويجوز إضافة الصفوف وحذفها.",
    ),
    Bilingual(
        "Criteria: titles, intents and weights. New criteria are written in the YAML file.",
        "المحاور: العناوين والغايات والأوزان. أما المحاور الجديدة فتُكتب في ملف YAML.",
    ),
    Bilingual(
        "Texts: names and texts of scales, attributes, rules, awards and examples. What they "
        "decide is not edited here.",
        "النصوص: أسماء المقاييس والجوانب والقواعد ومستويات الاعتماد والأمثلة ونصوصها. أما ما تقرره "
        "فلا يُعدَّل هنا.",
    ),
    Bilingual(
        "Columns and sheets you add are ignored. Keep the first, hidden row of each sheet: it "
        "names the columns.",
        "ما تضيفه من أعمدة وأوراق لا يُقرأ. وأبقِ الصف الأول المخفي في كل ورقة، ففيه أسماء الأعمدة.",
    ),
    Bilingual(
        "When it is read back, every mistake is named with its sheet and cell, and nothing is "
        "taken over until all are put right.",
        "عند استيراد المصنف يُذكر كل خطأ بورقته وخليته، ولا يُعتمد شيء منه حتى تُصحَّح الأخطاء كلها.",
    ),
)


def in_language(label: Bilingual, language: str) -> Bilingual:
    """The heading of the column that has the text in this language."""
    of = _LANGUAGE[language]
    return Bilingual(f"{label.en} – {of.en}", f"{label.ar} – {of.ar}")


def level(name: Bilingual, scale: str) -> Bilingual:
    """The heading of the columns that describe a level; `scale` is empty where there is one."""
    of = f" ({scale})" if scale else ""
    return Bilingual(f"Level: {name.en}{of}", f"المستوى: {name.ar}{of}")
