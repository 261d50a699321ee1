/** From the bytes of a request to a batch whose chain and seal hold. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '@holdfast/base';
import type { Verifier } from '@holdfast/crypto';
import { type Batch, parseBatch, verifyBatch } from '@holdfast/journal';
import { BatchHead, HUB_INCARNATION, PROTOCOL_VERSION, PROTOCOL_VERSION_MIN } from '@holdfast/protocol';

const unzip = promisify(gunzip);

/** A batch with the chain hash of each entry; or what the edge must know about one that does not hold. */
export type ReadBatch =
  | { kind: 'ok'; batch: Batch; hashes: Buffer[] }
  | { kind: 'invalid'; at_seq: number; reason: string };

/**
 * The bytes of a request body, decompressed, `maxBytes` at most. Throws AppError `unsupported_media_type`, `body_too_large` or
 * `invalid_request`.
 */
export async function decode(
  raw: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  const encoding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (raw.length > maxBytes) throw tooLarge(maxBytes);
  if (encoding === 'identity' || encoding === '') return raw;
  if (encoding !== 'gzip') {
    throw new AppError('unsupported_media_type', 'A batch is sent plain or with Content-Encoding: gzip');
  }
  try {
    return await unzip(raw, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(maxBytes);
    throw new AppError('invalid_request', 'The batch is not valid gzip', { cause });
  }
}

/**
 * Parses and verifies. Entries that cannot be read are `invalid`, as broken ones are: the edge must not send them for
 * ever. Throws AppError `invalid_request` when the request as a whole is no batch, `protocol_version` for one of
 * another time.
 */
export function readBatch(input: {
  bytes: Uint8Array;
  deviceId: string;
  publicKeyOf: (keyId: string) => Uint8Array | undefined;
  verifier: Verifier;
}): ReadBatch {
  const parsed = parseBatch(input.bytes);
  if (parsed.kind === 'malformed') {
    const { line, reason } = parsed;
    const head = line === 1 ? undefined : BatchHead.safeParse(JSON.parse(firstLineOf(input.bytes))).data;
    if (head === undefined) throw new AppError('invalid_request', `Line ${line} of the batch: ${reason}`);
    refuseHubStream(head);
    // Two lines an entry after the head; a fault of the seal counts for the last entry.
    const place = Math.min(Math.floor((line - 2) / 2), head.count - 1);
    return { kind: 'invalid', at_seq: head.first_seq + place, reason };
  }
  const { batch } = parsed;
  refuseHubStream(batch.head);
  if (batch.head.protocol < PROTOCOL_VERSION_MIN || batch.head.protocol > PROTOCOL_VERSION) {
    throw new AppError('protocol_version', `This hub speaks ${PROTOCOL_VERSION_MIN} to ${PROTOCOL_VERSION}`);
  }
  const verdict = verifyBatch({ ...input, batch });
  return verdict.kind === 'ok' ? { kind: 'ok', batch, hashes: verdict.hashes } : verdict;
}

/** The stream of JSON batches is written by the hub alone: an entry of a device in it would take its place. */
function refuseHubStream(head: BatchHead): void {
  if (head.stream.incarnation === HUB_INCARNATION) {
    throw new AppError('invalid_request', 'No device writes the stream whose incarnation is all zeros');
  }
}

/** The head: it has been parsed once when a later line is at fault. */
function firstLineOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.subarray(0, buffer.indexOf(10)).toString();
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', `A batch has at most ${maxBytes} bytes`);
}
