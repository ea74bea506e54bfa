-- Tables of the server's store on PostgreSQL, version 2: snapshots, and events by audience. Frozen: a change is a new
-- file and a new version.

CREATE TABLE snapshot (
    tenant TEXT NOT NULL REFERENCES tenant,
    seq BIGINT NOT NULL,
    epoch TEXT NOT NULL,
    manifest TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
);

CREATE TABLE snapshot_page (
    tenant TEXT NOT NULL REFERENCES tenant,
    sha256 BYTEA NOT NULL,
    audience TEXT NOT NULL,
    text BYTEA NOT NULL,
    PRIMARY KEY (tenant, sha256, audience)
);
ALTER TABLE snapshot_page ALTER COLUMN text SET STORAGE EXTERNAL;

-- Nearly every event is the board's, and nobody gains that audience later.
CREATE INDEX event_by_audience ON event (tenant, audience, seq) WHERE audience <> 'board';
