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
             LEFT JOIN event e ON e.tenant = r.tenant AND e.seq = r.since_seq
    );
INSERT INTO version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, until_seq, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at
               AND (a.goal_seq IS NULL OR r.since_seq > t.start) AS own
        FROM version_2 r LEFT JOIN tenant t ON t.no = r.tenant LEFT JOIN audience a ON a.no = r.audience
             LEFT JOIN event e ON e.tenant = r.tenant AND e.seq = r.since_seq
    );
INSERT INTO past_row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at AS own
        FROM past_row_2 r LEFT JOIN event e ON e.tenant = r.tenant AND e.seq = r.since_seq
    );
INSERT INTO past_version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
    SELECT tenant, until_seq, tbl, key, since_seq, audience, json IS NULL, iif(own, NULL, at), iif(own, NULL, received_at),
           iif(own, NULL, json)
    FROM (
        SELECT r.*, e.kind <> 'tenant.watermark_set' AND e.at = r.at AND e.received_at = r.received_at AS own
        FROM past_version_2 r LEFT JOIN event e ON e.tenant = r.tenant AND e.seq = r.since_seq
    );

DROP TABLE row_2;
DROP TABLE version_2;
DROP TABLE past_row_2;
DROP TABLE past_version_2;
