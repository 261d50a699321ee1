/** What an answer to `POST /edge/transactions` means for the sale. */
import type { SaleReceipt } from '@holdfast/protocol';
import type { Answer } from '../api.ts';
import type { SaleEvent } from './sale-machine.ts';

/**
 * 201 is saved; 507 and every 4xx took nothing; `unauthenticated` and `sign_in_required` end the session, not the sale. Everything
 * else (no answer, 408, 425, 429, 5xx) leaves the outcome open, and the same key is sent again.
 */
export function saleEventOf(answer: Answer<SaleReceipt>): SaleEvent {
  if (answer.kind === 'ok') return { kind: 'saved', receipt: answer.value };
  if (answer.kind === 'unreachable') return { kind: 'unanswered', retryAfterMs: null };
  const { status, code } = answer.problem;
  if (code === 'unauthenticated' || code === 'sign_in_required') return { kind: 'signed_out' };
  const open = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 507);
  return open
    ? { kind: 'unanswered', retryAfterMs: answer.retryAfterMs }
    : { kind: 'refused', problem: answer.problem };
}
