import { systemPorts, toHex } from '@holdfast/base';
import { createVerifier, generateSigningKey, toBase64Url } from '@holdfast/crypto';
import { type BatchHead, PROTOCOL_VERSION } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, buildBatch, parseBatch, verifyBatch } from './batch.ts';
import { type BuiltEntry, buildBodyLine, buildEntry, GENESIS, receiptCode, SALT_BYTES } from './entry.ts';
import { buildSeal } from './seal.ts';

const key = generateSigningKey();
const deviceId = '01890a5d-ac96-774b-bcce-b302099a8057';
const incarnation = 'a'.repeat(32);
const verifier = createVerifier();
const publicKeyOf = (keyId: string) => (keyId === key.keyId ? key.publicKey : undefined);

function chain(bodies: readonly object[]): BuiltEntry[] {
  const entries: BuiltEntry[] = [];
  for (const [i, body] of bodies.entries()) {
    const bodyLine = buildBodyLine({ salt: systemPorts.random.bytes(SALT_BYTES), body });
    const op_id = `01890a5d-ac96-774b-bcce-${String(i).padStart(12, '0')}`;
    const place = {
      device_id: deviceId,
      incarnation,
      lane: 'transactions' as const,
      seq: i + 1,
      op_id,
      kind: 'sale',
      at: '2026-01-31T12:00:00.000Z',
      terminal_id: null,
      staff_id: null,
    };
    entries.push(buildEntry({ place, bodyLine, prevHash: entries.at(-1)?.hash ?? GENESIS }));
  }
  return entries;
}

function batchOf(entries: readonly BuiltEntry[]): Buffer {
  const last = entries[entries.length - 1] as BuiltEntry; // The callers pass at least one.
  const tip = { incarnation, lane: 'transactions' as const, seq: last.header.seq, hash: toHex(last.hash) };
  const head: BatchHead = {
    protocol: PROTOCOL_VERSION,
    boot: 'b'.repeat(32),
    boot_no: 1,
    first_seq: 1,
    count: entries.length,
    prev_hash: toHex(GENESIS),
    stream: {
      incarnation,
      lane: 'transactions',
      tip_seq: tip.seq,
      tip_hash: tip.hash,
      acked_seq: 0,
      oldest_unacked_at: null,
    },
    last_ack: null,
  };
  return buildBatch({ head, entries, seal: buildSeal({ deviceId, heads: [tip], key }) });
}

function parsed(bytes: Uint8Array): Batch {
  const result = parseBatch(bytes);
  if (result.kind !== 'ok') throw new Error(`${result.reason} in line ${result.line}`);
  return result.batch;
}

const verify = (batch: Batch) => verifyBatch({ batch, deviceId, publicKeyOf, verifier });

describe('a batch', () => {
  it('is what was built, whatever the bodies say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.string()), { minLength: 1, maxLength: 8 }),
        (bodies) => {
          const entries = chain(bodies);
          const batch = parsed(batchOf(entries));
          expect(batch.entries.map((entry) => entry.headerLine.toString())).toEqual(
            entries.map((e) => e.headerLine),
          );
          expect(batch.entries.map((entry) => entry.bodyLine.toString())).toEqual(
            entries.map((e) => e.bodyLine),
          );
          expect(verify(batch)).toEqual({ kind: 'ok', hashes: entries.map((e) => e.hash) });
        },
      ),
    );
  });

  it('is refused after any single byte has changed', () => {
    const bytes = batchOf(chain([{ a: 1 }, { b: 'två' }, { c: [3] }]));
    const head = bytes.indexOf(10) + 1; // The head is not sealed; the hub compares it with what it holds.
    for (let i = head; i < bytes.length; i += 1) {
      const damaged = Buffer.from(bytes);
      damaged[i] = (damaged[i] ?? 0) ^ 1;
      const result = parseBatch(damaged);
      const verdict = result.kind === 'ok' ? verify(result.batch).kind : result.kind;
      expect([i, verdict]).not.toEqual([i, 'ok']);
    }
  });

  it('is refused when cut at any byte', () => {
    const bytes = batchOf(chain([{ a: 1 }, { b: 2 }]));
    for (let end = 0; end < bytes.length; end += 1)
      expect(parseBatch(bytes.subarray(0, end)).kind).toBe('malformed');
  });

  it('is not split further than its head says', () => {
    const whole = batchOf(chain([{ a: 1 }, { b: 2 }]));
    const head = whole.subarray(0, whole.indexOf(10) + 1);
    const flood = Buffer.concat([head, Buffer.alloc(2_000_000, 10)]);
    expect(parseBatch(flood)).toEqual({ kind: 'malformed', reason: 'expected 6 lines, found more', line: 7 });
    expect(parseBatch(Buffer.alloc(2_000_000, 10))).toMatchObject({ kind: 'malformed', line: 1 });
  });

  it('names the first wrong place', () => {
    const batch = parsed(batchOf(chain([{ a: 1 }, { b: 2 }, { c: 3 }])));
    const [first, second, third] = batch.entries;
    if (!first || !second || !third) throw new Error('three entries were built');
    const swapped = { ...batch, entries: [first, third, second] };
    expect(verify(swapped)).toMatchObject({ kind: 'invalid', at_seq: 2 });
    const otherBody = { ...batch, entries: [first, { ...second, bodyLine: third.bodyLine }, third] };
    expect(verify(otherBody)).toMatchObject({ kind: 'invalid', at_seq: 2 });
  });

  it('is refused with the seal of another device, key or head', () => {
    const entries = chain([{ a: 1 }]);
    const batch = parsed(batchOf(entries));
    const last = entries[0] as BuiltEntry; // One entry was built.
    const head = { incarnation, lane: 'transactions' as const, seq: 1, hash: toHex(last.hash) };
    const other = '01890a5d-ac96-774b-bcce-b302099a8058';
    const seals = [
      buildSeal({ deviceId: other, heads: [head], key }),
      buildSeal({ deviceId, heads: [head], key: generateSigningKey() }),
      buildSeal({ deviceId, heads: [{ ...head, seq: 2 }], key }),
      buildSeal({ deviceId, heads: [{ ...head, hash: '0'.repeat(64) }], key }),
      { ...batch.seal, signature: buildSeal({ deviceId, heads: [{ ...head, seq: 9 }], key }).signature },
    ];
    for (const seal of seals) expect(verify({ ...batch, seal }).kind).toBe('invalid');
  });

  it('is refused with a statement in another text than its canonical one', () => {
    const batch = parsed(batchOf(chain([{ a: 1 }])));
    const { statement } = batch.seal;
    const deep = `${'['.repeat(4_000)}${']'.repeat(4_000)}`;
    const texts = [
      ` ${statement}`,
      statement.replace('{', '{"z":1,'),
      statement.replace('{', `{"z":${deep},`),
    ];
    for (const text of texts) {
      const signature = toBase64Url(key.sign(Buffer.from(`holdfast-seal-v1\n${text}`)));
      expect(verify({ ...batch, seal: { statement: text, signature } }).kind).toBe('invalid');
    }
  });
});

describe('a receipt code', () => {
  it('depends on the operation and its body alone', () => {
    const hash = 'c'.repeat(64);
    expect(receiptCode(deviceId, hash)).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(receiptCode(deviceId, hash)).toBe(receiptCode(deviceId, hash));
    expect(receiptCode(deviceId, 'd'.repeat(64))).not.toBe(receiptCode(deviceId, hash));
  });
});
