/** The one place where failures of PostgreSQL become codes of ours. */
import { AppError, isAppError } from '@holdfast/base';

/**
 * Classes of SQLSTATE that say that the server or the way to it is gone, or that the hub is not let in any more, as when
 * its password was changed while it ran: repeat later.
 */
const CONNECTION_CLASSES = ['08', '57', '53', '28', '3D'];
const NETWORK_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
];
/** What the client library throws without any code. */
const NETWORK_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after)/;

/** The SQLSTATE or the system's code of an error, if it has one. */
export function postgresCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True for failures that the same transaction may survive when it is run again: serialization, deadlock. */
export function isWorthRepeating(error: unknown): boolean {
  const code = postgresCodeOf(error);
  return code === '40001' || code === '40P01';
}

/** True when a lock was not granted in time. */
export function isLockTimeout(error: unknown): boolean {
  return postgresCodeOf(error) === '55P03';
}

/**
 * What to throw for `error`: `hub_unavailable` when the connection failed, the server stops, has no room or does not let
 * the hub in, or when a transaction kept colliding; an AppError as it is; anything else unchanged, for it is a defect.
 */
export function mapPostgresError(error: unknown): unknown {
  if (isAppError(error)) return error;
  const code = postgresCodeOf(error);
  const isPassing =
    (code !== undefined && (CONNECTION_CLASSES.includes(code.slice(0, 2)) || NETWORK_CODES.includes(code))) ||
    isWorthRepeating(error) ||
    isLockTimeout(error) ||
    (error instanceof Error && NETWORK_MESSAGES.test(error.message)) ||
    error instanceof AggregateError;
  return isPassing ? new AppError('hub_unavailable', undefined, { cause: error }) : error;
}
