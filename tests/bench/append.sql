-- Tables of the bare peer of our PostgreSQL store: the rows that one command leaves, and nothing else.
CREATE TABLE tenant (
    tenant TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    head BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
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
);
CREATE TABLE client (
    tenant TEXT NOT NULL,
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    last_cmd_seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, client)
);
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
