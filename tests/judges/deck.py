# Opens a deck with python-pptx and its workbooks with openpyxl. Compares every chart with its workbook and, where the
# plan is given as JSON, with the plan. Prints what it saw as JSON; `wrong` lists what does not agree.
# Usage: deck.py DECK [PLAN]
import io
import json
import re
import sys

import openpyxl
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
wrong = []


def close(one, other):
    if one is None or other is None:
        return one is None and other is None
    return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))


def same(ones, others):
    return len(ones) == len(others) and all(close(one, other) for one, other in zip(ones, others))


def drawn(chart):
    """Name, values and references of each series of all plots; None where nothing stands."""
    rows = []
    for ser in chart._chartSpace.iter(C + "ser"):
        cache = ser.find(f"{C}val/{C}numRef/{C}numCache")
        values = [None] * int(cache.find(C + "ptCount").get("val"))
        for point in cache.iter(C + "pt"):
            values[int(point.get("idx"))] = float(point.find(C + "v").text)
        name = ser.find(f"{C}tx/{C}strRef/{C}strCache/{C}pt/{C}v").text or ""
        references = [ser.find(f"{C}{part}/{C}{kind}/{C}f").text for part, kind in
                      (("tx", "strRef"), ("cat", "strRef"), ("val", "numRef"))]
        rows.append((name, values, references))
    return rows


def cells(book, reference):
    sheet, area = reference.rsplit("!", 1)
    found = book[sheet.strip("'")][area.replace("$", "")]
    if not isinstance(found, tuple):
        return [found.value]
    return [cell.value for row in found for cell in row]


def against_workbook(chart, where, seq):
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob), data_only=True)
    if len(book.sheetnames) != 2:
        wrong.append(f"{where}: sheets {book.sheetnames}")
        return
    lineage = {str(cell) for row in book.worksheets[1].values for cell in row if cell is not None}
    if seq is not None and str(seq) not in lineage:
        wrong.append(f"{where}: the lineage does not name the state {seq}")
    categories = [str(category) for category in chart.plots[0].categories]
    for name, values, (tx, cat, val) in drawn(chart):
        if [cell or "" for cell in cells(book, tx)] != [name]:
            wrong.append(f"{where}: series {name!r} is {cells(book, tx)} in the workbook")
        if [str(cell or "") for cell in cells(book, cat)] != categories:
            wrong.append(f"{where}: categories differ from the workbook's")
        if not same(values, cells(book, val)):
            wrong.append(f"{where}: {name!r} {values} is {cells(book, val)} in the workbook")
    return book


def levels(spec):
    """From and to of each step of a waterfall."""
    level, steps = 0.0, []
    for index, value in enumerate(spec["series"][0]["values"]):
        start = 0.0 if index in spec.get("totals", []) else level
        level = start + value
        steps.append((start, level))
    return steps


def against_plan(chart, spec, book, where):
    rows = drawn(chart)
    if [str(category) for category in chart.plots[0].categories] != spec["categories"]:
        wrong.append(f"{where}: categories are not the plan's")
    if spec["kind"] == "waterfall":
        if not same(cells(book, f"Sheet1!$B$2:$B${len(spec['categories']) + 1}"), spec["series"][0]["values"]):
            wrong.append(f"{where}: the workbook's steps are not the plan's")
        bars = [row for row in rows if "$E$" in row[2][0] or row[2][0] > "Sheet1!$E$1"]
        bars = bars[: len(bars) - (1 if spec.get("annotations") else 0)]
        for index, (start, end) in enumerate(levels(spec)):
            base, parts = bars[0][1][index], [bar[1][index] for bar in bars[1:]]
            top = sum(part for part in parts if part > 0) + max(base, 0)
            bottom = sum(part for part in parts if part < 0) + min(base, 0)
            want = (max(start, end), min(start, end))
            got = (top if parts and top else base, bottom if bottom else base)
            height = sum(abs(part) for part in parts)
            if not close(height, want[0] - want[1]) or not (close(got[0], want[0]) or close(got[1], want[1])):
                wrong.append(f"{where}: step {index} is drawn as {base} + {parts}, not {start} to {end}")
        return
    band = spec.get("band") if spec["kind"] in ("line", "area", "bar") else None
    left = list(rows)
    for series in spec["series"]:
        match = next((row for row in left if row[0] == series["name"] and same(row[1], series["values"])), None)
        if match is None:
            wrong.append(f"{where}: series {series['name']!r} is not drawn as planned")
        else:
            left.remove(match)
    extra = (2 if band else 0) + (1 if spec.get("annotations") else 0)
    if len(left) != extra:
        wrong.append(f"{where}: {[row[0] for row in left]} are drawn beside the plan's series")
    if band:
        flat = [row[1][0] for row in left if len({value for value in row[1]}) == 1]
        if band["low"] not in flat or not any(close(value, band["high"]) or close(value, band["high"] - band["low"]) for value in flat):
            wrong.append(f"{where}: the band is drawn as {flat}")


