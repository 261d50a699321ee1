/**
 * Bodies of requests. The limit holds before a body is in memory: first against Content-Length, then against the
 * bytes as they come. Behind `listen` the Node stream is read straight, which saves a web stream per request.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '@holdfast/base';
import type { Context } from 'hono';
import type { ApiEnv } from './route.ts';

/**
 * Reads the whole body. Rejects with AppError `body_too_large` as soon as it is known to exceed `maxBytes`, and
 * `malformed_json` when the connection ends before the body does.
 */
export function readBody(context: Context<ApiEnv>, maxBytes: number): Promise<Uint8Array> {
  const length = context.req.header('content-length');
  if (length !== undefined && Number(length) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  // `app.request` in a test passes no bindings at all.
  const incoming = (context.env as ApiEnv['Bindings'] | undefined)?.incoming;
  if (incoming !== undefined) return readIncoming(incoming, maxBytes);
  return readStream(context.req.raw.body, maxBytes);
}

/**
 * The JSON value of a body. Throws AppError `malformed_json` for invalid UTF-8 and for what is not JSON. Members
 * named `__proto__` are dropped, at any depth.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new AppError('malformed_json', 'The body is not UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    // The reviver is slow, and needed only where the name can be hidden.
    return /__proto__|\\u005f/i.test(text) ? JSON.parse(text, dropPrototype) : JSON.parse(text);
  } catch (error) {
    throw new AppError('malformed_json', text === '' ? 'The body is empty.' : 'The body is not JSON.', {
      cause: error,
    });
  }
}

/** Throws AppError `unsupported_media_type` unless the request says one of `accepted`; parameters are ignored. */
export function checkContentType(header: string | undefined, accepted: readonly string[]): void {
  if (header !== undefined && accepted.includes(header)) return;
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  const charset = /;\s*charset="?([^";\s]+)/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (type !== undefined && accepted.includes(type) && (charset === undefined || charset === 'utf-8')) return;
  throw new AppError(
    'unsupported_media_type',
    `Send the body as ${accepted.join(' or ')}${header === undefined ? '; there is no Content-Type' : ''}.`,
  );
}

function dropPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function tooLarge(maxBytes: number): AppError {
  // What is left of the body is not read, so the connection cannot carry another request.
  return new AppError('body_too_large', `The body is larger than ${maxBytes} bytes.`, {
    headers: { connection: 'close' },
    extra: { max_bytes: maxBytes },
  });
}

function readIncoming(
  incoming: Pick<IncomingMessage, 'on' | 'off' | 'pause' | 'readableEnded' | 'destroyed'>,
  maxBytes: number,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (incoming.readableEnded || incoming.destroyed) return reject(cutShort());
    const chunks: Uint8Array[] = [];
    let size = 0;
    const onData = (chunk: Uint8Array) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      release();
      incoming.pause();
      reject(tooLarge(maxBytes));
    };
    const onEnd = () => {
      release();
      resolve(join(chunks));
    };
    const onCut = () => {
      release();
      reject(cutShort());
    };
    const release = () => {
      incoming.off('data', onData).off('end', onEnd).off('close', onCut);
    };
    incoming.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}

async function readStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return join(chunks);
}

function join(chunks: Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

function cutShort(): AppError {
  return new AppError('malformed_json', 'The connection ended before the body did.');
}
