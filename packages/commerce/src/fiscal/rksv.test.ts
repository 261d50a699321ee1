import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decryptRksvTurnover,
  encryptRksvTurnover,
  parseRksvCode,
  RKSV_DEVICE_FAILED,
  rksvChain,
  rksvJws,
  writeRksvCode,
} from './rksv.ts';

const file = new URL('../../../../docs/vectors/payments/rksv.json', import.meta.url);
const { rksv } = JSON.parse(readFileSync(file, 'utf8'));
const key = new Uint8Array(Buffer.from(rksv.scenario1.aesKeyB64, 'base64'));
const { cashBoxId } = rksv.scenario1;

describe('the code of a receipt', () => {
  it('is read and written as it was published', () => {
    const result = parseRksvCode(rksv.publishedMachineCode);
    expect(result).toMatchObject({
      ok: true,
      code: { suite: 'R1-AT0', receiptId: '529540', amounts: ['0.00', '0.00', '0.00', '35.76', '0.00'] },
    });
    expect(result.ok && writeRksvCode(result.code)).toBe(rksv.publishedMachineCode);
  });

  it.each([
    ['parts', (code: string) => code.replace('_R1', 'R1')],
    ['suite', (code: string) => code.replace('R1-AT0', 'R1')],
    ['dateTime', (code: string) => code.replace('2015-10-01', '2015-13-01')],
    ['amounts', (code: string) => code.replace('35.76', '35.7')],
    ['turnover', (code: string) => code.replace('_vzDNcYfyQ3E=', '_vzDNcYfyQ3F=')],
    ['chain', (code: string) => code.replace('_/LPObTum+ck=', '_/LPObTum')],
    ['signature', (code: string) => code.slice(0, -4)],
  ] as const)('is refused for its %s', (reason, change) => {
    expect(parseRksvCode(change(rksv.publishedMachineCode))).toEqual({ ok: false, reason });
  });

  it('is refused whenever it is cut', () => {
    const code: string = rksv.publishedMachineCode;
    for (let length = 0; length < code.length; length += 1)
      expect(parseRksvCode(code.slice(0, length)).ok, `${length} characters`).toBe(false);
  });

  it('says that the signature device is out of order', () => {
    const signature = Buffer.from(RKSV_DEVICE_FAILED).toString('base64');
    const code = rksv.publishedMachineCode.replace(/[^_]+$/, signature);
    expect(parseRksvCode(code).ok).toBe(true);
    expect(rksvJws({ code: '_R1', signature: Buffer.from(RKSV_DEVICE_FAILED) })).toBe(
      `eyJhbGciOiJFUzI1NiJ9.X1Ix.${Buffer.from(RKSV_DEVICE_FAILED).toString('base64url')}`,
    );
  });
});

describe('the counter of turnover', () => {
  it('comes back from its encryption, below zero as well', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.string({ minLength: 1 }),
        (cents, receiptId) => {
          const turnover = encryptRksvTurnover({ key, cashBoxId, receiptId, cents });
          expect(decryptRksvTurnover({ key, cashBoxId, receiptId, turnover })).toBe(cents);
        },
      ),
    );
  });

  it('is another text for another receipt, and none where it is no eight bytes', () => {
    const at = { key, cashBoxId, cents: 50_501n };
    expect(encryptRksvTurnover({ ...at, receiptId: 'A' })).not.toBe(
      encryptRksvTurnover({ ...at, receiptId: 'B' }),
    );
    expect(decryptRksvTurnover({ key, cashBoxId, receiptId: 'A', turnover: 'AAAA' })).toBeUndefined();
  });

  it('begins a chain with the name of the register', () => {
    expect(rksvChain(cashBoxId)).toBe(rksv.scenario1.firstChainB64);
  });
});
