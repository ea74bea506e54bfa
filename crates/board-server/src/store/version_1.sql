-- Tables of the server's store, version 1. Frozen: a change is a new file and a new version.

CREATE TABLE tenant (
    tenant TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    head INTEGER NOT NULL,
    floor INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    pseudonym_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    tenant TEXT NOT NULL REFERENCES tenant,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    origin_client TEXT,
    origin_cmd_seq INTEGER,
    audience TEXT NOT NULL,
    audience_seq INTEGER NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT;

CREATE TABLE audience (
    tenant TEXT NOT NULL REFERENCES tenant,
    audience TEXT NOT NULL,
    audience_seq INTEGER NOT NULL,
    head_hash BLOB NOT NULL,
    PRIMARY KEY (tenant, audience)
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
    tenant TEXT NOT NULL REFERENCES tenant,
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    last_cmd_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE command_result (
    tenant TEXT NOT NULL REFERENCES tenant,
    client TEXT NOT NULL,
    cmd_seq INTEGER NOT NULL,
    key TEXT NOT NULL,
    payload_hash BLOB NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (tenant, client, cmd_seq),
    UNIQUE (tenant, client, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    tenant TEXT NOT NULL REFERENCES tenant,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_person ON membership (person);

CREATE TABLE service_token (
    tenant TEXT NOT NULL REFERENCES tenant,
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE intake_row (
    tenant TEXT NOT NULL REFERENCES tenant,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    row_hash BLOB NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (tenant, source, external_id)
) STRICT, WITHOUT ROWID;

-- People of the server, across tenants.
CREATE TABLE account (
    person TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_token (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL,
    person TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_token_by_family ON access_token (family);

CREATE TABLE refresh_token (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL,
    person TEXT NOT NULL,
    device TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_by_family ON refresh_token (family);
