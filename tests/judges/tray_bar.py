"""A desktop's bar for icons, as far as a program can see it: takes StatusNotifierItems and does with them what a person would.

usage: tray_bar.py
Prints a line once it takes icons. Then reads commands, a line each, and answers each with one line of JSON:
  look           the icon as it is: title, status, tip, sizes of its pictures, and the menu's lines with whether they can be chosen
  press WORDS    choose the line of the menu with these words
  activate       click on the icon
  leave          take icons no longer
  close TITLE    ask the window with this title to close, as a window manager does
Needs Debian's python3-gi and python3-xlib.
"""

import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402
from Xlib import X, display  # noqa: E402
from Xlib.error import XError  # noqa: E402
from Xlib.protocol.event import ClientMessage  # noqa: E402

WATCHER = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
</interface></node>"""
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
items = []


def called(_bus, _sender, _path, _interface, method, arguments, invocation):
    if method == "RegisterStatusNotifierItem":
        items.append(arguments.unpack()[0])
    invocation.return_value(None)


def asked(_bus, _sender, _path, _interface, name):
    return {
        "RegisteredStatusNotifierItems": GLib.Variant("as", items),
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
    }[name]


def call(path, interface, method, arguments):
    return bus.call_sync(items[-1], path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 5000, None).unpack()


def item(name):
    arguments = GLib.Variant("(ss)", (ITEM, name))
    return call("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", arguments)[0]


def lines():
    """Id, words and whether it can be chosen, of each line of the menu; what is not said is so by the protocol's defaults."""
    _, (_, _, children) = call(item("Menu"), MENU, "GetLayout", GLib.Variant("(iias)", (0, -1, [])))
    return [(at, p.get("label", ""), p.get("enabled", True)) for at, p, _ in children if p.get("type") != "separator"]


def close(title):
    """Sends the wish to close to a window, and whether it was found."""
    screen = display.Display()
    pending, found = [screen.screen().root], False
    protocols = screen.intern_atom("WM_PROTOCOLS")
    while pending:
        window = pending.pop()
        try:
            pending += window.query_tree().children
            if window.get_wm_name() == title and window.get_full_property(protocols, X.AnyPropertyType):
                wish = [screen.intern_atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0]
                window.send_event(ClientMessage(window=window, client_type=protocols, data=(32, wish)))
                found = True
        except XError:
            # It went away meanwhile.
            continue
    screen.close()
    return found


def do(line):
    command, _, rest = line.partition(" ")
    if command == "close":
        return close(rest)
    if command == "leave":
        Gio.bus_unown_name(owned)
        return True
    if not items:
        return None
    if command == "look":
        tip = item("ToolTip")
        return {
            "title": item("Title"),
            "status": item("Status"),
            "tip": [tip[2], tip[3]],
            "pictures": [[wide, high, len(data)] for wide, high, data in item("IconPixmap")],
            "menu": [[words, can] for _, words, can in lines()],
        }
    if command == "activate":
        call("/StatusNotifierItem", ITEM, "Activate", GLib.Variant("(ii)", (0, 0)))
        return True
    chosen = [at for at, words, can in lines() if words == rest and can]
    for at in chosen:
        # Without waiting for an answer: a program that ends gives none.
        click = GLib.Variant("(isvu)", (at, "clicked", GLib.Variant("i", 0), 0))
        bus.call(items[-1], item("Menu"), MENU, "Event", click, None, Gio.DBusCallFlags.NONE, 5000, None, None)
    return bool(chosen)


def heard(_source, _condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        answer = do(line.rstrip("\n"))
    except Exception as error:  # Whoever asked waits for a line.
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
    return True


loop = GLib.MainLoop()
interface = Gio.DBusNodeInfo.new_for_xml(WATCHER).interfaces[0]
bus.register_object("/StatusNotifierWatcher", interface, called, asked, None)
owned = Gio.bus_own_name_on_connection(
    bus, "org.kde.StatusNotifierWatcher", Gio.BusNameOwnerFlags.NONE, lambda *_: print("{}", flush=True), None
)
GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, sys.stdin.fileno(), GLib.IOCondition.IN | GLib.IOCondition.HUP, heard)
loop.run()
