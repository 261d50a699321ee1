import { systemPorts } from '@holdfast/base';
import { createHubForDevice, fetchTransport } from '@holdfast/client';
import { generateSigningKey } from '@holdfast/crypto';
import { BATCH_ANSWER_STATUS } from '@holdfast/protocol';
import { expect, it } from 'vitest';
import { SWEPT_ANSWERS, SWEPT_CALLS } from './swept-answers.ts';
import { runTruncationSweep } from './truncation-sweep.ts';

/** A sample; `npm run test:faults` cuts at every byte. */
const STEP = 37;

it('the sweep knows every call of an edge, and every answer to a batch', () => {
  const hub = createHubForDevice({
    baseUrl: 'http://127.0.0.1',
    key: generateSigningKey(),
    boot: '0'.repeat(32),
    transport: fetchTransport,
    ports: systemPorts,
  });
  expect(Object.keys(SWEPT_CALLS).sort()).toEqual(Object.keys(hub).sort());
  const names = SWEPT_ANSWERS.map(({ name }) => name);
  for (const answer of Object.keys(BATCH_ANSWER_STATUS)) expect(names).toContain(answer);
});

it('an answer that breaks off is no answer, wherever it does', async () => {
  const tallies = await runTruncationSweep({ density: { step: STEP } });
  expect(tallies.map(({ endpoint }) => endpoint)).toEqual(SWEPT_ANSWERS.map(({ name }) => name));
  for (const tally of tallies) {
    expect(tally).toMatchObject({ lost: 0, doubled: 0, problems: [] });
    expect(tally.offsets).toBeGreaterThan(10);
  }
}, 240_000);
