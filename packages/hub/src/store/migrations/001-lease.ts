/**
 * Who may speak for a stream: one boot an incarnation holds the lease, the stream's row is locked while a batch is taken
 * in, and the generation tells edges whether this is the database they knew.
 */
export const LEASE = `
-- From now on the boot holds the lease, and every other of its incarnation is superseded.
CREATE FUNCTION hold_lease(
  p_tenant uuid, p_device uuid, p_incarnation text, p_boot text, p_boot_no bigint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE boot SET superseded_at = p_now
    WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation
      AND boot.boot <> p_boot AND superseded_at IS NULL;
  INSERT INTO boot (tenant_id, device_id, incarnation, boot, boot_no, first_seen_at)
    VALUES (p_tenant, p_device, p_incarnation, p_boot, p_boot_no, p_now);
END
$$;

-- 'held': the boot holds the lease of its incarnation, as it did or from now on. 'superseded': another one took it.
-- 'earlier': not known, and of a process before the latest known one. 'second': not known, but of the same start as
-- the latest known one, which one store cannot have. A null boot is a later piece of a batch, or the hub's own entries.
CREATE FUNCTION take_lease(
  p_tenant uuid, p_device uuid, p_incarnation text, p_boot text, p_boot_no bigint, p_now timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_superseded timestamptz;
  v_latest bigint;
BEGIN
  IF p_boot IS NULL THEN
    RETURN 'held';
  END IF;
  FOR v_try IN 1 .. 2 LOOP
    SELECT superseded_at INTO v_superseded FROM boot
      WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation AND boot.boot = p_boot;
    IF FOUND THEN
      RETURN CASE WHEN v_superseded IS NULL THEN 'held' ELSE 'superseded' END;
    END IF;
    -- Two unknown boots at once must see each other, also when they come by different streams: look again.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_device::text || p_incarnation, 0));
  END LOOP;
  SELECT max(boot_no) INTO v_latest FROM boot
    WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation;
  IF p_boot_no < v_latest THEN
    RETURN 'earlier';
  ELSIF p_boot_no = v_latest THEN
    RETURN 'second';
  END IF;
  PERFORM hold_lease(p_tenant, p_device, p_incarnation, p_boot, p_boot_no, p_now);
  RETURN 'held';
END
$$;

-- The row of a stream, made if it is missing, locked until the end of the transaction.
CREATE FUNCTION lock_stream(
  p_tenant uuid, p_location uuid, p_device uuid, p_incarnation text, p_lane text, p_now timestamptz, p_wait text
) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE
  v_stream stream;
BEGIN
  PERFORM set_config('lock_timeout', p_wait, true);
  SELECT * INTO v_stream FROM stream WHERE tenant_id = p_tenant AND location_id = p_location
    AND device_id = p_device AND incarnation = p_incarnation AND lane = p_lane FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO stream VALUES
      (p_tenant, p_location, p_device, p_incarnation, p_lane, 0, decode(repeat('00', 32), 'hex'), 0, p_now)
      ON CONFLICT DO NOTHING;
    SELECT * INTO v_stream FROM stream WHERE tenant_id = p_tenant AND location_id = p_location
      AND device_id = p_device AND incarnation = p_incarnation AND lane = p_lane FOR UPDATE;
  END IF;
  -- The next wait can only be for an operation that another device sends just now: the deadlock check comes first.
  PERFORM set_config('lock_timeout', '10s', true);
  RETURN v_stream;
END
$$;

-- This hub's generation. A valid ack of this generation that is ahead of the stream, or names another hash, proves that
-- the database was restored: then a new one is minted. Null p_ack_seq: the ack has no valid MAC.
CREATE FUNCTION current_generation(
  p_stream stream, p_ack_generation text, p_ack_seq bigint, p_ack_hash bytea, p_fresh text
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_own text;
  v_hash bytea := p_stream.head_hash;
BEGIN
  SELECT value INTO STRICT v_own FROM hub_meta WHERE key = 'generation';
  IF p_ack_seq IS NULL OR p_ack_generation IS DISTINCT FROM v_own OR p_ack_seq = 0 THEN
    RETURN v_own;
  END IF;
  IF p_ack_seq < p_stream.acked_seq THEN
    SELECT hash INTO v_hash FROM entry WHERE tenant_id = p_stream.tenant_id AND location_id = p_stream.location_id
      AND device_id = p_stream.device_id AND incarnation = p_stream.incarnation AND lane = p_stream.lane
      AND seq = p_ack_seq;
  END IF;
  IF p_ack_seq <= p_stream.acked_seq AND v_hash = p_ack_hash THEN
    RETURN v_own;
  END IF;
  UPDATE hub_meta SET value = p_fresh WHERE key = 'generation' AND value = v_own;
  SELECT value INTO STRICT v_own FROM hub_meta WHERE key = 'generation';
  RETURN v_own;
END
$$;
`;
