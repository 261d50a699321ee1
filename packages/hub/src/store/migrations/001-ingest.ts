/**
 * The function that takes a batch in: one round trip, one place where the order of the checks stands. It is called in
 * a transaction of its own, after the chain and the seal were verified. The lines of all entries come as one bytea
 * with offsets: an array of bytea is slow to make in Node, and slow to read here.
 *
 * Order: stream row locked → lease → generation → what is already held is compared → gap → append. Whatever the answer,
 * the transaction is committed: a new boot, a new generation and what the device reports stay known.
 */
export const INGEST = `
-- 'known': the boot holds the lease of its incarnation, as it did or from now on; 'superseded': another one took it.
CREATE FUNCTION take_lease(
  p_tenant uuid, p_device uuid, p_incarnation text, p_boot text, p_now timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_superseded timestamptz;
BEGIN
  SELECT superseded_at INTO v_superseded FROM boot
    WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation AND boot.boot = p_boot;
  IF FOUND THEN
    RETURN CASE WHEN v_superseded IS NULL THEN 'known' ELSE 'superseded' END;
  END IF;
  -- Two unknown boots at once must see each other, also when they come by different streams.
  PERFORM pg_advisory_xact_lock(hashtextextended(p_device::text || p_incarnation, 0));
  UPDATE boot SET superseded_at = p_now
    WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation
      AND boot.boot <> p_boot AND superseded_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM boot b WHERE b.tenant_id = p_tenant AND b.device_id = p_device
        AND b.incarnation = p_incarnation AND b.boot = p_boot);
  INSERT INTO boot (tenant_id, device_id, incarnation, boot, first_seen_at)
    VALUES (p_tenant, p_device, p_incarnation, p_boot, p_now) ON CONFLICT DO NOTHING;
  SELECT superseded_at INTO v_superseded FROM boot
    WHERE tenant_id = p_tenant AND device_id = p_device AND incarnation = p_incarnation AND boot.boot = p_boot;
  RETURN CASE WHEN v_superseded IS NULL THEN 'known' ELSE 'superseded' END;
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

-- Appends the entries from place p_skip + 1 of the arrays on, decides every operation and books what may be booked.
CREATE FUNCTION append_entries(
  p_stream stream, p_first bigint, p_skip integer, p_now timestamptz,
  p_data bytea, p_header_at integer[], p_header_len integer[], p_body_len integer[],
  p_hashes bytea, p_body_hashes bytea, p_ops uuid[], p_kinds text[], p_reasons text[],
  p_cashiers text[], p_customers text[], p_currencies text[], p_amounts bigint[], p_receipts text[], p_at_ms bigint[],
  p_posting_of integer[], p_posting_line smallint[], p_posting_account text[], p_posting_currency text[],
  p_posting_amount bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t uuid := p_stream.tenant_id;
  l uuid := p_stream.location_id;
  d uuid := p_stream.device_id;
  i text := p_stream.incarnation;
  n text := p_stream.lane;
  v_count integer := cardinality(p_ops) - p_skip;
  v_owned integer;
  v_reasons text[] := p_reasons;
  -- 0: not booked. No nulls, so that reading an element does not walk the array.
  v_numbers bigint[];
BEGIN
  INSERT INTO entry
    SELECT t, l, d, i, n, p_first + ord - 1, op_id, kind,
      substring(p_data FROM header_at + 1 FOR header_len),
      substring(p_data FROM header_at + header_len + 2 FOR body_len),
      substring(p_hashes FROM ((ord - 1) * 32 + 1)::integer FOR 32), p_now
    FROM unnest(p_ops, p_kinds, p_header_at, p_header_len, p_body_len)
      WITH ORDINALITY AS e (op_id, kind, header_at, header_len, body_len, ord)
    WHERE ord > p_skip;

  SELECT array_agg(CASE WHEN ord > p_skip AND reason IS NULL THEN nextval('booking_no') ELSE 0 END ORDER BY ord)
    INTO v_numbers FROM unnest(p_reasons) WITH ORDINALITY AS r (reason, ord);

  WITH owned AS (
    INSERT INTO op
      SELECT t, op_id, kind, substring(p_body_hashes FROM ((ord - 1) * 32 + 1)::integer FOR 32),
        l, d, i, n, p_first + ord - 1, nullif(booking_no, 0)
      FROM unnest(p_ops, p_kinds, v_numbers) WITH ORDINALITY AS e (op_id, kind, booking_no, ord)
      WHERE ord > p_skip
      -- In one order, so that devices that name the same operations wait for each other and do not deadlock.
      ORDER BY op_id, ord
    ON CONFLICT DO NOTHING RETURNING 1
  ) SELECT count(*) INTO v_owned FROM owned;

  IF v_owned < v_count THEN
    -- An empty reason: the same operation once more, booked or waiting already.
    SELECT
      array_agg(CASE
        WHEN ord <= p_skip THEN ''
        WHEN o.location_id = l AND o.device_id = d AND o.incarnation = i AND o.lane = n AND o.seq = p_first + ord - 1
          THEN reason
        WHEN o.body_hash = substring(p_body_hashes FROM ((ord - 1) * 32 + 1)::integer FOR 32) AND o.kind = e.kind
          THEN ''
        ELSE 'op_id_reused' END ORDER BY ord)
      INTO v_reasons
      FROM unnest(p_ops, p_kinds, p_reasons) WITH ORDINALITY AS e (op_id, kind, reason, ord)
        JOIN op o ON o.tenant_id = t AND o.op_id = e.op_id;
    SELECT array_agg(CASE WHEN reason IS NULL THEN booking_no ELSE 0 END ORDER BY ord)
      INTO v_numbers FROM unnest(v_reasons, v_numbers) WITH ORDINALITY AS e (reason, booking_no, ord);
  END IF;

  INSERT INTO quarantine
    SELECT t, l, d, i, n, p_first + ord - 1, op_id, reason, p_now
    FROM unnest(p_ops, v_reasons) WITH ORDINALITY AS e (op_id, reason, ord)
    WHERE ord > p_skip AND reason <> '';

  INSERT INTO booking
    SELECT t, l, booking_no, op_id, d, i, n, p_first + ord - 1, cashier, nullif(customer, ''), currency, amount,
      receipt, to_timestamp(at_ms / 1000.0), p_now
    FROM unnest(v_numbers, p_ops, p_cashiers, p_customers, p_currencies, p_amounts, p_receipts, p_at_ms)
      WITH ORDINALITY AS e (booking_no, op_id, cashier, customer, currency, amount, receipt, at_ms, ord)
    WHERE booking_no <> 0;

  INSERT INTO posting
    SELECT t, l, v_numbers[place], line, account, currency, amount
    FROM unnest(p_posting_of, p_posting_line, p_posting_account, p_posting_currency, p_posting_amount)
      AS e (place, line, account, currency, amount)
    WHERE v_numbers[place] <> 0;
END
$$;

CREATE FUNCTION ingest_batch(
  p_tenant uuid, p_location uuid, p_device uuid, p_incarnation text, p_lane text, p_boot text, p_now timestamptz,
  p_wait text, p_first bigint, p_prev bytea,
  p_ack_generation text, p_ack_seq bigint, p_ack_hash bytea, p_fresh text,
  p_tip_seq bigint, p_tip_hash bytea, p_oldest_ms bigint, p_seal_statement text, p_seal_signature bytea,
  p_data bytea, p_header_at integer[], p_header_len integer[], p_body_len integer[],
  p_hashes bytea, p_body_hashes bytea, p_ops uuid[], p_kinds text[], p_reasons text[],
  p_cashiers text[], p_customers text[], p_currencies text[], p_amounts bigint[], p_receipts text[], p_at_ms bigint[],
  p_posting_of integer[], p_posting_line smallint[], p_posting_account text[], p_posting_currency text[],
  p_posting_amount bigint[],
  OUT answer text, OUT acked_seq bigint, OUT head_hash bytea, OUT safe_seq bigint, OUT generation text,
  OUT at_seq bigint, OUT at_hash bytea, OUT appended integer, OUT quarantined jsonb
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_stream stream;
  v_last bigint := p_first + cardinality(p_ops) - 1;
  v_skip integer;
BEGIN
  appended := 0;
  v_stream := lock_stream(p_tenant, p_location, p_device, p_incarnation, p_lane, p_now, p_wait);
  acked_seq := v_stream.acked_seq;
  head_hash := v_stream.head_hash;
  safe_seq := v_stream.safe_seq;
  IF take_lease(p_tenant, p_device, p_incarnation, p_boot, p_now) = 'superseded' THEN
    answer := 'clone';
    RETURN;
  END IF;
  INSERT INTO stream_report AS r VALUES (p_tenant, p_location, p_device, p_incarnation, p_lane, p_tip_seq, p_tip_hash,
      to_timestamp(p_oldest_ms / 1000.0), p_now)
    ON CONFLICT (tenant_id, location_id, device_id, incarnation, lane) DO UPDATE SET tip_seq = excluded.tip_seq,
      tip_hash = excluded.tip_hash, oldest_unacked_at = excluded.oldest_unacked_at, reported_at = excluded.reported_at;
  generation := current_generation(v_stream, p_ack_generation, p_ack_seq, p_ack_hash, p_fresh);
  IF p_ack_generation <> generation THEN
    answer := 'hub_changed';
    RETURN;
  END IF;
  IF p_first <= v_stream.acked_seq THEN
    SELECT e.seq, e.hash INTO at_seq, at_hash FROM entry e
      WHERE e.tenant_id = p_tenant AND e.location_id = p_location AND e.device_id = p_device
        AND e.incarnation = p_incarnation AND e.lane = p_lane AND e.seq BETWEEN p_first AND v_last
        AND e.hash <> substring(p_hashes FROM ((e.seq - p_first) * 32 + 1)::integer FOR 32)
      ORDER BY e.seq LIMIT 1;
    IF FOUND THEN
      answer := 'fork';
      RETURN;
    END IF;
  ELSIF p_first > v_stream.acked_seq + 1 THEN
    answer := 'gap';
    RETURN;
  ELSIF p_prev <> v_stream.head_hash THEN
    answer := 'fork';
    at_seq := v_stream.acked_seq;
    at_hash := v_stream.head_hash;
    RETURN;
  END IF;
  answer := 'acked';
  IF v_last > v_stream.acked_seq THEN
    v_skip := (v_stream.acked_seq - p_first + 1)::integer;
    PERFORM append_entries(v_stream, p_first, v_skip, p_now, p_data, p_header_at, p_header_len, p_body_len,
      p_hashes, p_body_hashes, p_ops, p_kinds, p_reasons, p_cashiers, p_customers, p_currencies, p_amounts,
      p_receipts, p_at_ms, p_posting_of, p_posting_line, p_posting_account, p_posting_currency, p_posting_amount);
    appended := cardinality(p_ops) - v_skip;
    acked_seq := v_last;
    head_hash := substring(p_hashes FROM (cardinality(p_ops) - 1) * 32 + 1 FOR 32);
    UPDATE stream s SET acked_seq = v_last,
        head_hash = substring(p_hashes FROM (cardinality(p_ops) - 1) * 32 + 1 FOR 32), last_received_at = p_now
      WHERE s.tenant_id = p_tenant AND s.location_id = p_location AND s.device_id = p_device
        AND s.incarnation = p_incarnation AND s.lane = p_lane;
    IF p_seal_statement IS NOT NULL THEN
      INSERT INTO seal VALUES (p_tenant, p_location, p_device, p_incarnation, p_lane, v_last, p_seal_statement,
        p_seal_signature);
    END IF;
  END IF;
  SELECT coalesce(jsonb_agg(jsonb_build_object('seq', q.seq, 'op_id', q.op_id, 'reason', q.reason) ORDER BY q.seq), '[]')
    INTO quarantined FROM quarantine q WHERE q.tenant_id = p_tenant AND q.location_id = p_location
      AND q.device_id = p_device AND q.incarnation = p_incarnation AND q.lane = p_lane
      AND q.seq BETWEEN p_first AND v_last AND q.resolved_at IS NULL;
END
$$;
`;
