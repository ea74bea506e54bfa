# Opens a deck with python-pptx and compares every chart with its embedded workbook. Prints what it saw as JSON.
import io
import json
import re
import sys
import zipfile
from xml.etree import ElementTree

from pptx import Presentation

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(blob):
    """Cells of the first sheet by address."""
    book = zipfile.ZipFile(io.BytesIO(blob))
    strings = []
    if "xl/sharedStrings.xml" in book.namelist():
        root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(t.text or "" for t in si.iter(MAIN + "t")) for si in root]
    cells = {}
    for cell in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(MAIN + "c"):
        value = cell.find(MAIN + "v")
        if value is not None:
            cells[cell.get("r")] = strings[int(value.text)] if cell.get("t") == "s" else value.text
    return cells


def same(chart):
    cells = workbook(chart.part.chart_workbook.xlsx_part.blob)
    shown = {str(value) for value in cells.values()}
    numbers = sorted(round(float(v), 6) for k, v in cells.items() if re.fullmatch(r"-?[0-9.]+(E-?[0-9]+)?", v))
    plot = chart.plots[0]
    drawn = [round(v, 6) for series in plot.series for v in series.values if v is not None]
    names = all(str(c) in shown for c in plot.categories) and all(s.name in shown for s in plot.series)
    return names and all(v in numbers for v in drawn) and len(drawn) > 0


deck = Presentation(sys.argv[1])
seen = dict(slides=len(deck.slides), charts=0, charts_without_workbook=0, workbook_differs=0, tables=0, pictures=0)
for slide in deck.slides:
    for shape in slide.shapes:
        if shape.has_chart:
            seen["charts"] += 1
            if shape.chart.part.chart_workbook.xlsx_part is None:
                seen["charts_without_workbook"] += 1
            elif not same(shape.chart):
                seen["workbook_differs"] += 1
        if shape.has_table:
            seen["tables"] += 1
        if shape.shape_type == 13:
            seen["pictures"] += 1
print(json.dumps(seen))
