-- Idempotency-Keys of POSTs: who has claimed one, and what was answered. Kept for a day.

create table idempotency_keys (
  org_id bigint not null references organizations (id),
  key text not null check (length(key) between 1 and 255),
  -- SHA-256 of the request, base64url.
  fingerprint text not null check (length(fingerprint) = 43),
  created_at timestamptz(3) not null default now(),
  claimed_at timestamptz(3) not null default now(),
  -- Null while it is under way. Sealed where answers may hold secrets.
  answer text,
  primary key (org_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
