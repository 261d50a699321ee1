/**
 * Where an HTTP/1.1 message ends, and how to change one. The proxy hands whole messages on: only so can it keep back,
 * cut or replace exactly one answer.
 */
import { must } from '@holdfast/base';

/** A whole message: its start line and fields, where its body begins, and how long it is, in bytes. */
export type Framed = { head: string; bodyAt: number; length: number };

const HEAD_END = Buffer.from('\r\n\r\n');
const CRLF = Buffer.from('\r\n');

/** The first message of `bytes`; undefined while it is not all there. */
export function frame(bytes: Buffer): Framed | undefined {
  const at = bytes.indexOf(HEAD_END);
  if (at < 0) return undefined;
  const head = bytes.subarray(0, at).toString('latin1');
  const bodyAt = at + HEAD_END.length;
  const isChunked = /^transfer-encoding:\s*chunked\s*$/im.test(head);
  const end = isChunked ? endOfChunks(bytes, bodyAt) : bodyAt + contentLength(head);
  return end === undefined || end > bytes.length ? undefined : { head, bodyAt, length: end };
}

function contentLength(head: string): number {
  const [, digits] = /^content-length:\s*(\d+)\s*$/im.exec(head) ?? [];
  return Number(digits ?? 0);
}

function endOfChunks(bytes: Buffer, from: number): number | undefined {
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf(CRLF, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    at = lineEnd + CRLF.length + size + CRLF.length;
    if (size === 0) return at;
    if (at > bytes.length) return undefined;
  }
}

/** The body of a message without its framing. */
export function bodyOf(message: Buffer): Buffer {
  const { head, bodyAt, length } = must(frame(message), 'the message is whole');
  if (!/^transfer-encoding:/im.test(head)) return message.subarray(bodyAt, length);
  const pieces: Buffer[] = [];
  for (let at = bodyAt; ; ) {
    const lineEnd = message.indexOf(CRLF, at);
    const size = Number.parseInt(message.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(message.subarray(lineEnd + CRLF.length, lineEnd + CRLF.length + size));
    at = lineEnd + 2 * CRLF.length + size;
  }
}

/**
 * The same answer as one that ends with its connection, as old middleboxes send it: nothing in it says how long it is,
 * so that a cut body looks whole to the transport.
 */
export function endedByClose(answer: Buffer): { bytes: Buffer; bodyAt: number } {
  const { head } = must(frame(answer), 'the answer is whole');
  const kept = head
    .split('\r\n')
    .filter((line) => !/^(content-length|transfer-encoding|connection|keep-alive):/i.test(line));
  const start = Buffer.from(`${[...kept, 'connection: close'].join('\r\n')}\r\n\r\n`, 'latin1');
  return { bytes: Buffer.concat([start, bodyOf(answer)]), bodyAt: start.length };
}

/** An answer made here. */
export function makeAnswer(of: { status: string; contentType: string; body: string }): Buffer {
  const body = Buffer.from(of.body);
  return Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${of.status}\r\ncontent-type: ${of.contentType}\r\ncontent-length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);
}
