/** Shapes that several messages share. */
import { z } from 'zod';
import { LANE_NAMES } from './lanes.ts';

/** A 128-bit random id as 32 hexadecimal digits: incarnation, boot, generation. */
export const Id128 = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits');

/** A SHA-256 as 64 hexadecimal digits. */
export const HashHex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

export const Uuid = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'expected a lower-case UUID',
  );

/** RFC 3339 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected an instant such as 2026-01-31T12:00:00.000Z');

/** Sequence numbers are dense from 1 and stay exact in a JSON number. */
export const Seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A decimal amount of money with a dot, no exponent, no plus sign. */
export const Amount = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,14})(\.\d{1,4})?$/, 'expected a decimal number such as "12.50"');

/** ISO 4217 letters; whether the currency exists is the money package's answer. */
export const CurrencyCode = z.string().regex(/^[A-Z]{3}$/, 'expected three capital letters such as SEK');

export const LaneName = z.enum(LANE_NAMES);

/** Text that people read: no control characters. */
export const Text = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'control characters are not allowed');

export const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'expected unpadded base64url');

/** Opaque to everybody but who made it. */
export const Cursor = z.string().max(4096);
