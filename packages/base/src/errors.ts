/**
 * Operating failures. Every code that may leave a process stands in {@link CODES}; `docs/reference/errors.md` is
 * made from this table, and a test holds both to each other.
 */

/** What a caller may do: `never` repeat as it is, `backoff` and repeat, `resync` its state first, `reauthenticate`. */
export type Retry = 'never' | 'backoff' | 'resync' | 'reauthenticate';

/** One row of the table of codes. */
export type CodeSpec = {
  /** HTTP status (RFC 9110). */
  status: number;
  retry: Retry;
  /** Short and the same for every occurrence (RFC 9457 `title`). */
  title: string;
  /** What the person who sees it should do. */
  action: string;
};

export const CODES = {
  // Requests
  malformed_json: spec(400, 'never', 'The body is not JSON', 'Send a JSON document encoded in UTF-8.'),
  invalid_request: spec(
    422,
    'never',
    'The request does not fit its schema',
    'Mend the members listed under `errors` and send it again.',
  ),
  invalid_query: spec(
    400,
    'never',
    'A query parameter is not valid',
    'Mend the parameters listed under `errors`.',
  ),
  unsupported_media_type: spec(
    415,
    'never',
    'The content type is not accepted here',
    'Send one of the content types the API page lists.',
  ),
  body_too_large: spec(
    413,
    'never',
    'The body is larger than allowed',
    'Split it; the limit is in the detail.',
  ),
  not_found: spec(404, 'never', 'There is nothing here', 'Check the address.'),
  method_not_allowed: spec(
    405,
    'never',
    'The method is not allowed here',
    'Use one of the methods in the Allow header.',
  ),
  unknown_currency: spec(
    422,
    'never',
    'The currency is not known',
    'Use an ISO 4217 code in capitals, such as SEK.',
  ),
  amount_precision: spec(
    422,
    'never',
    'An amount has more decimals than its currency',
    'Round it to the decimals of the currency before sending it.',
  ),
  amount_out_of_range: spec(
    422,
    'never',
    'An amount is outside the allowed range',
    'Check quantity and price; the limit is in the detail.',
  ),
  tenders_insufficient: spec(
    422,
    'never',
    'The tenders do not cover the total',
    'Add a tender, or raise the amount of one.',
  ),
  idempotency_key_reused: spec(
    422,
    'never',
    'The idempotency key was used with another body',
    'Use a new key for a new request; repeat the first body to get its answer again.',
  ),
  invalid_idempotency_key: spec(
    400,
    'never',
    'The idempotency key is not valid',
    'Use 1 to 255 visible ASCII characters, best a UUIDv7.',
  ),
  invalid_cursor: spec(400, 'never', 'The cursor is not one of this list', 'Start again without a cursor.'),
  // Who you are
  unauthenticated: spec(
    401,
    'reauthenticate',
    'Credentials are missing or not valid',
    'Send `Authorization: Bearer` with the token, or sign the request.',
  ),
  forbidden: spec(403, 'never', 'These credentials do not allow it', 'Use credentials with the right role.'),
  sign_in_required: spec(
    403,
    'reauthenticate',
    'Nobody is signed in at this terminal',
    'Sign in with a staff PIN.',
  ),
  wrong_pin: spec(
    401,
    'never',
    'The PIN is not right',
    'Try again; after five wrong tries the person is locked for a while.',
  ),
  locked_out: spec(429, 'backoff', 'Too many wrong tries', 'Wait for the time in the detail.'),
  invalid_pairing_code: spec(
    403,
    'never',
    'The pairing code is wrong, used or expired',
    'Make a new one: POST /api/v1/pairing-codes.',
  ),
  invalid_claim_token: spec(
    403,
    'never',
    'The claim token is wrong, used or expired',
    'Ask the operator of the hub for a new one.',
  ),
  invalid_signature: spec(
    401,
    'reauthenticate',
    'The request is not signed as required',
    'Sign it by the profile holdfast-device-v1 with the enrolled key.',
  ),
  clock_skew: spec(
    401,
    'resync',
    'The signature is too old or from the future',
    'Sign again with the server nonce of this answer.',
  ),
  nonce_used: spec(
    401,
    'reauthenticate',
    'The nonce was used, is too old or is not ours',
    'Fetch a new nonce.',
  ),
  device_revoked: spec(
    403,
    'never',
    'This device has been revoked',
    'Enrol the device again with a new claim token.',
  ),
  device_suspended: spec(
    403,
    'never',
    'This device is suspended',
    'Ask the operator of the hub; sales made can still be uploaded.',
  ),
  // The edge
  no_room: spec(
    507,
    'never',
    'The disk is full: nothing was taken',
    'Make room on that disk. An edge that runs goes on by itself.',
  ),
  sale_pruned: spec(
    410,
    'never',
    'The contents of this sale are no longer at this edge',
    'Look at the hub, which holds them: GET /central/transactions.',
  ),
  store_missing: spec(
    500,
    'never',
    'The store is missing',
    'Put a backup back: `holdfast edge restore FILE`; or make a new store: `holdfast init --replace-lost-store`.',
  ),
  outcome_unknown: spec(
    503,
    'backoff',
    'The store failed while committing: the outcome is not known',
    'Send the same request with the same Idempotency-Key; the answer will tell.',
  ),
  store_unavailable: spec(
    503,
    'backoff',
    'The store is not available',
    'Repeat with the same Idempotency-Key; if it stays, look at the log of the edge.',
  ),
  store_page_unreadable: spec(
    503,
    'backoff',
    'A page of the store cannot be read',
    'Repeat with the same Idempotency-Key; if it stays, look at the disk, keep the files, stop the edge and restore a backup.',
  ),
  overloaded: spec(
    503,
    'backoff',
    'More requests are waiting than allowed',
    'Repeat after the time in Retry-After.',
  ),
  offline: spec(
    503,
    'backoff',
    'The link to the hub is down: the queue is intact',
    'Nothing needs doing: sales go up by themselves when the link is back.',
  ),
  workflow_conflict: spec(
    409,
    'never',
    'The workflow does not stand where this could be done',
    'Look at where it stands: `holdfast workflow show ID`.',
  ),
  definition_invalid: spec(
    422,
    'never',
    'The definition cannot be loaded',
    'Mend what is listed under `errors`; `holdfast workflow lint FILE` shows it as well.',
  ),
  device_unable: spec(
    409,
    'never',
    'The device cannot do that as it stands',
    'Do first what the detail says.',
  ),
  not_enrolled: spec(
    409,
    'never',
    'This edge is not enrolled with a hub',
    'Run `holdfast enroll` with a claim token.',
  ),
  // The hub
  protocol_version: spec(426, 'never', 'The protocol version is not spoken here', 'Update the older side.'),
  already_enrolled: spec(
    409,
    'never',
    'This key belongs to another device',
    'Make a new device key, or use the device it belongs to.',
  ),
  hub_unavailable: spec(
    503,
    'backoff',
    'The database of the hub does not answer',
    'Repeat later: what was booked all the same is not booked again.',
  ),
  archive_unavailable: spec(
    503,
    'backoff',
    'The archive of the hub cannot be written',
    'Mend the folder of the archive, then repeat the request: it changes nothing twice.',
  ),
  not_bookable: spec(
    422,
    'never',
    'The entry cannot be booked',
    'Dismiss it, and correct the sale outside Holdfast; the detail says what is wrong with it.',
  ),
  already_resolved: spec(
    409,
    'never',
    'It has been decided otherwise before',
    'Look at the entry: GET /api/v1/quarantine?state=resolved.',
  ),
  // Starting up
  config_invalid: spec(
    500,
    'never',
    'The configuration is not valid',
    'Mend the option that the message names.',
  ),
  port_in_use: spec(500, 'never', 'The port is in use', 'Stop the other process, or choose another port.'),
  file_unusable: spec(
    500,
    'never',
    'A file or a folder cannot be used',
    'Name another one, or give this user the right to it.',
  ),
  store_exists: spec(500, 'never', 'There is a store already', 'Start it, or choose another folder.'),
  data_folder_in_use: spec(
    500,
    'never',
    'Another process uses the data folder',
    'Stop the other process, or choose another folder.',
  ),
  key_missing: spec(
    500,
    'never',
    'The key file is missing',
    'Put the key file back. Where there never was a store, `holdfast init` makes one with its key.',
  ),
  key_wrong: spec(
    500,
    'never',
    'The key does not open the store',
    'Use the key file and passphrase the store was made with.',
  ),
  store_not_encrypted: spec(
    500,
    'never',
    'The database is not encrypted',
    'Move the file away; Holdfast opens encrypted stores only.',
  ),
  store_foreign: spec(500, 'never', 'The database was not made by Holdfast', 'Check the data folder.'),
  store_too_new: spec(
    500,
    'never',
    'The database was written by a newer version',
    'Run that version, or restore a backup of this one.',
  ),
  store_damaged: spec(500, 'never', 'The store is damaged', 'Stop, keep the files, and restore a backup.'),
  sqlite_too_old: spec(
    500,
    'never',
    'SQLite is too old to be safe',
    'Install the locked dependencies: npm ci.',
  ),
  durability_refused: spec(
    500,
    'never',
    'The store does not accept full durability',
    'Use a local file system that supports fsync.',
  ),
  postgres_unreachable: spec(
    500,
    'backoff',
    'PostgreSQL cannot be reached',
    'Check DATABASE_URL and that the server runs.',
  ),
  postgres_too_old: spec(500, 'never', 'PostgreSQL is too old', 'Use PostgreSQL 15 or newer.'),
  postgres_folder: spec(
    500,
    'never',
    'PostgreSQL cannot use its data folder',
    'Choose a folder that its user can enter: --data DIR.',
  ),
  postgres_failed: spec(500, 'backoff', 'PostgreSQL did not start', 'Read its log, named in the message.'),
  postgres_refused: spec(
    500,
    'never',
    'PostgreSQL does not allow it',
    'Give the user of DATABASE_URL the right that the message names.',
  ),
  database_in_use: spec(
    500,
    'never',
    'Another process uses the database',
    'Stop every hub that works on it, then run the command again.',
  ),
  hub_key_missing: spec(
    500,
    'never',
    'A key of the hub is missing',
    'Put the file back from where the copies of the keys are kept.',
  ),
  hub_wiped: spec(
    500,
    'never',
    'The database is empty, and the archive is not',
    'Run `holdfast hub restore`, with a backup or --archive-only; or name another archive folder.',
  ),
  backup_damaged: spec(
    500,
    'never',
    'The backup cannot be used',
    'Use another backup; the message names what is wrong with this one.',
  ),
  backup_foreign: spec(
    500,
    'never',
    'The backup may be of another edge',
    'Compare the devices; --force restores it all the same.',
  ),
  device_memory_damaged: spec(
    500,
    'never',
    'The memory of a device cannot be used',
    'Put the key of the device back; if it is lost, take the memory away and load the device with new keys.',
  ),
  serial_unavailable: spec(
    500,
    'never',
    'Serial ports cannot be used here',
    'Install the optional module on this machine: npm install serialport@13.',
  ),
  usage: spec(400, 'never', 'The command was not understood', 'See --help.'),
  internal: spec(
    500,
    'backoff',
    'An error inside Holdfast',
    'Report it with the trace id; the log has the details.',
  ),
} as const satisfies Record<string, CodeSpec>;

