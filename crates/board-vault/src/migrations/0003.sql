-- The log is kept in its order and added to at its end: place is tenant * 2^44 + the event's position. A body of any usual
-- size lies in its page, which it does not where place is a key of two columns.
ALTER TABLE event RENAME TO event_2;
CREATE TABLE event (
    place        INTEGER PRIMARY KEY,
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
    body         TEXT NOT NULL
) STRICT;
INSERT INTO event (place, audience, audience_seq, at, received_at, id, prev_hash, hash, actor, client, cmd_seq, kind, body)
    SELECT (tenant << 44) + seq, audience, audience_seq, at, received_at, id, prev_hash, hash, actor, client, cmd_seq,
           kind, body
    FROM event_2 WHERE seq < 1 << 44 ORDER BY tenant, seq;
DROP TABLE event_2;

-- A row refers to the event that made it. at, received_at and json stand with a row only where no event here says them
-- alone: in rows of a snapshot, and in a row that a later event changed in part. gone: the row was removed at since_seq.

ALTER TABLE row RENAME TO row_2;
ALTER TABLE version RENAME TO version_2;
ALTER TABLE past_row RENAME TO past_row_2;
ALTER TABLE past_version RENAME TO past_version_2;

CREATE TABLE row (
    tenant      INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    gone        INTEGER NOT NULL,
    at          INTEGER,
    received_at INTEGER,
    json        TEXT,
    PRIMARY KEY (tenant, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
    tenant      INTEGER NOT NULL,
    until_seq   INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    gone        INTEGER NOT NULL,
    at          INTEGER,
    received_at INTEGER,
    json        TEXT,
    PRIMARY KEY (tenant, until_seq, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE past_row (
    tenant      INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    gone        INTEGER NOT NULL,
    at          INTEGER,
    received_at INTEGER,
    json        TEXT,
    PRIMARY KEY (tenant, tbl, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE past_version (
    tenant      INTEGER NOT NULL,
    until_seq   INTEGER NOT NULL,
    tbl         TEXT NOT NULL,
    key         TEXT NOT NULL,
    since_seq   INTEGER NOT NULL,
    audience    INTEGER NOT NULL,
    gone        INTEGER NOT NULL,
    at          INTEGER,
    received_at INTEGER,
    json        TEXT,
    PRIMARY KEY (tenant, until_seq, tbl, key)
) STRICT, WITHOUT ROWID;

-- Up to schema 2 the watermark was the only thing that an event changed in part. What a snapshot brought keeps its
-- text: its times are its own, and the history before it is compared with it.
INSERT INTO row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at
               AND (a.goal_seq IS NULL OR r.since_seq > t.start) AS own
        FROM row_2 r LEFT JOIN tenant t ON t.no = r.tenant LEFT JOIN audience a ON a.no = r.audience
             LEFT JOIN event e ON e.place = (r.tenant << 44) + r.since_seq
    );
INSERT INTO version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, until_seq, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at
               AND (a.goal_seq IS NULL OR r.since_seq > t.start) AS own
        FROM version_2 r LEFT JOIN tenant t ON t.no = r.tenant LEFT JOIN audience a ON a.no = r.audience
             LEFT JOIN event e ON e.place = (r.tenant << 44) + r.since_seq
    );
INSERT INTO past_row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at AS own
        FROM past_row_2 r LEFT JOIN event e ON e.place = (r.tenant << 44) + r.since_seq
    );
INSERT INTO past_version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, until_seq, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at AS own
        FROM past_version_2 r LEFT JOIN event e ON e.place = (r.tenant << 44) + r.since_seq
    );

DROP TABLE row_2;
DROP TABLE version_2;
DROP TABLE past_row_2;
DROP TABLE past_version_2;
