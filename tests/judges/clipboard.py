"""What lies on the clipboard of this display, as a program that pastes is given it: JSON with the text, or the size of the picture."""
import json

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
picture = clipboard.wait_for_image() if clipboard.wait_is_image_available() else None
size = None if picture is None else [picture.get_width(), picture.get_height()]
print(json.dumps({"text": clipboard.wait_for_text(), "picture": size}))
