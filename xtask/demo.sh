#!/bin/bash
# The main job, end to end: a server with the demo tenants, their CSV ingested, a laptop synced, the server stopped,
# packs written and verified offline, the window opened or photographed. Prints how long each step took.
#
# usage: demo.sh FOLDER_OF_PROGRAMS FOLDER_TO_WRITE_TO [--stay]
set -euo pipefail

bin=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
stay=${3:-}
root=$(cd "$(dirname "$0")/.." && pwd)

# One session bus with an unlocked keyring for all that follows. On a desktop the real ones are used.
if [ -z "${BOARDROOM_DEMO_INSIDE:-}" ]; then
    export BOARDROOM_DEMO_INSIDE=1
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ]; then
        exec "$0" "$@"
    fi
    export HOME="$out/.home" XDG_RUNTIME_DIR="$out/.run"
    rm -rf "$HOME" "$XDG_RUNTIME_DIR"
    mkdir -p "$HOME/.local/share/keyrings" "$XDG_RUNTIME_DIR"
    chmod 700 "$XDG_RUNTIME_DIR"
    exec dbus-run-session -- bash -c \
        'printf %s demo | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"' demo "$0" "$@"
fi

server_data="$out/server"
export BOARDROOM_DATA_DIR="$out/laptop" BOARDROOM_DOCUMENTS_DIR="$out"
rm -rf "$server_data" "$BOARDROOM_DATA_DIR"
rm -f "$out"/Executive_Report_*

server_pid=""
stop() { [ -z "$server_pid" ] || { kill "$server_pid" 2>/dev/null; wait "$server_pid" 2>/dev/null; } || true; server_pid=""; }
trap stop EXIT

now() { date +%s%N; }
step() {
    local name=$1 from
    shift
    from=$(now)
    "$@"
    printf '%-44s %6d ms\n' "$name" $((($(now) - from) / 1000000))
}
admin() { "$bin/boardroom-server" --data "$server_data" "$@"; }
desk() { "$bin/boardroom" "$@"; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url="http://127.0.0.1:$port"
password=$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')
printf %s "$password" > "$out/.password"
chmod 600 "$out/.password"
email=kari.nordlid@fjordlys.example

seed() { admin init >/dev/null && admin seed-demo --from "$root/assets/demo" --password "$password" >/dev/null; }
serve() {
    "$bin/boardroom-server" --data "$server_data" serve --listen "127.0.0.1:$port" 2>"$out/server.log" >/dev/null &
    server_pid=$!
    for _ in $(seq 200); do
        curl -fsS "$url/readyz" >/dev/null 2>&1 && return
        sleep 0.05
    done
    echo "the server did not get ready; see $out/server.log" >&2
    exit 1
}
ingest() {
    local tenant token file kind
    for tenant in fjordlys fjordlys-kraft fjordlys-sjomat; do
        token=$(admin --json token --tenant "$tenant" --scope ingest | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
        for file in "$root/assets/demo/$tenant"/*; do
            case "$file" in
            *.csv) kind=text/csv ;;
            *.ndjson) kind=application/x-ndjson ;;
            *) continue ;;
            esac
            curl -fsS -H "Authorization: Bearer $token" -H "Content-Type: $kind" --data-binary "@$file" \
                "$url/v1/tenants/$tenant/ingest?source=$(basename "${file%.*}")" >>"$out/ingest.log"
            echo >>"$out/ingest.log"
        done
    done
    admin seed-demo --from "$root/assets/demo" --password "$password" --reports >/dev/null
}
rm -f "$out/ingest.log"
login() { desk login "$url" --email "$email" --password-file "$out/.password" >/dev/null; }
sync() { desk sync >"$out/sync.txt"; }
export_packs() { desk export q3-2026 --out "$out" >"$out/export.txt"; }
verify() {
    desk verify "$out"/Executive_Report_2026-Q3_Fjordlys.{pdf,pptx} >"$out/verify.txt" && return
    cat "$out/verify.txt" >&2
    return 1
}

step "Server with the demo tenants" seed
step "Server up" serve
step "Upstream rows ingested, figures measured" ingest
step "Signed in" login
step "Synced into the encrypted vault" sync
if [ "$stay" != --stay ]; then
    step "Server stopped" stop
fi
step "Packs written, offline" export_packs
step "Packs verified" verify

photograph() {
    local display="" screen window
    exec {numbers}<> <(:)
    Xvfb -displayfd "$numbers" -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 &
    screen=$!
    read -r -u "$numbers" display
    export DISPLAY=":$display" WEBKIT_DISABLE_DMABUF_RENDERER=1
    "$bin/boardroom-desktop" >/dev/null 2>"$out/window.log" &
    window=$!
    local id=""
    for _ in $(seq 100); do
        id=$(xdotool search --onlyvisible --name '^Boardroom$' 2>/dev/null | tail -1) && [ -n "$id" ] && break
        sleep 0.1
    done
    [ -n "$id" ] || { echo "the window did not open; see $out/window.log" >&2; exit 1; }
    sleep 2
    # Unlock with the pointer, as a person would; at this size the button stands here.
    xdotool windowsize --sync "$id" 1280 800 windowmove "$id" 0 0 mousemove 907 442 sleep 0.2 click 1
    sleep 4
    import -window root "$out/window.png"
    kill "$window" "$screen" 2>/dev/null
    wait "$window" "$screen" 2>/dev/null || true
}

echo
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "Opening the window; unlock it and look around. The server is $([ "$stay" = --stay ] && echo up || echo stopped)."
    "$bin/boardroom-desktop" || true
else
    step "Window opened and photographed" photograph
fi

cat <<TEXT

Packs      $out/Executive_Report_2026-Q3_Fjordlys.pdf
           $out/Executive_Report_2026-Q3_Fjordlys.pptx
Checks     $out/verify.txt
Picture    $out/window.png
Laptop     $BOARDROOM_DATA_DIR (encrypted)
Server     $server_data (account $email, password in $out/.password)
TEXT
