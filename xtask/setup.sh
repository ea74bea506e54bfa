#!/bin/sh
# Installs the Debian packages that building and testing need, where any is missing. Not for other systems: there it
# names what to install and goes on.
set -eu
cd "$(dirname "$0")/.."

build="libwebkit2gtk-4.1-dev build-essential curl file libxdo-dev libssl-dev librsvg2-dev pkg-config perl ca-certificates"
demo="python3 dbus dbus-x11 gnome-keyring xvfb xauth xdotool imagemagick poppler-utils fonts-dejavu-core"
judges="at-spi2-core gir1.2-atspi-2.0 python3-gi python3-xlib iproute2 postgresql nginx webkit2gtk-driver xserver-xorg-core xserver-xorg-video-dummy x11-xserver-utils qpdf openssl python3-venv libreoffice-impress fonts-liberation"
# veraPDF runs on these.
nightly="default-jdk-headless libjaxb-java"
peers="webkit2gtk-driver chromium default-jdk-headless libjaxb-java openssl poppler-utils qpdf nginx libnginx-mod-nchan postgresql python3-venv"
browser="chromium"

case "${1:-test}" in
demo) wanted="$build $demo" ;;
bench) wanted="$build $demo $peers" ;;
stories) wanted="$browser" ;;
nightly) wanted="$build $demo $judges $nightly" ;;
*) wanted="$build $demo $judges" ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup: not a Debian system. Install what matches these packages: $wanted" >&2
    wanted=""
fi
missing=""
for package in $wanted; do
    case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
if [ -n "$missing" ]; then
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || { echo "setup: as root, run: apt-get install$missing" >&2; exit 1; }
        as_root=sudo
    fi
    echo "setup: installing$missing"
    $as_root apt-get -o DPkg::Lock::Timeout=600 -qq update
    # shellcheck disable=SC2086 # the list is meant to be split
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq install -y \
        --no-install-recommends $missing >/dev/null
fi

# Judges of the packs are Python libraries that Debian does not carry.
judge="python-pptx==1.0.2 openpyxl==3.1.5"
if [ "${1:-test}" = test ] && [ "$(cat tools/venv/judge 2>/dev/null)" != "$judge" ]; then
    rm -rf tools/venv
    /usr/bin/python3 -m venv tools/venv
    # shellcheck disable=SC2086 # the list is meant to be split
    tools/venv/bin/pip install --quiet --disable-pip-version-check $judge
    echo "$judge" >tools/venv/judge
fi
