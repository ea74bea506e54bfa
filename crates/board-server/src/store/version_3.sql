-- Tables of the server's store, version 3: answers to exchanges that may have been lost on their way. Frozen: a change is
-- a new file and a new version.

CREATE TABLE exchanged_token (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL,
    access_hash BLOB NOT NULL,
    access BLOB NOT NULL,
    refresh BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX exchanged_token_by_access ON exchanged_token (access_hash);
