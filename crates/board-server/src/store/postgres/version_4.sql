-- Tables of the server's store on PostgreSQL, version 4: the tenants' signing keys. Frozen: a change is a new file and a new
-- version.

-- The secret half of a key that no longer signs is empty.
CREATE TABLE tenant_key (
    tenant TEXT NOT NULL REFERENCES tenant,
    public TEXT NOT NULL,
    published TEXT NOT NULL,
    secret BYTEA NOT NULL,
    PRIMARY KEY (tenant, public)
);