/** A stable code of {@link CODES}. */
export type ErrorCode = keyof typeof CODES;

/**
 * One fault of a request: where (JSON pointer or parameter name) and what. Of a text `pointer` is `line:column`, both
 * counted from 1 and given by themselves as well, with a code of the fault.
 */
export type Fault = {
  pointer: string;
  detail: string;
  code?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
};

export type AppErrorOptions = {
  cause?: unknown;
  /** Listed under `errors` of the problem document. */
  faults?: Fault[];
  /** Further members of the problem document; safe to show. */
  extra?: Record<string, string | number | boolean | null>;
  /** Headers the answer must carry, such as Retry-After. */
  headers?: Record<string, string>;
};

/** An operating failure with a code of {@link CODES}. `message` is safe to show; internals belong in `cause`. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  readonly faults: Fault[];
  readonly extra: Record<string, string | number | boolean | null>;
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(message ?? CODES[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return CODES[this.code].status;
  }

  get retry(): Retry {
    return CODES[this.code].retry;
  }
}

/** True for an {@link AppError}, of one code if given. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** Faults listed in an answer, at most. */
const FAULTS_MAX = 20;

/** What a schema found as faults: the JSON pointer (RFC 6901) of each place and what is wrong there; the first twenty. */
export function faultsOf(issues: readonly { path: readonly PropertyKey[]; message: string }[]): Fault[] {
  return issues.slice(0, FAULTS_MAX).map((issue) => ({
    pointer: issue.path
      .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    detail: issue.message,
  }));
}

function spec(status: number, retry: Retry, title: string, action: string): CodeSpec {
  return { status, retry, title, action };
}
