-- The first schema. Frozen: never edit a migration that has shipped, add the next one.

-- The vault itself: one row.
CREATE TABLE vault (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    client TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    epoch        TEXT,
    cursor       INTEGER NOT NULL DEFAULT 0,
    head_heard   INTEGER NOT NULL DEFAULT 0,
    last_contact TEXT
) STRICT, WITHOUT ROWID;

-- The log as received: the exact JSON of each event.
CREATE TABLE event (
    tenant      TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    json        TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

-- Where each audience's chain stands.
CREATE TABLE chain (
    tenant       TEXT NOT NULL,
    audience     TEXT NOT NULL,
    audience_seq INTEGER NOT NULL,
    hash         TEXT NOT NULL,
    PRIMARY KEY (tenant, audience)
) STRICT, WITHOUT ROWID;

-- Rows folded from the log, each version with the positions it stood from and until (exclusive).
CREATE TABLE row (
    tenant      TEXT NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    until_seq   INTEGER,
    at          TEXT NOT NULL,
    received_at TEXT NOT NULL,
    json        TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl, key, since_seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX row_newest ON row (tenant, tbl, key) WHERE until_seq IS NULL;

-- Tables that an event of this position could not be folded into; they stand as they were before it.
CREATE TABLE paused (
    tenant TEXT NOT NULL,
    tbl    TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl)
) STRICT, WITHOUT ROWID;

-- Highest command number given per tenant; outlives the tenant's copy, so that no number is ever used twice.
CREATE TABLE numbered (
    tenant TEXT PRIMARY KEY,
    last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Commands whose effect has not come back yet. done_seq: the server said they happened, at this position.
CREATE TABLE outbox (
    tenant      TEXT NOT NULL,
    cmd_seq     INTEGER NOT NULL,
    key         TEXT NOT NULL,
    command     TEXT NOT NULL,
    enqueued_at TEXT NOT NULL,
    done_seq    INTEGER,
    PRIMARY KEY (tenant, cmd_seq)
) STRICT, WITHOUT ROWID;

-- Commands refused for good, until the person has seen them.
CREATE TABLE refusal (
    tenant      TEXT NOT NULL,
    key         TEXT NOT NULL,
    command     TEXT NOT NULL,
    enqueued_at TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
