"""Asks page-validation whether PDF files keep PDF/UA-1 and PDF/A-2a: pdf_rules.py FILE..."""

import sys

import page

broken = 0
for path in sys.argv[1:]:
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        report = page.validate_pdf(path, profile=profile)
        print(f"{profile.value} {path}: {report.rules.total} rules, {report.rules.failed} broken")
        for failure in report.failures:
            print(" ", failure)
        broken += not report.is_compliant
sys.exit(1 if broken else 0)
