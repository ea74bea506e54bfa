WITH moved AS (
    UPDATE tenant SET head = $4, last_at = $5 WHERE tenant = $1 AND epoch = $2 AND head = $3 RETURNING tenant
), events AS (
    INSERT INTO event (tenant, seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq,
                       prev_hash, hash, kind, body)
    SELECT moved.tenant, one.* FROM moved, unnest(
        $6::bigint[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::bigint[],
        $14::bytea[], $15::bytea[], $16::text[], $17::text[]) AS one
), ends AS (
    INSERT INTO audience (tenant, audience, audience_seq, head_hash)
    SELECT moved.tenant, one.* FROM moved, unnest($18::text[], $19::bigint[], $20::bytea[]) AS one
    ON CONFLICT (tenant, audience)
    DO UPDATE SET audience_seq = excluded.audience_seq, head_hash = excluded.head_hash
), marks AS (
    INSERT INTO client (tenant, client, person, last_cmd_seq)
    SELECT moved.tenant, one.* FROM moved, unnest($21::text[], $22::text[], $23::bigint[]) AS one
    ON CONFLICT (tenant, client) DO UPDATE SET last_cmd_seq = excluded.last_cmd_seq
), results AS (
    INSERT INTO command_result (tenant, client, cmd_seq, key, payload_hash, outcome)
    SELECT moved.tenant, one.*
    FROM moved, unnest($24::text[], $25::bigint[], $26::text[], $27::bytea[], $28::text[]) AS one
)
SELECT count(*) FROM moved
