WITH log AS (
    UPDATE tenant SET head = head + 1, last_at = greatest(last_at, $2) WHERE tenant = $1 RETURNING head, last_at
), chain AS (
    INSERT INTO audience (tenant, audience, audience_seq, head_hash) VALUES ($1, $3, 1, $4)
    ON CONFLICT (tenant, audience)
    DO UPDATE SET audience_seq = audience.audience_seq + 1, head_hash = excluded.head_hash
    RETURNING audience_seq
), mark AS (
    INSERT INTO client (tenant, client, person, last_cmd_seq) VALUES ($1, $5, $6, $7)
    ON CONFLICT (tenant, client) DO UPDATE SET last_cmd_seq = excluded.last_cmd_seq
), result AS (
    INSERT INTO command_result (tenant, client, cmd_seq, key, payload_hash, outcome)
    SELECT $1, $5, $7, $8, $9, '{"outcome":"done","cmd_seq":' || $7 || ',"seq":' || head || '}' FROM log
)
INSERT INTO event (tenant, seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq,
                   prev_hash, hash, kind, body)
SELECT $1, head, $8, last_at, 'person:' || $6, $5, $7, $3, audience_seq, $9, $4, $10, $11 FROM log, chain
RETURNING seq
