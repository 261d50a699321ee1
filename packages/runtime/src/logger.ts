/**
 * Logs: JSON lines on stderr. Secrets stay out twice over: members with telling names are masked, and objects that
 * carry the do-not-log brand are replaced wherever they turn up. The brand is a registered symbol, so that packages
 * can set it without importing this one.
 */
import { writeSync } from 'node:fs';
import { isAppError } from '@holdfast/base';
import pino from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The part of pino that the project uses. */
export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

export type LoggerOptions = {
  level: LogLevel;
  service: string;
  /** Where lines go; stderr unless given. */
  destination?: { write(line: string): void };
  /** Throw when a branded object reaches a log call, as tests want it. */
  strict?: boolean;
};

/** An object with this member set to true never reaches a log. */
export const DO_NOT_LOG: unique symbol = Symbol.for('holdfast.doNotLog');

const MASK = '[redacted]';
const DEPTH_MAX = 8;
const SNAKE = /(^|[_-])(authorization|cookie|pin|token|secret|passphrase|password)$/i;
const CAMEL = /[a-z0-9](Authorization|Cookie|Pin|Token|Secret|Passphrase|Password)$/;

/**
 * A logger for one service of a process. A line that held a branded object names the places under `do_not_log`.
 * Throws TypeError on such a line when `strict`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const strict = options.strict ?? false;
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
      },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[];
          // The cast restores pino's overloads: the cleaned arguments have the same order and shape.
          method.apply(this, [
            ...cleanFirst(first, rest, strict),
            ...rest.map((arg) => cleanArg(arg, strict)),
          ] as [object, string]);
        },
      },
    },
    options.destination ?? createStderr(),
  );
  return cleanChildren(logger, strict);
}

/**
 * Lines to stderr, one write each. A line that cannot be written (a full disk, a reader that is gone) is dropped and
 * counted: a log must never stop a sale. The next line that can be written says how many are missing.
 */
function createStderr(): pino.DestinationStream {
  let dropped = 0;
  return {
    write(line) {
      try {
        if (dropped > 0) writeSync(2, `${JSON.stringify({ level: 'warn', dropped_lines: dropped })}\n`);
        dropped = 0;
        writeSync(2, line);
      } catch {
        dropped += 1;
      }
    },
  };
}

/** Bindings of children pass no hook of pino. A child inherits the replaced method, so grandchildren are covered. */
function cleanChildren(logger: pino.Logger, strict: boolean): pino.Logger {
  // The method is generic over custom levels, of which there are none.
  const make = logger.child as unknown as (
    bindings: pino.Bindings,
    options?: pino.ChildLoggerOptions,
  ) => pino.Logger;
  const child: unknown = function child(this: pino.Logger, ...[bindings, options]: Parameters<typeof make>) {
    return make.call(this, cleanObject(bindings, strict), options);
  };
  logger.child = child as typeof logger.child;
  return logger;
}

/** An error as the log shows it: name, code, message, stack and the chain of causes. */
export function serializeError(error: Error, depth = 0): Record<string, unknown> {
  const code = isAppError(error) ? error.code : 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error && depth < DEPTH_MAX
      ? { cause: serializeError(error.cause, depth + 1) }
      : {}),
  };
}

function cleanFirst(first: unknown, rest: unknown[], strict: boolean): unknown[] {
  if (first instanceof Error) {
    return rest.length === 0
      ? [{ err: serializeError(first) }, first.message]
      : [{ err: serializeError(first) }];
  }
  if (typeof first !== 'object' || first === null) return [first];
  return [cleanObject(first, strict)];
}

function cleanArg(arg: unknown, strict: boolean): unknown {
  return typeof arg === 'object' && arg !== null ? cleanObject({ arg }, strict).arg : arg;
}

function cleanObject(value: object, strict: boolean): Record<string, unknown> {
  const found: string[] = [];
  const cleaned = clean(value, { path: '', depth: 0, found });
  if (found.length > 0 && strict)
    throw new TypeError(`a do-not-log value was logged at '${found.join("', '")}'`);
  const line = isRecord(cleaned) ? cleaned : { value: cleaned };
  return found.length > 0 ? { ...line, do_not_log: found } : line;
}

function clean(value: unknown, at: { path: string; depth: number; found: string[] }): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (DO_NOT_LOG in value && value[DO_NOT_LOG] === true) {
    at.found.push(at.path === '' ? '(whole line)' : at.path);
    return MASK;
  }
  if (value instanceof Error) return serializeError(value);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (at.depth >= DEPTH_MAX) return '[deeper]';
  const inner = (key: string) => ({
    path: at.path === '' ? key : `${at.path}.${key}`,
    depth: at.depth + 1,
    found: at.found,
  });
  if (Array.isArray(value)) return value.map((member, index) => clean(member, inner(String(index))));
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name} of ${value.size}]`;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      isSecretName(key) && member !== undefined && member !== null ? MASK : clean(member, inner(key)),
    ]),
  );
}

function isSecretName(key: string): boolean {
  return SNAKE.test(key) || CAMEL.test(key);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
