"""PowerSync's core extension applying a download into plain SQLite, driven as its SDKs drive it.

200,000 PUT operations in lines of 1,000 within one checkpoint, each line in a transaction; nothing is visible before the
checkpoint is applied, so the measure ends with it. Prints one JSON object. Not a test.
"""

import json
import os
import sys
import tempfile
import time

import apsw

OPERATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
LINE = 1_000
TEXT = "a text that makes the row as large as the events it is measured against " * 2


def operation(number):
    """A PUT of a row of about 300 bytes."""
    row = {"card": number % 10_000, "value": number * 1.25, "unit": "people", "period": "2026-Q3", "body": TEXT}
    return {
        "op_id": str(number + 1),
        "op": "PUT",
        "object_type": "figures",
        "object_id": f"figure-{number:08}",
        "checksum": number + 1,
        "data": json.dumps(row),
    }


def lines():
    """The checkpoint, its data, and its end, as the service sends them."""
    total = OPERATIONS * (OPERATIONS + 1) // 2 % 2**32
    bucket = {"bucket": "all", "checksum": total, "priority": 3, "count": OPERATIONS}
    checkpoint = {"last_op_id": str(OPERATIONS), "write_checkpoint": None, "buckets": [bucket], "streams": []}
    yield json.dumps({"checkpoint": checkpoint})
    for start in range(0, OPERATIONS, LINE):
        data = [operation(number) for number in range(start, start + LINE)]
        more = start + LINE < OPERATIONS
        body = {"bucket": "all", "has_more": more, "after": str(start), "next_after": str(start + LINE), "data": data}
        yield json.dumps({"data": body})
    yield json.dumps({"checkpoint_complete": {"last_op_id": str(OPERATIONS)}})


def main():
    folder = tempfile.TemporaryDirectory()
    database = apsw.Connection(os.path.join(folder.name, "copy.db"))
    database.enable_load_extension(True)
    database.load_extension(sys.argv[1], "sqlite3_powersync_init")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA cache_size = -32000")
    database.execute("BEGIN; SELECT powersync_init(); COMMIT").fetchall()
    columns = [("card", "integer"), ("value", "real"), ("unit", "text"), ("period", "text"), ("body", "text")]
    table = {"name": "figures", "columns": [{"name": name, "type": kind} for name, kind in columns]}
    schema = {"tables": [table]}
    database.execute("BEGIN IMMEDIATE; SELECT powersync_replace_schema(?); COMMIT", (json.dumps(schema),)).fetchall()

    def control(command, payload=None):
        database.execute("BEGIN IMMEDIATE")
        answer = database.execute("SELECT powersync_control(?, ?)", (command, payload)).fetchone()[0]
        database.execute("COMMIT")
        return answer

    control("start", json.dumps({"schema": schema}))
    stream = list(lines())
    started, used = time.perf_counter(), time.process_time()
    for line in stream:
        answer = control("line_text", line)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    rows = database.execute("SELECT count(*), sum(card) FROM figures").fetchone()
    if rows[0] != OPERATIONS or "DidCompleteSync" not in answer:
        sys.exit(f"{rows} rows; {answer}")
    version = database.execute("SELECT powersync_rs_version()").fetchone()[0]
    print(json.dumps({
        "per_second": OPERATIONS / seconds,
        "cpu_us": used / OPERATIONS * 1e6,
        "operations": OPERATIONS,
        "version": version,
        "sqlite": apsw.sqlite_lib_version(),
    }))


main()
