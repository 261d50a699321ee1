import { must } from '@holdfast/base';
import { expect, test } from 'vitest';
import { silent } from '../../testing.ts';
import type { Acquirer } from '../acquirer-port.ts';
import { noHardware } from '../hardware-port.ts';
import { createFunctionSet } from './index.ts';

const CODE = { approved: true, approval_code: 'A2', response_code: '00' };

/** What is taken back, and what the function answers, where the acquirer knows this of the call that is undone. */
async function run(found: Awaited<ReturnType<Acquirer['findAuthorisation']>>, undoes: string | null) {
  const voided: string[] = [];
  const asked: string[] = [];
  const acquirer: Acquirer = {
    authorise: () => Promise.reject(new Error('nobody asks for one')),
    async findAuthorisation({ key }) {
      asked.push(key);
      return found;
    },
    async voidAuthorisation({ approval_code }) {
      voided.push(approval_code);
      return { kind: 'ok', output: {} };
    },
  };
  const { call } = must(createFunctionSet().outside.get('edge.void_authorization'), 'it is there');
  const slips = { render: () => ({ kind: 'failed', code: 'not_found', message: '' }) as const };
  const answer = await call(
    // Of another authorisation, before this one.
    { approval_code: 'A1' },
    {
      ...{ hardware: noHardware, acquirer, slips, link: { online: true }, logger: silent },
      ...{ key: 'undo', undoes, instanceId: 'i', currency: 'SEK', nowMs: 0 },
      signal: new AbortController().signal,
      doubts: () => 0,
    },
  );
  return { voided, asked, kind: answer.kind };
}

test('an authorisation that was given is taken back by its code', async () => {
  expect(await run({ kind: 'ok', output: CODE }, null)).toEqual({ voided: ['A1'], asked: [], kind: 'ok' });
});

test('one of which nobody knows is looked for by its key', async () => {
  const asked = ['key-2'];
  expect(await run({ kind: 'ok', output: CODE }, 'key-2')).toEqual({ voided: ['A2'], asked, kind: 'ok' });
  const no = { ...CODE, approved: false };
  expect(await run({ kind: 'ok', output: no }, 'key-2')).toEqual({ voided: [], asked, kind: 'ok' });
  const notDone = { kind: 'failed', code: 'not_done', message: 'no' } as const;
  expect(await run(notDone, 'key-2')).toEqual({ voided: [], asked, kind: 'ok' });
});

test('and nothing is said to be taken back while nobody can say', async () => {
  const gone = { kind: 'failed', code: 'acquirer_unavailable', message: 'no' } as const;
  expect(await run(gone, 'key-2')).toMatchObject({ voided: [], kind: 'failed' });
  expect(await run({ kind: 'unknown', message: 'no' }, 'key-2')).toMatchObject({
    voided: [],
    kind: 'unknown',
  });
});
