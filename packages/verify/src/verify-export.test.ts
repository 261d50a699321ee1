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

  it('is one of the vectors', () => expect(readdirSync(FOLDER).length).toBeGreaterThan(20));
});

it('a receipt code is read as it is typed', () => {
  expect(normaliseReceiptCode(' fxwpn ymw0c ')).toBe('FXWPN-YMW0C');
  expect(normaliseReceiptCode('ilOlo-00000')).toBe('11010-00000');
});
