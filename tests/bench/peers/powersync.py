"""PowerSync's core extension applying a download into plain SQLite, driven as its SDKs drive it.

Arguments: the extension, a log of events as lines, and how many operations a checkpoint has (0: all of them). Each measured
figure of the log becomes a PUT of the same key and the same JSON, in lines of 1,000, each line in a transaction. Nothing is
visible before its checkpoint is applied. Prints one JSON object. Not a test.
"""

import json
import os
import sys
import tempfile
import time

import apsw

LINE = 1_000
COLUMNS = [("key", "text"), ("definition", "integer"), ("value", "text"), ("inputs", "text"), ("measured_at", "text")]


def operations(path):
    """A PUT for each measured figure of the log; the text of the row is the figure's own."""
    with open(path, encoding="utf-8") as log:
        for line in log:
            event = json.loads(line)["event"]
            if event["kind"] != "figure.measured":
                continue
            figure = event["body"]["figure"]
            yield {
                "op_id": str(event["seq"]),
                "op": "PUT",
                "object_type": "figures",
                "object_id": figure["key"],
                "checksum": event["seq"],
                "data": json.dumps(figure, separators=(",", ":")),
            }


def lines(all_operations, every):
    """Each checkpoint, its data, and its end, as the service sends them."""
    checksum, count, after = 0, 0, "0"
    for start in range(0, len(all_operations), every):
        part = all_operations[start : start + every]
        checksum = (checksum + sum(operation["checksum"] for operation in part)) % 2**32
        count += len(part)
        bucket = {"bucket": "all", "checksum": checksum, "priority": 3, "count": count}
        last = {"last_op_id": part[-1]["op_id"], "write_checkpoint": None}
        if start == 0:
            yield json.dumps({"checkpoint": {**last, "buckets": [bucket], "streams": []}})
        else:
            yield json.dumps({"checkpoint_diff": {**last, "updated_buckets": [bucket], "removed_buckets": []}})
        for at in range(0, len(part), LINE):
            data = part[at : at + LINE]
            body = {"bucket": "all", "has_more": at + LINE < len(part), "after": after, "next_after": data[-1]["op_id"]}
            after = body["next_after"]
            yield json.dumps({"data": {**body, "data": data}})
        yield json.dumps({"checkpoint_complete": {"last_op_id": last["last_op_id"]}})


def main():
    all_operations = list(operations(sys.argv[2]))
    total = len(all_operations)
    folder = tempfile.TemporaryDirectory()
    database = apsw.Connection(os.path.join(folder.name, "copy.db"))
    database.enable_load_extension(True)
    database.load_extension(sys.argv[1], "sqlite3_powersync_init")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA cache_size = -32000")
    database.execute("PRAGMA wal_autocheckpoint = 8000")
    database.execute("BEGIN; SELECT powersync_init(); COMMIT").fetchall()
    schema = {"tables": [{"name": "figures", "columns": [{"name": name, "type": kind} for name, kind in COLUMNS]}]}
    database.execute("BEGIN IMMEDIATE; SELECT powersync_replace_schema(?); COMMIT", (json.dumps(schema),)).fetchall()

    def control(command, payload=None):
        database.execute("BEGIN IMMEDIATE")
        answer = database.execute("SELECT powersync_control(?, ?)", (command, payload)).fetchone()[0]
        database.execute("COMMIT")
        return answer

    control("start", json.dumps({"schema": schema}))
    stream = list(lines(all_operations, int(sys.argv[3]) or total))
    keys = {operation["object_id"] for operation in all_operations}
    newest = json.loads(all_operations[-1]["data"])
    del all_operations
    started, used = time.perf_counter(), time.process_time()
    for line in stream:
        answer = control("line_text", line)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    rows = database.execute("SELECT count(*) FROM figures").fetchone()[0]
    shown = database.execute("SELECT measured_at FROM figures WHERE id = ?", (newest["key"],)).fetchone()[0]
    if rows != len(keys) or shown != newest["measured_at"] or "DidCompleteSync" not in answer:
        sys.exit(f"{rows} rows of {len(keys)}, {shown}; {answer}")
    version = database.execute("SELECT powersync_rs_version()").fetchone()[0]
    print(json.dumps({
        "per_second": total / seconds,
        "cpu_us": used / total * 1e6,
        "operations": total,
        "rows": rows,
        "version": version,
        "sqlite": apsw.sqlite_lib_version(),
    }))


main()
