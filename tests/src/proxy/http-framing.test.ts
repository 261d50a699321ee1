import { describe, expect, it } from 'vitest';
import { bodyOf, endedByClose, frame, makeAnswer } from './http-framing.ts';

const chunked = Buffer.from(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n',
);
const sized = makeAnswer({ status: '200 OK', contentType: 'application/json', body: '{"a":1}' });
const bare = Buffer.from('GET /health HTTP/1.1\r\nHost: hub\r\n\r\n');

describe('a message', () => {
  it.each([
    ['with a length', sized],
    ['in chunks', chunked],
    ['without a body', bare],
  ])('%s ends where it ends, and not before', (_, message) => {
    const more = Buffer.concat([message, Buffer.from('HTTP')]);
    expect(frame(more)?.length).toBe(message.length);
    for (let at = 0; at < message.length; at += 1) expect(frame(message.subarray(0, at))).toBeUndefined();
  });

  it('has the same body however it is framed', () => {
    expect(bodyOf(chunked)).toEqual(bodyOf(sized));
    for (const message of [chunked, sized]) {
      const { bytes, bodyAt } = endedByClose(message);
      expect(bytes.subarray(bodyAt)).toEqual(bodyOf(sized));
      expect(bytes.subarray(0, bodyAt).toString()).not.toMatch(/content-length|transfer-encoding/i);
    }
  });
});
