-- Tables of the server's store on PostgreSQL, version 3: answers to exchanges that may have been lost on their way. Frozen:
-- a change is a new file and a new version.

CREATE TABLE exchanged_token (
    hash BYTEA PRIMARY KEY,
    family TEXT NOT NULL,
    access_hash BYTEA NOT NULL,
    access BYTEA NOT NULL,
    refresh BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX exchanged_token_by_access ON exchanged_token (access_hash);
