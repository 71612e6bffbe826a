"""The paper of a Party document: A4, margins, type, language and page number (Hướng dẫn 36-HD/VPTW)."""

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm

from reports.writers.text import printable

FONT = "Times New Roman"
LANGUAGE = "vi-VN"
A4_SHORT, A4_LONG = 210, 297
TOP, BOTTOM, LEFT, RIGHT, HEADER = 20, 20, 30, 15, 10
PORTRAIT_WIDTH = A4_SHORT - LEFT - RIGHT
LANDSCAPE_WIDTH = A4_LONG - LEFT - RIGHT
TEMPLATE_PARTS = ("/stylesWithEffects", "/thumbnail", "/customXml", "/numbering")
PROPERTY_LIMIT = 255  # longer core properties are refused by the format

# All four slots, or Word shows another face for some Vietnamese letters.
RUN_FONTS = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'

# id, name shown in Word, based on, paragraph properties, run properties.
# Word puts its own translation to the names it knows; ours are Vietnamese because the clerk reads them.
INDENT = '<w:ind w:firstLine="567"/>'
PARAGRAPH_STYLES = (
    (
        "BodyText",
        "Body Text",
        '<w:spacing w:after="120" w:line="360" w:lineRule="atLeast"/>' + INDENT + '<w:jc w:val="both"/>',
        "",
    ),
    (
        "Heading1",
        "heading 1",
        '<w:keepNext/><w:spacing w:before="120" w:after="120"/>'
        + INDENT
        + '<w:jc w:val="both"/><w:outlineLvl w:val="0"/>',
        "<w:b/>",
    ),
    (
        "Heading2",
        "heading 2",
        '<w:keepNext/><w:spacing w:after="120"/>' + INDENT + '<w:jc w:val="both"/><w:outlineLvl w:val="1"/>',
        "<w:b/>",
    ),
    ("Header", "header", '<w:jc w:val="center"/>', ""),
    ("Title", "Title", '<w:keepNext/><w:jc w:val="center"/>', '<w:b/><w:sz w:val="32"/><w:szCs w:val="32"/>'),
    (
        "Subtitle",
        "Subtitle",
        '<w:keepNext/><w:ind w:left="567" w:right="567"/><w:jc w:val="center"/>',
        "<w:b/>",
    ),
    ("PartyCentred", "Dòng giữa", '<w:jc w:val="center"/>', ""),
    (
        "PartyMark",
        "Chỉ dẫn",
        '<w:keepNext/><w:spacing w:before="60" w:after="60"/><w:jc w:val="center"/>',
        "<w:i/>",
    ),
    (
        "PartyTable",
        "Chữ trong bảng",
        '<w:spacing w:before="40" w:after="40"/>',
        '<w:sz w:val="24"/><w:szCs w:val="24"/>',
    ),
    (
        "PartyNote",
        "Ghi chú",
        '<w:spacing w:before="60"/><w:jc w:val="both"/>',
        '<w:sz w:val="24"/><w:szCs w:val="24"/>',
    ),
    ("PartyRecipients", "Nơi nhận", "", '<w:sz w:val="24"/><w:szCs w:val="24"/>'),
    # Word wants a paragraph after each table; this one takes no room.
    (
        "PartyAfterTable",
        "Sau bảng",
        '<w:spacing w:line="20" w:lineRule="exact"/>',
        '<w:sz w:val="2"/><w:szCs w:val="2"/>',
    ),
)
STYLES = f"""<w:styles {nsdecls("w")}>
<w:docDefaults>
 <w:rPrDefault><w:rPr>{RUN_FONTS}<w:sz w:val="28"/><w:szCs w:val="28"/>
  <w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
 <w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>
</w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>
 <w:pPr><w:widowControl/></w:pPr><w:rPr>{RUN_FONTS}</w:rPr></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
 <w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/>
 <w:rPr>{RUN_FONTS}</w:rPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>
 <w:uiPriority w:val="99"/><w:semiHidden/><w:rPr>{RUN_FONTS}</w:rPr>
 <w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
  <w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>
  <w:bottom w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="numbering" w:default="1" w:styleId="NoList">
 <w:name w:val="No List"/><w:semiHidden/></w:style>
</w:styles>"""


def blank_document(*, author: str, title: str, landscape: bool = False) -> WordDocument:
    """An empty document on Party paper, owned by the issuing organ (not by the library that wrote it)."""
    document = Document()
    _set_styles(document)
    _set_settings(document)
    _drop_template_parts(document)
    _set_properties(document, author=author, title=title)
    section = document.sections[0]
    _set_page(section, landscape=landscape)
    section.different_first_page_header_footer = True
    _number_pages(section)
    return document


def open_landscape(document: WordDocument) -> None:
    """A wide annex lies in its own section; its first page is numbered too."""
    section = document.add_section()
    section.different_first_page_header_footer = False
    _set_page(section, landscape=True)
    # The paragraph that carries the section break would otherwise be a line of text on its own.
    break_mark = document.element.body.xpath("./w:p[w:pPr/w:sectPr]")[-1]
    break_mark.style = "PartyAfterTable"


def _set_page(section: Section, *, landscape: bool) -> None:
    width, height = (A4_LONG, A4_SHORT) if landscape else (A4_SHORT, A4_LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(HEADER)


def _number_pages(section: Section) -> None:
    """Arabic, centred, 10 mm from the top edge, from page 2 (the first page has no header)."""
    paragraph = section.header.paragraphs[0]
    paragraph.style = "header"
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "2"), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")._r
        if kind in ("begin", "separate", "end"):
            run.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
        elif not kind:
            run.append(parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"> {text} </w:instrText>'))


def _set_styles(document: WordDocument) -> None:
    """Ours in place of the template's: those name theme fonts and weigh half a megabyte."""
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.extend(list(parse_xml(STYLES)))
    for style_id, name, paragraph, run in PARAGRAPH_STYLES:
        styles.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/>'
                f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr>'
                f"<w:rPr>{RUN_FONTS}{run}</w:rPr></w:style>"
            )
        )


def _set_settings(document: WordDocument) -> None:
    """Vietnamese for the spelling check; without mode 15 Word opens the file in "compatibility mode"."""
    settings = document.settings.element
    for element in settings.iter(qn("w:themeFontLang")):
        element.set(qn("w:val"), LANGUAGE)
        element.set(qn("w:eastAsia"), LANGUAGE)
    for element in settings.iter(qn("w:compatSetting")):
        if element.get(qn("w:name")) == "compatibilityMode":
            element.set(qn("w:val"), "15")
    for element in list(settings.iter(qn("w:zoom"))):
        zoom = OxmlElement("w:zoom")
        zoom.set(qn("w:percent"), "100")
        settings.replace(element, zoom)


def _drop_template_parts(document: WordDocument) -> None:
    """The template's preview picture, second style sheet, list styles and empty data say nothing of ours."""
    for relationships in (document.part.rels, document.part.package.rels):
        for key, relationship in list(relationships.items()):
            if relationship.reltype.endswith(TEMPLATE_PARTS):
                relationships.pop(key)


def _set_properties(document: WordDocument, *, author: str, title: str) -> None:
    properties = document.core_properties
    properties.author = properties.last_modified_by = printable(author)[:PROPERTY_LIMIT]
    properties.title = printable(title)[:PROPERTY_LIMIT]
    properties.language = LANGUAGE
    properties.comments = properties.keywords = ""
    # The template's own date of 2013 would be wrong; the register dates the document.
    for name in ("dcterms:created", "dcterms:modified"):
        for element in properties._element.findall(qn(name)):
            properties._element.remove(element)
