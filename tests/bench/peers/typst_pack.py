"""Writes the workload as a tagged PDF by Typst: `typst_pack.py FOLDER FONTS OUT.pdf`; the folder holds pack.typ and pack.json."""

import sys

import typst

folder, fonts, out = sys.argv[1:]
typst.compile(f"{folder}/pack.typ", output=out, root=folder, font_paths=[fonts], ignore_system_fonts=True, pdf_standards=["ua-1"])
