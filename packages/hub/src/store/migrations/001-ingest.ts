/**
 * The function that takes a batch in: one round trip, one place where the order of the checks stands. It is called in
 * a transaction of its own, after the chain and the seal were verified. The lines of all entries come as one bytea
 * with offsets: an array of bytea is slow to make in Node, and slow to read here.
 *
 * Order: stream row locked → lease → what is already held is compared → generation → gap → append. The comparison comes
 * before the lease is decided: only a batch that brings something new, or something else, needs it. Whatever the answer,
 * the transaction is committed: a new boot, a new generation and what the device reports stay known.
 */

/** Reports kept for a device, and how far past what is acked a tip is believed. */
const REPORTS_MAX = 256;
const TIP_AHEAD_MAX = 100_000_000;

const REPORTS = `
-- False for a tip that no store can have reached.
CREATE FUNCTION is_believable(p_tip bigint, p_acked bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_tip - coalesce(p_acked, 0) <= ${TIP_AHEAD_MAX};
$$;

-- Keeps the reports of a device bounded: those on streams that never came to anything go first, then the oldest.
CREATE FUNCTION forget_reports(p_tenant uuid, p_location uuid, p_device uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM stream_report r USING (
    SELECT told.incarnation, told.lane FROM stream_report told
      LEFT JOIN stream s USING (tenant_id, location_id, device_id, incarnation, lane)
    WHERE told.tenant_id = p_tenant AND told.location_id = p_location AND told.device_id = p_device
    ORDER BY coalesce(s.acked_seq, 0) = 0, told.reported_at DESC, told.incarnation, told.lane
    OFFSET ${REPORTS_MAX}
  ) surplus
  WHERE r.tenant_id = p_tenant AND r.location_id = p_location AND r.device_id = p_device
    AND r.incarnation = surplus.incarnation AND r.lane = surplus.lane;
$$;
`;

const BATCH = `
CREATE FUNCTION ingest_batch(
  p_tenant uuid, p_location uuid, p_device uuid, p_incarnation text, p_lane text, p_boot text, p_boot_no bigint,
  p_now timestamptz, p_wait text, p_first bigint, p_prev bytea,
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
  v_lease text;
  v_is_fork boolean := false;
BEGIN
  appended := 0;
  v_stream := lock_stream(p_tenant, p_location, p_device, p_incarnation, p_lane, p_now, p_wait);
  acked_seq := v_stream.acked_seq;
  head_hash := v_stream.head_hash;
  safe_seq := v_stream.safe_seq;
  v_lease := take_lease(p_tenant, p_device, p_incarnation, p_boot, p_boot_no, p_now);
  IF p_first <= v_stream.acked_seq THEN
    SELECT e.seq, e.hash INTO at_seq, at_hash FROM entry e
      WHERE e.tenant_id = p_tenant AND e.location_id = p_location AND e.device_id = p_device
        AND e.incarnation = p_incarnation AND e.lane = p_lane AND e.seq BETWEEN p_first AND v_last
        AND e.hash <> substring(p_hashes FROM ((e.seq - p_first) * 32 + 1)::integer FOR 32)
      ORDER BY e.seq LIMIT 1;
    v_is_fork := FOUND;
  ELSIF p_first = v_stream.acked_seq + 1 AND p_prev <> v_stream.head_hash THEN
    v_is_fork := true;
    at_seq := v_stream.acked_seq;
    at_hash := v_stream.head_hash;
  END IF;
  -- A superseded boot may repeat what is held: that was long on its way. Anything more comes from a second life.
  IF (v_lease = 'superseded' AND (v_is_fork OR v_last > v_stream.acked_seq))
      OR (v_lease = 'second' AND NOT v_is_fork) THEN
    answer := 'clone';
    RETURN;
  END IF;
  IF v_lease = 'second' THEN
    -- A disk that was restored from a copy may count its starts again. Should the other life go on, it is told.
    PERFORM hold_lease(p_tenant, p_device, p_incarnation, p_boot, p_boot_no, p_now);
    v_lease := 'held';
  END IF;
  -- What an earlier process knew of its stream is no news.
  IF v_lease = 'held' AND is_believable(p_tip_seq, v_stream.acked_seq) THEN
    INSERT INTO stream_report AS r VALUES (p_tenant, p_location, p_device, p_incarnation, p_lane, p_tip_seq,
        p_tip_hash, to_timestamp(p_oldest_ms / 1000.0), p_now)
      ON CONFLICT (tenant_id, location_id, device_id, incarnation, lane) DO UPDATE SET tip_seq = excluded.tip_seq,
        tip_hash = excluded.tip_hash, oldest_unacked_at = excluded.oldest_unacked_at,
        reported_at = excluded.reported_at;
    IF v_stream.acked_seq = 0 THEN
      PERFORM forget_reports(p_tenant, p_location, p_device);
    END IF;
  END IF;
  generation := current_generation(v_stream, p_ack_generation, p_ack_seq, p_ack_hash, p_fresh);
  IF p_ack_generation <> generation THEN
    answer := 'hub_changed';
    RETURN;
  ELSIF v_is_fork THEN
    answer := 'fork';
    RETURN;
  ELSIF p_first > v_stream.acked_seq + 1 THEN
    answer := 'gap';
    RETURN;
  END IF;
  answer := 'acked';
  IF v_last > v_stream.acked_seq THEN
    IF v_lease = 'earlier' THEN
      -- Once: one batch of a stream can be on its way when its process ends.
      INSERT INTO boot (tenant_id, device_id, incarnation, boot, boot_no, first_seen_at, superseded_at)
        VALUES (p_tenant, p_device, p_incarnation, p_boot, p_boot_no, p_now, p_now);
    END IF;
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

export const INGEST = REPORTS + BATCH;
