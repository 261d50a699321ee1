/** Enrolment of a device with a hub, pairing of terminals with a device, sign-in of staff. */
import { LIMITS } from '@holdfast/base';
import { z } from 'zod';
import { Base64Url, Id128, Instant, Text, Uuid } from './common.ts';

export const DEVICE_STATES = ['pending', 'active', 'suspended', 'revoked'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** Public half of a signing key. */
export const PublicKey = z.object({ key_id: z.string().max(80), public_key: Base64Url });
export type PublicKey = z.infer<typeof PublicKey>;

/** A key vouched for by the tenant's root: `signature` is over `statement`, a canonical JSON {@link KeyStatement}. */
export const KeyCertificate = z.object({ statement: z.string().max(2048), signature: Base64Url });
export type KeyCertificate = z.infer<typeof KeyCertificate>;

export const KeyStatement = z.object({
  v: z.literal(1),
  purpose: z.enum(['hub']),
  tenant_id: Uuid,
  key_id: z.string().max(80),
  public_key: Base64Url,
  issued_at: Instant,
});

/** `GET /api/v1/nonce`. */
export const NonceAnswer = z.object({ nonce: z.string().max(256), server_time: Instant });

/**
 * `POST /api/v1/devices/register`, signed with the key it registers and carrying a fresh server nonce: that is the
 * proof of possession.
 */
export const RegisterRequest = z.object({
  claim_token: z.string().min(1).max(128),
  public_key: Base64Url.length(43),
  device_name: Text.min(1).max(128),
  device_type: z.enum(['pos', 'atm', 'kiosk', 'mobile', 'backoffice']).default('pos'),
  software_version: Text.max(64),
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

export const RegisterAnswer = z.object({
  device_id: Uuid,
  tenant_id: Uuid,
  location_id: Uuid,
  store_id: z.string(),
  store_name: z.string(),
  currency: z.string(),
  time_zone: z.string(),
  state: z.enum(DEVICE_STATES),
  generation: Id128,
  root_key: PublicKey,
  hub_key: KeyCertificate,
});
export type RegisterAnswer = z.infer<typeof RegisterAnswer>;

/** `POST /api/v1/claims` at the hub, by an operator. */
export const ClaimRequest = z.object({
  store_id: Text.min(1).max(128),
  expires_in_seconds: z
    .number()
    .int()
    .min(60)
    .max(2_592_000)
    .default(LIMITS.claimTokenMs / 1000),
});
export const ClaimAnswer = z.object({ claim_token: z.string(), store_id: z.string(), expires_at: Instant });
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

/** `POST /api/v1/pairing-codes` at the edge, with the API token. */
export const PairingCode = z.object({ pairing_code: z.string(), expires_at: Instant });
export type PairingCode = z.infer<typeof PairingCode>;

/** `POST /api/v1/pair` at the edge, open. */
export const PairRequest = z.object({
  pairing_code: z.string().min(1).max(32),
  terminal_name: Text.min(1).max(64),
  terminal_type: z.enum(['till', 'kitchen', 'kiosk', 'reader']).default('till'),
});
export const PairAnswer = z.object({ terminal_id: z.string(), terminal_name: z.string(), token: z.string() });
export type PairAnswer = z.infer<typeof PairAnswer>;

/** A paired terminal, as the list shows it. */
export const Terminal = z.object({
  terminal_id: z.string(),
  terminal_name: z.string(),
  terminal_type: z.string(),
  paired_at: Instant,
  revoked_at: Instant.nullable(),
});
export type Terminal = z.infer<typeof Terminal>;

/** A person one can sign in as; no secret. */
export const StaffListing = z.object({ staff_id: z.string(), name: z.string(), role: z.string() });
export type StaffListing = z.infer<typeof StaffListing>;

/** `POST /api/v1/sessions` with a terminal's token; the answer's token carries terminal and person. */
export const SignInRequest = z.object({
  staff_id: z.string().min(1).max(64),
  pin: z.string().min(1).max(32),
});
export const SignInAnswer = z.object({ token: z.string(), staff: StaffListing, expires_at: Instant });
export type SignInAnswer = z.infer<typeof SignInAnswer>;
