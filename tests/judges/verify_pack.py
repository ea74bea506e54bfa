# A second verifier of board packs, written from docs/pack-format.md with the standard library alone.
# verify_pack.py FILE [KEYS.json ...]: KEYS.json is what the server publishes. Prints what it found as JSON.
import datetime
import hashlib
import io
import json
import re
import sys
import zipfile
from xml.etree import ElementTree

# Ed25519 after RFC 8032, section 6, with the checks of strict verification.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, a):
    r = (0, 1, 1, 0)
    while n:
        if n & 1:
            r = add(r, a)
        a, n = add(a, a), n >> 1
    return r


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != xx or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y, 1, (x if x & 1 == sign else P - x) * y % P


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(key, signature, message):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or same(times(8, a), (0, 1, 1, 0)) or same(times(8, r), (0, 1, 1, 0)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(k, a)))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def pdf(data):
    """Seal and parts by their own letters; the manifest is the JSON object in the file."""
    at = data.rindex(b"/Type/BRDM_Seal")
    head = data[at:at + 1000]
    field = lambda name: re.search(b"/" + name + b"<([0-9A-Fa-f]+)>", head)
    start, end, rest = map(int, re.search(rb"/ByteRange\[0 +(\d+) +(\d+) +(\d+) *\]", head).groups())
    contents = field(b"Contents")
    assert data[start:end] == b"<" + contents[1] + b">" and at + contents.start(1) == start + 1
    hole = bytes.fromhex(contents[1].decode())
    listed = data[data.rindex(b"boardroom-parts/2\n"):]
    listed = listed[:listed.index(b"\nendstream")]
    changed = []
    for line in listed.decode().splitlines()[1:]:
        first, length, digest, name = line.split(" ", 3)
        if sha(data[int(first):int(first) + int(length)]) != digest and name not in changed:
            changed.append(name)
    found = data.find(b'{"format":')
    manifest = b""
    if found >= 0:
        text = data[found:data.index(b"endstream", found)].decode(errors="replace")
        try:
            manifest = text[:json.JSONDecoder().raw_decode(text)[1]].encode()
        except ValueError:
            pass
    return {
        "format": "pdf", "manifest": manifest, "key": field(b"Key")[1].decode().lower(),
        "signed_manifest": field(b"Manifest")[1].decode().lower(), "signature": hole[32:],
        "content": sha(listed), "content_holds": not changed,
        "container": hole[:32].hex(), "changed": changed,
        "container_holds": end + rest == len(data) and sha(data[:start] + data[end:end + rest]) == hole[:32].hex(),
    }


def pptx(data):
    """Parts by the archive's directory; the seal by its own letters, for it is stored as it is."""
    at = data.rindex(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<seal ')
    text = data[at:data.index(b"</seal>", at) + 7]
    seal = ElementTree.fromstring(text.decode())
    listed = seal.text.encode()
    archive = zipfile.ZipFile(io.BytesIO(data))
    lines, parts = [], {}
    for name in sorted(archive.namelist()):
        try:
            parts[name] = archive.read(name)
        except Exception:
            parts[name] = None
        if name != "customXml/item2.xml":
            digest = "-" if parts[name] is None else sha(parts[name])
            lines.append(f"{digest}  {name}\n")
    manifest = parts["customXml/item1.xml"]
    try:
        manifest = ElementTree.fromstring(manifest.decode()).text.encode()
    except Exception:
        manifest = b""
    authentic = sha(listed) == seal.get("content")
    differ = set(lines) ^ {line + "\n" for line in listed.decode().splitlines()} if authentic else set()
    local = data.rindex(b"PK\x03\x04", 0, at)
    return {
        "format": "pptx", "manifest": manifest, "key": seal.get("key"), "signed_manifest": seal.get("manifest"),
        "signature": bytes.fromhex(seal.get("signature")), "content": seal.get("content"),
        "content_holds": sha("".join(lines).encode()) == seal.get("content"),
        "container": seal.get("container"), "changed": sorted({line[:-1].split("  ", 1)[1] for line in differ}),
        "container_holds": authentic and parts["customXml/item2.xml"] == text and sha(data[:local]) == seal.get("container"),
    }


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def vouched(signed, kind, tenant, published):
    """What the tenant's key says and its entry, or the reason why it is not believed."""
    keys = [k for p in published if p["tenant"] == tenant for k in p["keys"]]
    key = next((k for k in keys if k["public"] == signed["key"].lower()), None)
    if key is None:
        return None, None, "unknown_key"
    if key["revoked"]:
        return None, None, "revoked_key"
    try:
        raw = bytes.fromhex(signed["key"]), bytes.fromhex(signed["signature"])
    except ValueError:
        return None, None, "changed"
    if not signed_by(*raw, signed["text"].encode()):
        return None, None, "changed"
    says = json.loads(signed["text"])
    return (says, key, None) if says["is"] == kind and says["tenant"] == tenant else (None, None, "mismatch")


def late(key, at):
    return key["retired"] and time(at) > time(key["retired"])


def device(manifest, proof, key, published):
    if not proof["device"]:
        return "unknown_key"
    says, by, reason = vouched(proof["device"], "boardroom-device/1", manifest["tenant"], published)
    if reason:
        return reason
    if says["device"] != key or says["person"] != proof["person"]:
        return "mismatch"
    if late(by, says["not_before"]):
        return "retired_key"
    at, slow = time(manifest["exported_at"]), datetime.timedelta(minutes=10)
    return None if time(says["not_before"]) - slow <= at <= time(says["not_after"]) else "expired"


def approval(manifest, proof, published):
    if manifest["status"] not in ("approved", "locked"):
        return None
    if not proof["approval"]:
        return "missing"
    says, by, reason = vouched(proof["approval"], "boardroom-approval/1", manifest["tenant"], published)
    if reason:
        return reason
    if any(says[field] != proof[field] for field in ("report", "version", "content_hash")):
        return "mismatch"
    return "retired_key" if late(by, says["at"]) else None


def main(path, *keys):
    data = open(path, "rb").read()
    published = [json.load(open(key)) for key in keys]
    try:
        found = pdf(data) if data.startswith(b"%PDF-") else pptx(data)
    except Exception as error:
        return {"readable": False, "error": str(error)}
    statement = "boardroom-pack/2\nformat {format}\nmanifest {signed_manifest}\ncontent {content}\ncontainer {container}\n"
    failed = {}
    if not found["container_holds"]:
        failed["container"] = "changed"
    if sha(found["manifest"]) != found["signed_manifest"]:
        failed["manifest"] = "changed"
    if not found["content_holds"]:
        failed["content"] = "changed"
    if not signed_by(bytes.fromhex(found["key"]), found["signature"], statement.format(**found).encode()):
        failed["signature"] = "changed"
    said = {}
    try:
        manifest = json.loads(found["manifest"])
        proof = manifest["proof"]
        for code, reason in (
            ("key", device(manifest, proof, found["key"], published)),
            ("approval", approval(manifest, proof, published)),
        ):
            if reason:
                failed[code] = reason
        said = {name: manifest[name] for name in ("tenant", "seq", "status", "exporter")}
    except (ValueError, KeyError, TypeError):
        failed["manifest"] = failed.get("manifest", "missing")
    return {"readable": True, "failed": failed, "changed": found["changed"], **said}


print(json.dumps(main(*sys.argv[1:])))
