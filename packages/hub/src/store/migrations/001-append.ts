/** Appends the entries of a batch and decides, operation by operation, what is booked and what waits. */
export const APPEND = `
-- Appends entries to a locked stream, claims their operations and books what may be booked. An operation is booked
-- once: the same one again is a success. One that waits in quarantine is booked when it comes again in a form that may
-- be; one that waits for the state of its device gives way to a sale of another device, also with another body, and
-- goes on waiting as a reuse of the name.
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
    -- Locked before the waiting entries are looked at, as a person's decision does it: nobody books one twice.
    PERFORM FROM op
      WHERE tenant_id = t AND booking_no IS NULL AND op_id IN (
        SELECT op_id FROM unnest(p_ops, p_reasons) WITH ORDINALITY AS e (op_id, reason, ord)
        WHERE ord > p_skip AND reason IS NULL)
      ORDER BY op_id FOR UPDATE;

    WITH candidate AS (
      SELECT e.op_id, e.kind, e.ord, e.booking_no, c.body_hash,
        o.location_id, o.device_id, o.incarnation, o.lane, o.seq, q.reason,
        o.kind = e.kind AND o.body_hash = c.body_hash AS is_same
      FROM unnest(p_ops, p_kinds, p_reasons, v_numbers) WITH ORDINALITY AS e (op_id, kind, reason, booking_no, ord)
        CROSS JOIN LATERAL (SELECT substring(p_body_hashes FROM ((e.ord - 1) * 32 + 1)::integer FOR 32)) AS c (body_hash)
        JOIN op o ON o.tenant_id = t AND o.op_id = e.op_id
        JOIN quarantine q ON q.tenant_id = t AND q.location_id = o.location_id AND q.device_id = o.device_id
          AND q.incarnation = o.incarnation AND q.lane = o.lane AND q.seq = o.seq
      WHERE e.ord > p_skip AND e.reason IS NULL AND o.booking_no IS NULL AND q.resolved_at IS NULL
    ), again AS (
      SELECT DISTINCT ON (op_id) * FROM candidate
      WHERE is_same OR (device_id <> d AND reason IN ('device_suspended', 'device_revoked'))
      ORDER BY op_id, ord
    ), decided AS (
      UPDATE quarantine q SET
          resolved_at = CASE WHEN a.is_same THEN p_now END,
          resolution = CASE WHEN a.is_same THEN 'superseded' END,
          reason = CASE WHEN a.is_same THEN q.reason ELSE 'op_id_reused' END
        FROM again a
        WHERE q.tenant_id = t AND q.location_id = a.location_id AND q.device_id = a.device_id
          AND q.incarnation = a.incarnation AND q.lane = a.lane AND q.seq = a.seq
    )
    UPDATE op SET location_id = l, device_id = d, incarnation = i, lane = n, seq = p_first + a.ord - 1,
        kind = a.kind, body_hash = a.body_hash, booking_no = a.booking_no
      FROM again a WHERE op.tenant_id = t AND op.op_id = a.op_id;

    -- An empty reason: the same operation once more, booked or decided already, or still waiting.
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
      -- Exact for any year: to_timestamp counts in floating point.
      receipt, ('epoch'::timestamp + make_interval(
        hours => (at_ms / 3600000)::integer, secs => (at_ms % 3600000) / 1000.0)) AT TIME ZONE 'UTC', p_now
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
`;
