/** The vectors in the repository are those the script makes, and every implementation of ours agrees with each. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canonicalJson,
  createVerifier,
  fromBase64Url,
  keyIdOf,
  opIdOf,
  sha256Hex,
  verifyRequest,
} from '@holdfast/crypto';
import { entryHash, parseBatch, receiptCode, verifyBatch, verifySeal } from '@holdfast/journal';
import { CURRENCY_CODES, currencyOf } from '@holdfast/money';
import { linesOf, readContent, verifyExport } from '@holdfast/verify';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../tree.ts';
import type { ExportVector } from './export-vectors.ts';
import { presentVectorFiles, VECTORS_FOLDER, vectorFiles } from './files.ts';

const FOLDER = join(ROOT, VECTORS_FOLDER);
const read = <T>(name: string): T => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
const bytesOf = (text: string): Buffer => {
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new Error(`not base64url: ${text}`);
  return bytes;
};

it('are the files that `npm run docs:vectors` makes', () => {
  const files = vectorFiles();
  expect(presentVectorFiles().sort()).toEqual([...files.keys()].sort());
  for (const [path, text] of files)
    expect([path, readFileSync(join(ROOT, path), 'utf8')]).toEqual([path, text]);
});

describe('we agree with', () => {
  it('the small formats', () => {
    for (const { public_key, key_id } of read<{ public_key: string; key_id: string }[]>('key-ids.json'))
      expect(keyIdOf(bytesOf(public_key))).toBe(key_id);
    for (const { text, canonical } of read<{ text: string; canonical: string }[]>('canonical-json.json'))
      expect(canonicalJson(JSON.parse(text))).toBe(canonical);
    for (const vector of read<{ terminal_id: string; key: string; op_id: string }[]>('op-ids.json'))
      expect(opIdOf({ key: vector.key, terminalId: vector.terminal_id })).toBe(vector.op_id);
    for (const vector of read<{ op_id: string; body_hash: string; receipt_code: string }[]>(
      'receipt-codes.json',
    ))
      expect(receiptCode(vector.op_id, vector.body_hash)).toBe(vector.receipt_code);
    const currencies = read<Record<string, number>>('currencies.json');
    expect(Object.keys(currencies)).toEqual([...CURRENCY_CODES]);
    for (const [code, decimals] of Object.entries(currencies))
      expect(currencyOf(code).exponent).toBe(decimals);
  });

  it('the entries', () => {
    type Vector = Record<
      'prev_hash' | 'header_line' | 'body_line' | 'body_hash' | 'hash' | 'receipt_code',
      string
    >;
    for (const vector of read<Vector[]>('entries.json')) {
      const header = JSON.parse(vector.header_line);
      expect(sha256Hex(vector.body_line)).toBe(vector.body_hash);
      expect(header.body_hash).toBe(vector.body_hash);
      expect(entryHash(Buffer.from(vector.prev_hash, 'hex'), vector.header_line).toString('hex')).toBe(
        vector.hash,
      );
      expect(receiptCode(header.op_id, header.body_hash)).toBe(vector.receipt_code);
    }
  });

  it('the seals and the batches', () => {
    type Vector = { device_id: string; public_key: string; verdict: string };
    const verifier = createVerifier();
    const of = ({ device_id: deviceId, public_key }: Vector) => {
      const key = bytesOf(public_key);
      return { deviceId, verifier, publicKeyOf: (id: string) => (id === keyIdOf(key) ? key : undefined) };
    };
    for (const vector of read<(Vector & { statement: string; signature: string })[]>('seals.json')) {
      const verdict = verifySeal({ seal: vector, ...of(vector) });
      expect([vector.verdict, verdict.kind]).toEqual([
        vector.verdict,
        vector.verdict === 'ok' ? 'ok' : 'refused',
      ]);
    }
    for (const vector of read<(Vector & { what: string; batch: string; at_seq?: number })[]>(
      'batches.json',
    )) {
      const parsed = parseBatch(Buffer.from(vector.batch));
      const verdict = parsed.kind === 'ok' ? verifyBatch({ batch: parsed.batch, ...of(vector) }) : parsed;
      const atSeq = verdict.kind === 'invalid' ? verdict.at_seq : undefined;
      expect([vector.what, verdict.kind, atSeq]).toEqual([vector.what, vector.verdict, vector.at_seq]);
    }
  });

  it('what sales are booked as', () => {
    type Vector = {
      what: string;
      store_id: string;
      header: { v: number; kind: string; at: string };
      body_line: string;
      reason?: string;
      postings?: [string, string][];
      created_at?: string;
    };
    for (const vector of read<Vector[]>('sales.json')) {
      const content = readContent(vector.header, vector.body_line, vector.store_id);
      const found =
        content.kind === 'refused'
          ? { reason: content.reason }
          : {
              postings: content.sale.lines.map(({ account, amount }) => [account, String(amount)]),
              created_at: new Date(content.sale.atMs).toISOString(),
            };
      expect([vector.what, vector]).toMatchObject([vector.what, found]);
    }
  });

  it('the signed requests', () => {
    type Vector = {
      what: string;
      method: string;
      authority: string;
      path: string;
      query: string;
      headers: Record<string, string>;
      body: string;
      now_seconds: number;
      public_key: string;
      verdict: string;
    };
    for (const vector of read<Vector[]>('requests.json')) {
      const key = bytesOf(vector.public_key);
      const verdict = verifyRequest({
        ...vector,
        body: Buffer.from(vector.body),
        headers: (name) => vector.headers[name],
        nowMs: vector.now_seconds * 1000,
        lookUpKey: (id) => (id === keyIdOf(key) ? key : undefined),
        verifier: createVerifier(),
      });
      const said = verdict.kind === 'ok' ? 'ok' : verdict.code;
      expect([vector.what, said]).toEqual([vector.what, vector.verdict]);
    }
  });
});

describe('the exports', () => {
  const vectors = read<ExportVector[]>('exports.json');

  it.each(vectors)('$file: $what', async ({ file, first_wrong, script }) => {
    const bytes = readFileSync(join(FOLDER, file));
    const report = await verifyExport(
      linesOf(
        (async function* () {
          yield bytes;
        })(),
      ),
    );
    const found = report.first_wrong && {
      line: report.first_wrong.where.line,
      code: report.first_wrong.code,
    };
    expect(found).toEqual(first_wrong);
    const example = spawnSync(process.execPath, [join(ROOT, 'examples/verify-export.mjs')], { input: bytes });
    const said = example.stdout.toString();
    expect(example.stderr.toString()).toBe('');
    expect([said, example.status]).toEqual([said, first_wrong !== null && script ? 4 : 0]);
    if (first_wrong !== null && script) expect(said).toContain(`record ${first_wrong.line}:`);
  });
});
