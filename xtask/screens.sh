#!/bin/sh
# Takes the pictures of the README from what the demo wrote. Not a test: nothing compares them.
#
# usage: screens.sh FOLDER_OF_THE_DEMO FOLDER_OF_PICTURES
set -eu
demo=$1
out=$2
pack="$demo/Executive_Report_2026-Q3_Fjordlys"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$out"
convert "$demo/window.png" -strip -define png:compression-level=9 "$out/dashboard.png"
pdftoppm -r 70 -png "$pack.pdf" "$work/page"
soffice "-env:UserInstallation=file://$work/office" --headless --convert-to pdf:impress_pdf_Export \
    --outdir "$work" "$pack.pptx" >/dev/null
pdftoppm -r 70 -png "$work/$(basename "$pack").pdf" "$work/slide"
cp "$(ls "$work"/page-*.png | sed -n 1p)" "$out/pack-cover.png"
cp "$(ls "$work"/page-*.png | sed -n 3p)" "$out/pack-figures.png"
cp "$(ls "$work"/slide-*.png | sed -n 4p)" "$out/pack-slide.png"
