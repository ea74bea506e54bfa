WITH moved AS (
    UPDATE tenant SET head = $4, last_at = $5 WHERE tenant = $1 AND epoch = $2 AND head = $3 RETURNING tenant
), chain AS (
    INSERT INTO audience (tenant, audience, audience_seq, head_hash)
    SELECT tenant, $10::text, $11::bigint, $13::bytea FROM moved
    ON CONFLICT (tenant, audience)
    DO UPDATE SET audience_seq = excluded.audience_seq, head_hash = excluded.head_hash
), mark AS (
    INSERT INTO client (tenant, client, person, last_cmd_seq)
    SELECT tenant, $8::text, $16::text, $9::bigint FROM moved
    ON CONFLICT (tenant, client) DO UPDATE SET last_cmd_seq = excluded.last_cmd_seq
), result AS (
    INSERT INTO command_result (tenant, client, cmd_seq, key, payload_hash, outcome)
    SELECT tenant, $8::text, $9::bigint, $17::text, $18::bytea, $19::text FROM moved
)
INSERT INTO event (tenant, seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq,
                   prev_hash, hash, kind, body)
SELECT tenant, $4::bigint, $6::text, $5::bigint, $7::text, $8::text, $9::bigint, $10::text, $11::bigint,
       $12::bytea, $13::bytea, $14::text, $15::text FROM moved
