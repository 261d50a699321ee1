/** HTTP messages of one side of a connection with their bodies in clear: without chunks, and without content encodings. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { bodyOf, frame } from '../../proxy/http-framing.ts';

/** One message: its start line says which; `bytes` are its fields and its body. */
export type Message = { part: string; bytes: Buffer };

const BODY_MAX = { maxOutputLength: 256 * 1024 * 1024 };

/** The messages in their order, and what is left behind the last whole one. */
export function messagesOf(stream: Buffer): Message[] {
  const found: Message[] = [];
  let rest = stream;
  for (let framed = frame(rest); framed !== undefined && rest.length > 0; framed = frame(rest)) {
    const { head, length } = framed;
    const body = decoded(bodyOf(rest.subarray(0, length)), head);
    const [start = ''] = head.split('\r\n', 1);
    found.push({
      part: `message ${found.length + 1}, ${start}`,
      bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]),
    });
    rest = rest.subarray(length);
  }
  return rest.length === 0 ? found : [...found, { part: 'what is not whole', bytes: rest }];
}

function decoded(body: Buffer, head: string): Buffer {
  const [, codings = ''] = /^content-encoding:\s*(.+?)\s*$/im.exec(head) ?? [];
  return codings
    .split(/\s*,\s*/)
    .filter((coding) => coding !== '')
    .reduceRight((bytes, coding) => decode(bytes, coding.toLowerCase()), body);
}

function decode(body: Buffer, coding: string): Buffer {
  switch (coding) {
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, BODY_MAX);
    case 'deflate':
      return isZlib(body) ? inflateSync(body, BODY_MAX) : inflateRawSync(body, BODY_MAX);
    case 'br':
      return brotliDecompressSync(body, BODY_MAX);
    case 'zstd':
      return zstdDecompressSync(body, BODY_MAX);
    default:
      throw new Error(`A body was sent as ${coding}, which the search does not know how to undo`);
  }
}

/** By the word `deflate` the standard means zlib; some senders leave its header out (RFC 9110, 8.4.1.2). */
function isZlib(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
