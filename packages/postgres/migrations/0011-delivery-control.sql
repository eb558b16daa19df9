-- What an endpoint may ask for besides its events (order, batches, a pace, a brand), what a subscription says about
-- freshness, an organization's pace over all its endpoints, and what the log says of all that. Bounds and their
-- reasons: services/api/src/webhooks/webhook-input.ts; here they only keep what is impossible out.

alter table organizations
  add column deliveries_per_second double precision check (deliveries_per_second > 0);

alter table endpoints
  add column ordering text not null default 'none' check (ordering in ('none', 'asset')),
  add column batch_max_events integer check (batch_max_events > 1),
  add column batch_max_wait_ms integer check (batch_max_wait_ms > 0),
  add column batch_max_bytes integer check (batch_max_bytes > 0),
  -- All three, or none: one event a request.
  add constraint endpoints_batch check (num_nulls(batch_max_events, batch_max_wait_ms, batch_max_bytes) in (0, 3)),
  add column rate_limit_per_second double precision check (rate_limit_per_second > 0),
  add column header_prefix text check (header_prefix ~ '^[A-Za-z0-9-]{1,32}$');

alter table subscriptions
  add column expire_after_minutes integer check (expire_after_minutes > 0),
  add column latest_only boolean not null default false;

-- Of an Ed25519 pair, `whpk_…`, which everybody may know; its private half is what `sealed` seals. Null: an HMAC secret.
alter table endpoint_secrets add column public_key text check (public_key like 'whpk\_%');
-- The few whose overlap will end: asked for every few seconds.
create index endpoint_secrets_expiry on endpoint_secrets (expires_at) where expires_at is not null;

alter table attempts
  -- The request that carried several deliveries at once: its `webhook-id`, and how many they were.
  add column batch_id text,
  add column batch_size integer;

alter table deliveries
  -- The newer event of the same asset that was sent instead.
  add column superseded_by uuid,
  -- What a person had sent again, by the instant of the request (epoch ms): each a chain of attempts of its own beside
  -- the automatic one, which all other columns tell of (packages/domain/src/manual-chains.ts). Null for nearly all.
  add column manual_chains jsonb;

-- Recovering reads an organization's events in the order in which they came in.
create index events_received on events (org_id, received_at, event_id);

-- Two tellings of the same delivery's manual chains as one: of each chain the word of higher rank, and the larger count.
create function merge_manual_chains(one jsonb, other jsonb) returns jsonb
  language sql immutable
as $$
  select case
    when one is null then other
    when other is null then one
    else (
      select jsonb_object_agg(chain, word || jsonb_build_object('attempts', attempts))
      from (
        select distinct on (chain) chain, word,
          max((word ->> 'attempts')::integer) over (partition by chain) as attempts
        from (select * from jsonb_each(other) union all select * from jsonb_each(one)) as told (chain, word)
        order by chain, word ->> 'state' = 'delivered' desc, (word ->> 'rankAttemptNumber')::integer desc,
          (word ->> 'rankAtMs')::bigint desc
      ) merged)
  end
$$;

-- Delivered when one chain delivered it, pending while one of them goes on, else dead.
create function shown_delivery_state(automatic text, manual jsonb) returns text
  language sql immutable
as $$
  select case
    when manual is null or automatic = 'delivered' then automatic
    when exists (select from jsonb_each(manual) where value ->> 'state' = 'delivered') then 'delivered'
    when automatic = 'pending' or exists (select from jsonb_each(manual) where value ->> 'state' = 'pending') then 'pending'
    else 'dead'
  end
$$;

create function shown_next_attempt_at(automatic text, automatic_at timestamptz, manual jsonb) returns timestamptz
  language sql immutable
as $$
  select case
    when manual is null then automatic_at
    when shown_delivery_state(automatic, manual) <> 'pending' then null
    else least(automatic_at,
      (select to_timestamp(min((value ->> 'nextAttemptAtMs')::bigint) / 1000.0) from jsonb_each(manual)))
  end
$$;
