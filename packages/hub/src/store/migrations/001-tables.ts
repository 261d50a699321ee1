/**
 * The first tables. Keys lead with the tenant and then the location: that is the distribution key when one PostgreSQL
 * is outgrown. There are no foreign keys between the big tables: one function writes them together, and a
 * quarantined operation may well refer to what is not there.
 */
export const TABLES = `
CREATE TABLE hub_meta (key text PRIMARY KEY, value text NOT NULL);

CREATE TABLE tenant (
  tenant_id uuid PRIMARY KEY,
  name text NOT NULL,
  root_key_id text NOT NULL,
  root_public_key bytea NOT NULL,
  hub_key_certificate jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  -- Of this row, and of the record of it that the archive holds. Whoever changes the row counts on; stores and
  -- devices have the same two.
  revision integer NOT NULL DEFAULT 1,
  archived_revision integer NOT NULL DEFAULT 0
);

CREATE TABLE location (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  store_id text NOT NULL,
  name text NOT NULL,
  currency text NOT NULL,
  time_zone text NOT NULL,
  created_at timestamptz NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  archived_revision integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, location_id),
  UNIQUE (tenant_id, store_id)
);

CREATE TABLE device (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'revoked')),
  software_version text NOT NULL,
  created_at timestamptz NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  archived_revision integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, location_id, device_id)
);

CREATE INDEX tenant_unarchived ON tenant (tenant_id) WHERE archived_revision < revision;
CREATE INDEX location_unarchived ON location (location_id) WHERE archived_revision < revision;
CREATE INDEX device_unarchived ON device (device_id) WHERE archived_revision < revision;

CREATE TABLE device_key (
  tenant_id uuid NOT NULL,
  device_id uuid NOT NULL,
  key_id text NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  accepted_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (tenant_id, device_id, key_id)
);

CREATE TABLE claim (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  token_hash text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, token_hash)
);

CREATE TABLE used_nonce (nonce_hash text PRIMARY KEY, expires_at timestamptz NOT NULL);
CREATE INDEX used_nonce_expiry ON used_nonce (expires_at);

-- The lease: a new boot supersedes the others of its incarnation; a superseded one that speaks again is a clone.
CREATE TABLE boot (
  tenant_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  boot text NOT NULL,
  -- How often the store had been started: of two boots, the one with the higher number is the later.
  boot_no bigint NOT NULL,
  first_seen_at timestamptz NOT NULL,
  superseded_at timestamptz,
  PRIMARY KEY (tenant_id, device_id, incarnation, boot)
);

CREATE TABLE stream (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  acked_seq bigint NOT NULL,
  head_hash bytea NOT NULL,
  safe_seq bigint NOT NULL,
  last_received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, device_id, incarnation, lane),
  CHECK (safe_seq <= acked_seq)
) WITH (fillfactor = 70);

CREATE TABLE stream_report (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  tip_seq bigint NOT NULL,
  tip_hash bytea NOT NULL,
  oldest_unacked_at timestamptz,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, device_id, incarnation, lane)
) WITH (fillfactor = 70);

-- Every accepted entry, to the byte. A body that the law says must be forgotten becomes null; the chain still verifies.
CREATE TABLE entry (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  seq bigint NOT NULL,
  op_id uuid NOT NULL,
  kind text NOT NULL,
  header bytea NOT NULL,
  body bytea,
  hash bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, device_id, incarnation, lane, seq)
) PARTITION BY HASH (device_id);

CREATE TABLE seal (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  seq bigint NOT NULL,
  statement text NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (tenant_id, location_id, device_id, incarnation, lane, seq)
);

-- Decides what is booked: the first entry that names an operation owns it, whatever stream it came by.
CREATE TABLE op (
  tenant_id uuid NOT NULL,
  op_id uuid NOT NULL,
  kind text NOT NULL,
  body_hash bytea NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  seq bigint NOT NULL,
  -- Null while the operation waits in quarantine.
  booking_no bigint,
  PRIMARY KEY (tenant_id, op_id)
) PARTITION BY HASH (op_id);

CREATE TABLE quarantine (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  seq bigint NOT NULL,
  op_id uuid NOT NULL,
  reason text NOT NULL,
  received_at timestamptz NOT NULL,
  resolved_at timestamptz,
  resolution text CHECK (resolution IN ('booked', 'dismissed', 'superseded')),
  note text,
  CHECK ((resolution IS NULL) = (resolved_at IS NULL)),
  PRIMARY KEY (tenant_id, location_id, device_id, incarnation, lane, seq)
);

-- What waits, in the order a person goes through it.
CREATE INDEX quarantine_open ON quarantine (tenant_id, received_at, device_id, incarnation, lane, seq)
  WHERE resolved_at IS NULL;

CREATE SEQUENCE booking_no;

CREATE TABLE booking (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  booking_no bigint NOT NULL,
  op_id uuid NOT NULL,
  device_id uuid NOT NULL,
  incarnation text NOT NULL,
  lane text NOT NULL,
  seq bigint NOT NULL,
  cashier_id text NOT NULL,
  customer_reference text,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  receipt_code text NOT NULL,
  created_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, location_id, booking_no)
) PARTITION BY HASH (location_id);

CREATE TABLE posting (
  tenant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  booking_no bigint NOT NULL,
  line smallint NOT NULL,
  account text NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, location_id, booking_no, line)
) PARTITION BY HASH (location_id);

CREATE TABLE scope_version (
  tenant_id uuid NOT NULL,
  scope text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (tenant_id, scope)
);

CREATE TABLE feed_item (
  tenant_id uuid NOT NULL,
  scope text NOT NULL,
  collection text NOT NULL,
  key text NOT NULL,
  version bigint NOT NULL,
  value jsonb,
  PRIMARY KEY (tenant_id, scope, collection, key),
  UNIQUE (tenant_id, scope, version)
);

DO $$
DECLARE
  parent text;
  parts integer;
BEGIN
  FOR parent, parts IN VALUES ('entry', 8), ('op', 8), ('booking', 4), ('posting', 4) LOOP
    FOR part IN 0 .. parts - 1 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        parent || '_' || part, parent, parts, part);
    END LOOP;
  END LOOP;
END
$$;
`;
