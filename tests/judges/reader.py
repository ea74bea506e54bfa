"""What a screen reader is told: the tree of the window's page over AT-SPI, one line for everything that has a role.

usage: reader.py
Prints lines of role and name, indented by their depth; groups without a name are left out. Needs Debian's python3-gi and
gir1.2-atspi-2.0.
"""

import re
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# Only how things are grouped on the screen, unless they have a name.
GROUPS = {"filler", "section", "paragraph", "panel", "static", "label", "header", "footer", "form", "scroll pane", "list item", "text"}
# Times of day and ages differ from run to run.
TIMES = re.compile(r"\d{1,2}:\d{2}|just now|\d+ (second|minute|hour)s? ago")
PATIENCE = 20


def children(node):
    """What is in a node and still there."""
    return filter(None, (node.get_child_at_index(at) for at in range(node.get_child_count())))


def find(node, role):
    """The first node of a role, going down."""
    if node.get_role_name() == role:
        return node
    return next(filter(None, (find(child, role) for child in children(node))), None)


def outline(node, depth, lines):
    """Appends what is read of a node and of everything in it."""
    role, name = node.get_role_name(), " ".join((node.get_name() or "").split())
    # A drawing inside a picture is a page of its own, which the web view tells a second time once it is decoded; the
    # picture is then a panel around it.
    if name and role == "panel" and any(child.get_role_name() == "image" for child in children(node)):
        role = "image"
    if name or role not in GROUPS:
        lines.append("  " * depth + f"{role} {TIMES.sub('…', name)}".rstrip())
        depth += 1
    if name and role == "image":
        return
    for child in children(node):
        outline(child, depth, lines)


def main():
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            desktop = Atspi.get_desktop(0)
            for at in range(desktop.get_child_count()):
                app = desktop.get_child_at_index(at)
                page = app and app.get_name() == "boardroom-desktop" and find(app, "document web")
                if page and page.get_child_count():
                    lines = []
                    outline(page, 0, lines)
                    print("\n".join(lines))
                    return 0
        except GLib.Error:
            # Something went away while it was read; it is read again.
            pass
        time.sleep(0.2)
    print("no page of the window is to be found", file=sys.stderr)
    return 1


sys.exit(main())
