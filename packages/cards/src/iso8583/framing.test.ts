import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { FrameReader, type Framing, frameMessage } from './framing.ts';

const FRAMINGS: Framing[] = [
  { header: 'binary-2', isInclusive: false, bytesMax: 65_535 },
  { header: 'binary-2', isInclusive: true, bytesMax: 65_533 },
  { header: 'ascii-4', isInclusive: false, bytesMax: 9999 },
  { header: 'ascii-4', isInclusive: true, bytesMax: 9995 },
  { header: 'bcd-2', isInclusive: false, bytesMax: 9999 },
  { header: 'bcd-2', isInclusive: true, bytesMax: 9997 },
];
const binary = (options: Partial<Framing> = {}) =>
  ({ header: 'binary-2', isInclusive: false, bytesMax: 100, ...options }) satisfies Framing;

test('headers count the message alone, or themselves with it', () => {
  const message = new Uint8Array(159).fill(1);
  const headers = FRAMINGS.map((framing) => frameMessage(framing, message));
  expect(toHex(headers[0]?.subarray(0, 2) ?? message)).toBe('009F');
  expect(toHex(headers[1]?.subarray(0, 2) ?? message)).toBe('00A1');
  expect(Buffer.from(headers[2] ?? message).toString('latin1', 0, 4)).toBe('0159');
  expect(Buffer.from(headers[3] ?? message).toString('latin1', 0, 4)).toBe('0163');
  expect(toHex(headers[4]?.subarray(0, 2) ?? message)).toBe('0159');
  expect(toHex(headers[5]?.subarray(0, 2) ?? message)).toBe('0161');
});

test('messages come out whole, wherever the stream is cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...FRAMINGS), messages, cuts, (framing, sent, sizes) => {
      const stream = Uint8Array.from(sent.flatMap((message) => [...frameMessage(framing, message)]));
      const reader = new FrameReader(framing);
      const received: Uint8Array[] = [];
      for (let offset = 0, turn = 0; offset < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        const result = reader.push(stream.subarray(offset, offset + size));
        expect(result.ok).toBe(true);
        received.push(...result.messages);
        offset += size;
      }
      expect(received).toEqual(sent);
      expect(reader.pendingBytes).toBe(0);
    }),
  );
});

test('the longest message passes, one byte more is refused before it arrives', () => {
  const reader = new FrameReader(binary());
  expect(reader.push(frameMessage(binary(), new Uint8Array(100))).messages).toHaveLength(1);
  expect(reader.push(fromHex('0065'))).toEqual({ ok: false, reason: 'too_long', messages: [] });
  expect(reader.push(fromHex('000101'))).toEqual({ ok: false, reason: 'too_long', messages: [] });
  expect(reader.pendingBytes).toBe(0);
});

test('messages before a fault are handed out', () => {
  const reader = new FrameReader(binary());
  const result = reader.push(fromHex('000101FFFF'));
  expect(result).toEqual({ ok: false, reason: 'too_long', messages: [Uint8Array.of(1)] });
});

test('a header that is no length is refused', () => {
  expect(new FrameReader(binary({ isInclusive: true })).push(fromHex('0001'))).toMatchObject({
    ok: false,
    reason: 'header',
  });
  expect(new FrameReader(binary({ isInclusive: true })).push(fromHex('0002')).messages).toEqual([
    new Uint8Array(),
  ]);
  for (const text of ['00x1', ' 100', '0x10', '-001']) {
    const reader = new FrameReader({ header: 'ascii-4', isInclusive: false, bytesMax: 100 });
    expect(reader.push(Buffer.from(text))).toMatchObject({ ok: false, reason: 'header' });
  }
  const packed = new FrameReader({ header: 'bcd-2', isInclusive: false, bytesMax: 100 });
  expect(packed.push(fromHex('000A'))).toMatchObject({ ok: false, reason: 'header' });
});

test('what is held is overwritten when the connection has gone', () => {
  const reader = new FrameReader(binary());
  expect(reader.push(fromHex('000401'))).toEqual({ ok: true, messages: [] });
  expect(reader.pendingBytes).toBe(3);
  reader.wipe();
  expect(reader.pendingBytes).toBe(0);
  expect(reader.push(fromHex('000102')).messages).toEqual([Uint8Array.of(2)]);
});

test('a message that does not fit is a defect of the program', () => {
  expect(() => frameMessage(binary(), new Uint8Array(101))).toThrow('no longer than its framing allows');
  const ascii: Framing = { header: 'ascii-4', isInclusive: true, bytesMax: 60_000 };
  expect(() => frameMessage(ascii, new Uint8Array(9996))).toThrow('the length fits into the header');
  expect(() => new FrameReader(binary({ bytesMax: 65_536 }))).toThrow('no message is longer');
});
