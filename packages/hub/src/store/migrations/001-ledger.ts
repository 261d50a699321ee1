/**
 * What keeps the ledger a ledger: the postings of a booking sum to zero per currency in the statement that makes
 * them, and nobody changes one afterwards. The rules hang on every partition too, or a statement that names a
 * partition would pass them by.
 */
export const LEDGER = `
CREATE FUNCTION posting_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added GROUP BY booking_no, currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'the postings of a booking do not sum to zero' USING ERRCODE = 'HF001';
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION posting_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'postings are never changed: correct them with new ones' USING ERRCODE = 'HF002';
END
$$;

DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT 'posting'::regclass UNION ALL SELECT inhrelid::regclass FROM pg_inherits
      WHERE inhparent = 'posting'::regclass LOOP
    EXECUTE format('CREATE TRIGGER sums_to_zero AFTER INSERT ON %s REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION posting_sums_to_zero()', part);
    EXECUTE format('CREATE TRIGGER is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION posting_is_final()', part);
  END LOOP;
END
$$;
`;
