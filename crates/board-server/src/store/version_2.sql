-- Tables of the server's store, version 2: snapshots, and events by audience. Frozen: a change is a new file and a
-- new version.

CREATE TABLE snapshot (
    tenant TEXT NOT NULL REFERENCES tenant,
    seq INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    manifest TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot_page (
    tenant TEXT NOT NULL REFERENCES tenant,
    sha256 BLOB NOT NULL,
    audience TEXT NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (tenant, sha256, audience)
) STRICT;

-- Nearly every event is the board's, and nobody gains that audience later.
CREATE INDEX event_by_audience ON event (tenant, audience, seq) WHERE audience <> 'board';