def described(shape, where):
    if not shape._element.xpath(".//p:cNvPr")[0].get("descr", "").strip():
        wrong.append(f"{where}: {shape.name} has no alternative text")


deck = Presentation(sys.argv[1])
plan = json.load(open(sys.argv[2])) if len(sys.argv) > 2 else None
specs = [block["spec"] for page in plan["pages"] for block in page["blocks"] if block["block"] == "chart"] if plan else None
seq = plan["manifest"]["seq"] if plan else None
seen = dict(slides=len(deck.slides), charts=0, charts_without_workbook=0, workbook_differs=0, tables=0, pictures=0,
            drawn=0, notes=0)
for number, slide in enumerate(deck.slides, 1):
    place = f"slide {number}"
    if slide.shapes.title is None or not slide.shapes.title.text.strip():
        wrong.append(f"{place} has no title")
    kinds = {shape.placeholder_format.type for shape in slide.placeholders}
    if slide.slide_layout.name != "Cover" and not {13, 15} <= {int(kind) for kind in kinds}:
        wrong.append(f"{place} has no footer or no number: {kinds}")
    if slide.has_notes_slide:
        seen["notes"] += 1
    for shape in slide.shapes:
        where = f"{place}, {shape.name}"
        if shape.has_chart:
            seen["charts"] += 1
            described(shape, place)
            if shape.chart.part.chart_workbook.xlsx_part is None:
                seen["charts_without_workbook"] += 1
                continue
            before = len(wrong)
            book = against_workbook(shape.chart, where, seq)
            seen["workbook_differs"] += len(wrong) > before
            if specs is not None and book is not None:
                against_plan(shape.chart, specs.pop(0), book, where)
        elif shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            seen["drawn"] += 1
            described(shape, place)
            if specs is not None:
                spec = specs.pop(0)
                notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
                for category in spec["categories"]:
                    if category not in notes:
                        wrong.append(f"{where}: the notes do not hold the data of {category}")
        elif shape.has_table:
            seen["tables"] += 1
            described(shape, place)
        elif shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
            seen["pictures"] += 1
            described(shape, place)
if specs:
    wrong.append(f"{len(specs)} charts of the plan are nowhere")
if not any(shape.name == "Watermark" for shape in deck.slide_master.shapes):
    wrong.append("the master has no watermark")
ids = [slide.get("id") for slide in deck.part._element.iter(P14 + "sldId")]
if ids != [slide.get("id") for slide in deck.part._element.iter(P + "sldId")]:
    wrong.append("the sections do not hold the slides in their order")
properties = deck.core_properties
for name in ("title", "author", "language", "keywords"):
    if not getattr(properties, name):
        wrong.append(f"the property {name} is empty")
for part in deck.part.package.iter_parts():
    partname = str(part.partname)
    if re.match(r"/ppt/(charts|slides|slideLayouts)/", partname) and b"srgbClr" in part.blob:
        wrong.append(f"{partname} holds colours that the theme does not")
seen["wrong"] = wrong
print(json.dumps(seen))
