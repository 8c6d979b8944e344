-- A row in each table that every message writes, then none of them; and one durable commit.
BEGIN;
INSERT INTO inbox
       (sender, message_key, body_digest, service, received_at, answered_at, status, answer)
VALUES ('probe', gen_random_uuid()::text, sha256(''), 'probe', now(), now(), 'probe', '');
INSERT INTO outbox (lane, message_id, origin, body, created_at)
VALUES ('probe', gen_random_uuid(), 'probe', '', now());
INSERT INTO journal (at, kind, verdict, chain)
VALUES (now(), 'ALARM', '{}', '{}');
ROLLBACK;
INSERT INTO probe (one, at)
VALUES (true, clock_timestamp())
ON CONFLICT (one) DO UPDATE SET at = excluded.at
