/** The parsers under the fuzzer, shortly; and the fuzzer itself, which must find what was planted for it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CampaignOptions, runCampaign } from './campaign.ts';
import { CORPUS_FOLDER, readCorpus } from './corpus.ts';
import { targetNames, targetUrl } from './targets.ts';

const EXECS = 20_000;
const SEED = 20_261_120;
/** Machines are shared: the bound is for a fuzzer that does not end. */
const PATIENCE_MS = 600_000;

describe('the parsers', () => {
  it.each(targetNames())(
    '%s answers everything',
    async (name) => {
      const corpus = readCorpus(join(CORPUS_FOLDER, name));
      expect(corpus.length, 'a target has a corpus').toBeGreaterThan(0);
      const result = await runCampaign({ moduleUrl: targetUrl(name), execs: EXECS, seed: SEED, corpus });
      expect(result.found.map(({ message }) => message)).toEqual([]);
      expect(result.execs).toBe(EXECS);
      expect(result.edges).toBeGreaterThan(10);
    },
    PATIENCE_MS,
  );
});

describe('the fuzzer', () => {
  const planted = (name: string, options: Partial<CampaignOptions> = {}) =>
    runCampaign({
      moduleUrl: new URL(`planted/${name}.ts`, import.meta.url).href,
      execs: 60_000,
      seed: SEED,
      corpus: [],
      ...options,
    });

  it(
    'finds three bytes one behind the other, makes the input small, and repeats it',
    async () => {
      const [one, again] = [await planted('magic'), await planted('magic')];
      expect(one.found.map(({ kind, input }) => [kind, Buffer.from(input).toString('hex')])).toEqual([
        ['thrown', 'd74be9'],
      ]);
      expect(again).toEqual(one);
    },
    PATIENCE_MS,
  );

  it(
    'does not find them without coverage',
    async () => {
      const { found, edges } = await planted('magic', { isGuided: false });
      expect(found).toEqual([]);
      expect(edges).toBeLessThan(6);
    },
    PATIENCE_MS,
  );

  it(
    'shares the executions among threads',
    async () => {
      const { found, execs } = await planted('magic', { workers: 2, execs: 400_000 });
      expect(found.map(({ kind }) => kind)).toEqual(['thrown']);
      expect(execs).toBe(400_000);
    },
    PATIENCE_MS,
  );

  it(
    'ends what does not end, and keeps its input',
    async () => {
      const { found } = await planted('endless', { endlessMs: 1_000 });
      expect(found.map(({ kind }) => kind)).toEqual(['hang']);
      const input = found[0]?.input ?? new Uint8Array();
      expect(input.some((byte, index) => byte >= 0x80 && input[index + 1] === 0)).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'sees memory that is kept',
    async () => {
      const { found } = await planted('leak');
      expect(found.map(({ kind }) => kind)).toEqual(['growth']);
    },
    PATIENCE_MS,
  );
});
