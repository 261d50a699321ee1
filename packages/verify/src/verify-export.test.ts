/** Whatever a file says, a verification ends with a report: nothing in it can make the check fail. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseReceiptCode } from './check.ts';
import { verifyExport } from './verify-export.ts';

const FOLDER = new URL('../../../docs/vectors/exports/', import.meta.url);
const linesIn = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8').trimEnd().split('\n');
const SOUND = { edge: linesIn('edge.ndjson'), hub: linesIn('hub.ndjson') };

async function* given(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('an export', () => {
  it('that is sound stays so without the members nobody knows', async () => {
    for (const lines of Object.values(SOUND)) {
      const more = lines.map((text) => text.replace('{', '{"tomorrow":{"a":[1]},'));
      expect((await verifyExport(given(more))).findings).toEqual([]);
    }
  });

  it('of nothing, or of anything else, is a finding', async () => {
    for (const lines of [[], [''], ['null'], ['[]'], ['{"record":"end","records":0}'], ['\u0000']])
      expect((await verifyExport(given(lines))).ok).toBe(false);
  });

  it('gives a report whatever lines are gone, doubled, cut or swapped, and finds it', async () => {
    const lines = fc.constantFrom(SOUND.edge, SOUND.hub);
    const change = fc.constantFrom('drop', 'double', 'cut', 'swap');
    await fc.assert(
      fc.asyncProperty(lines, change, fc.nat(), fc.nat(), async (sound, kind, a, b) => {
        const at = a % sound.length;
        const text = sound[at] ?? '';
        const next = (at + 1) % sound.length;
        const changed = {
          drop: sound.toSpliced(at, 1),
          double: sound.toSpliced(at, 0, text),
          cut: sound.with(at, text.slice(0, b % text.length)),
          swap: sound.with(at, sound[next] ?? '').with(next, text),
        }[kind];
        const report = await verifyExport(given(changed));
        expect(report.findings_total).toBeGreaterThanOrEqual(report.findings.length);
        // Rows that stand for themselves may come in any order.
        expect(report.ok && kind !== 'swap').toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a report whatever a member is', async () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('', '-1', -1, 1e300, 'x'.repeat(70), null));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(SOUND.edge, SOUND.hub),
        fc.nat(),
        fc.nat(),
        value,
        async (sound, a, b, to) => {
          const at = a % sound.length;
          const record: Record<string, unknown> = JSON.parse(sound[at] ?? '{}');
          const names = Object.keys(record);
          const changed = { ...record, [names[b % names.length] ?? '']: to };
          const report = await verifyExport(given(sound.with(at, JSON.stringify(changed))), { receipt: 'x' });
          expect(report.findings.every((finding) => finding.where.line >= 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['null', '5', '"ack"', '{'])('whose last ack is %s is told so', async (text) => {
    const changed = SOUND.edge.map((line) => {
      const record: { record: string } = JSON.parse(line);
      return record.record === 'edge_stream' ? JSON.stringify({ ...record, last_ack: text }) : line;
    });
    expect((await verifyExport(given(changed))).first_wrong?.code).toBe('last_ack');
  });

  it('that is nested beyond reason is a finding, wherever it is', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const identity =
      '{"record":"location","tenant_id":"a","location_id":"b","store_id":"c","mac":"","revision":1';
    const statements = SOUND.edge.map((line) =>
      line.replace('"statement":"{', `"statement":"{\\"x\\":${deep},`),
    );
    expect(statements).not.toEqual(SOUND.edge);
    const first = SOUND.edge.slice(0, 1);
    for (const lines of [
      statements,
      [...first, `{"record":"orphan","table":"x","row":{"x":${deep}}}`],
      [...first, JSON.stringify({ record: 'identity', file: 'x', text: `${identity},"x":${deep}}\n` })],
    ])
      expect((await verifyExport(given(lines))).ok).toBe(false);
  });

  it('gives a report however deep a member is nested', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const at = SOUND.hub.findIndex((text) => text.includes('"seal":{'));
    const record = JSON.parse(SOUND.hub[at] ?? '');
    const statement = record.seal.statement.replace('{', `{"zzz":${deep},`);
    const identity = `{"mac":"","revision":1,"record":"location","tenant_id":"","location_id":"","store_id":"","z":${deep}}\n`;
    for (const text of [
      JSON.stringify({ ...record, seal: { ...record.seal, statement } }),
      JSON.stringify({ record: 'identity', file: 'identity/x.json', text: identity }),
      `{"record":"orphan","table":"x","row":{"a":${deep}}}`,
    ])
      expect((await verifyExport(given(SOUND.hub.with(at, text)))).ok).toBe(false);
  });

  it('says nothing that a terminal would act on, and is brief', async () => {
    const text = `\u001b[2J\u009b\u202e\u2028${'x'.repeat(1_000_000)}`;
    const names = { tenant_id: text, device_id: text, key_id: text, public_key: text };
    const head = { ...JSON.parse(SOUND.hub[0] ?? ''), made_at: text };
    const lines = [JSON.stringify(head), JSON.stringify({ record: 'key', ...names })];
    const files = [{ record: 'segment', stream: null, file: text, text: '' }].map((each) =>
      JSON.stringify(each),
    );
    const said = JSON.stringify(await verifyExport(given([...lines, ...files])));
    expect(said).not.toMatch(/\\u001b|[\u009b\u202e\u2028]/);
    expect(said.length).toBeLessThan(5_000);
  });

  it('is one of the vectors', () => expect(readdirSync(FOLDER).length).toBeGreaterThan(20));
});

it('a receipt code is read as it is typed', () => {
  expect(normaliseReceiptCode(' fxwpn ymw0c ')).toBe('FXWPN-YMW0C');
  expect(normaliseReceiptCode('ilOlo-00000')).toBe('11010-00000');
});
