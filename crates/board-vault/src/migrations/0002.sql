-- Audiences, history and snapshots. Tables whose rows change shape are made anew beside the old ones, which the step
-- drops once it has moved their rows.

ALTER TABLE tenant RENAME TO tenant_1;
ALTER TABLE event RENAME TO event_1;
ALTER TABLE chain RENAME TO chain_1;
ALTER TABLE row RENAME TO row_1;
ALTER TABLE paused RENAME TO paused_1;
DROP INDEX row_newest;

-- start: positions up to it are held as state only; 0 where the whole log is here. past: how far the history before
-- start has come; equal to start where no more of it can come.
CREATE TABLE tenant (
    no           INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    epoch        TEXT,
    cursor       INTEGER NOT NULL DEFAULT 0,
    head_heard   INTEGER NOT NULL DEFAULT 0,
    floor        INTEGER NOT NULL DEFAULT 0,
    start        INTEGER NOT NULL DEFAULT 0,
    past         INTEGER NOT NULL DEFAULT 0,
    last_contact TEXT
) STRICT;

-- Where each audience's chain stands (audience_seq, hash). fill: the events up to fill_until are still fetched on
-- their own, fill_cursor is how far that came. goal: the chain's end at the snapshot, past: how far the history before
-- it has come; none where its history does not come with the rest of the history.
CREATE TABLE audience (
    no           INTEGER PRIMARY KEY,
    tenant       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    admitted     INTEGER NOT NULL DEFAULT 0,
    audience_seq INTEGER NOT NULL DEFAULT 0,
    hash         BLOB NOT NULL,
    fill_cursor  INTEGER,
    fill_until   INTEGER,
    goal_seq     INTEGER,
    goal_hash    BLOB,
    past_seq     INTEGER NOT NULL DEFAULT 0,
    past_hash    BLOB NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

-- The log as received; the body is its exact text. Times are nanoseconds since 1970.
CREATE TABLE event (
    tenant       INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    audience     INTEGER NOT NULL,
    audience_seq INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    id           BLOB NOT NULL,
    prev_hash    BLOB NOT NULL,
    hash         BLOB NOT NULL,
    actor        TEXT NOT NULL,
    client       BLOB,
    cmd_seq      INTEGER,
    kind         TEXT NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

-- The newest version of each row. json is NULL where the row was removed at since_seq.
CREATE TABLE row (
    tenant      INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    json        TEXT,
    PRIMARY KEY (tenant, tbl, key)
) STRICT, WITHOUT ROWID;

-- Older versions, by the position that ended them: applying only ever adds at the end, reading as of a recent position
-- looks at few, and the version before one that began at s is the one that ended at s.
CREATE TABLE version (
    tenant      INTEGER NOT NULL,
    until_seq   INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    json        TEXT,
    PRIMARY KEY (tenant, until_seq, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE paused (
    tenant INTEGER NOT NULL,
    tbl    TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl)
) STRICT, WITHOUT ROWID;

-- The same three for the history before a snapshot, while it comes.
CREATE TABLE past_row (
    tenant      INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    json        TEXT,
    PRIMARY KEY (tenant, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE past_version (
    tenant      INTEGER NOT NULL,
    until_seq   INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    json        TEXT,
    PRIMARY KEY (tenant, until_seq, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE past_paused (
    tenant INTEGER NOT NULL,
    tbl    TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl)
) STRICT, WITHOUT ROWID;

-- A snapshot on its way in: what it says of itself, the pages that are here, their rows.
CREATE TABLE staging (
    tenant   INTEGER PRIMARY KEY,
    snapshot TEXT NOT NULL
) STRICT;

CREATE TABLE staged_page (
    tenant INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (tenant, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE staged_row (
    tenant    INTEGER NOT NULL,
    tbl       TEXT NOT NULL,
    key       TEXT NOT NULL,
    since_seq INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    audience  TEXT NOT NULL,
    json      TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl, key)
) STRICT, WITHOUT ROWID;

-- SHA-256 of the command's text, by which a rescue knows a whole one.
ALTER TABLE outbox ADD COLUMN sha256 BLOB;
