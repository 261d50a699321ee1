import { describe, expect, it } from 'vitest';
import { saleRequest, saleText } from './sale-request.ts';

describe('saleText', () => {
  it('is about 500 bytes, and differs between neighbours', () => {
    const texts = Array.from({ length: 100 }, (_, i) => saleText(i));
    const sizes = texts.map((text) => Buffer.byteLength(text));
    expect(Math.min(...sizes)).toBeGreaterThan(430);
    expect(Math.max(...sizes)).toBeLessThan(570);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('saleRequest', () => {
  it('is one request with room for a key', () => {
    const { bytes, keyAt } = saleRequest(7, { port: 4100, token: 'hf_x' });
    const [head, body] = bytes.toString('utf8').split('\r\n\r\n');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body ?? '')}`);
    expect(bytes.toString('latin1', keyAt - 17, keyAt)).toBe('Idempotency-Key: ');
    expect(body).toBe(saleText(7));
  });
});
