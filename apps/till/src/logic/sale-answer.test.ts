import { expect, test } from 'vitest';
import type { Answer } from '../api.ts';
import { saleEventOf } from './sale-answer.ts';

function problem(status: number, code: string, retryAfterMs: number | null = null): Answer<never> {
  const document = { type: '', title: '', status, detail: '', code, action: '', trace_id: '' };
  return { kind: 'problem', problem: document, retryAfterMs };
}

test('only an answer that says so ends a sale', () => {
  const kinds = (answers: Answer<never>[]) => answers.map((answer) => saleEventOf(answer).kind);
  expect(
    kinds([problem(507, 'no_room'), problem(422, 'invalid_request'), problem(409, 'not_enrolled')]),
  ).toEqual(['refused', 'refused', 'refused']);
  expect(kinds([problem(401, 'unauthenticated'), problem(403, 'sign_in_required')])).toEqual([
    'signed_out',
    'signed_out',
  ]);
  expect(
    kinds([
      { kind: 'unreachable' },
      problem(503, 'outcome_unknown'),
      problem(503, 'overloaded'),
      problem(502, 'http_502'),
      problem(429, 'rate'),
    ]),
  ).toEqual(['unanswered', 'unanswered', 'unanswered', 'unanswered', 'unanswered']);
  expect(saleEventOf(problem(503, 'overloaded', 2_000))).toEqual({ kind: 'unanswered', retryAfterMs: 2_000 });
});
