-- Tables of the server's store on PostgreSQL, version 1. Frozen: a change is a new file and a new version.
-- The same tables and columns as in the embedded store. Rows of a log reference no tenant by constraint: each is
-- inserted by the statement that moves that tenant's head, and a check per row would cost more than the row.

CREATE TABLE tenant (
    tenant TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    head BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    pseudonym_key BYTEA NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE event (
    tenant TEXT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    origin_client TEXT,
    origin_cmd_seq BIGINT,
    audience TEXT NOT NULL,
    audience_seq BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
);

CREATE TABLE audience (
    tenant TEXT NOT NULL,
    audience TEXT NOT NULL,
    audience_seq BIGINT NOT NULL,
    head_hash BYTEA NOT NULL,
    PRIMARY KEY (tenant, audience)
) WITH (fillfactor = 50);

CREATE TABLE client (
    tenant TEXT NOT NULL,
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    last_cmd_seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, client)
) WITH (fillfactor = 50);

CREATE TABLE command_result (
    tenant TEXT NOT NULL,
    client TEXT NOT NULL,
    cmd_seq BIGINT NOT NULL,
    key TEXT NOT NULL,
    payload_hash BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (tenant, client, cmd_seq),
    UNIQUE (tenant, client, key)
);

CREATE TABLE membership (
    tenant TEXT NOT NULL REFERENCES tenant,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (tenant, person)
);
CREATE INDEX membership_by_person ON membership (person);

CREATE TABLE service_token (
    tenant TEXT NOT NULL REFERENCES tenant,
    hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (tenant, hash)
);

CREATE TABLE intake_row (
    tenant TEXT NOT NULL REFERENCES tenant,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    row_hash BYTEA NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (tenant, source, external_id)
);

-- People of the server, across tenants.
CREATE TABLE account (
    person TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL
);

CREATE TABLE access_token (
    hash BYTEA PRIMARY KEY,
    family TEXT NOT NULL,
    person TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_by_family ON access_token (family);
CREATE INDEX access_token_by_end ON access_token (expires_at);

CREATE TABLE refresh_token (
    hash BYTEA PRIMARY KEY,
    family TEXT NOT NULL,
    person TEXT NOT NULL,
    device TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX refresh_token_by_family ON refresh_token (family);
CREATE INDEX refresh_token_by_end ON refresh_token (expires_at);
