/** `holdfast queue`. */
import { LIMITS } from '@holdfast/base';
import type { EdgeTransaction, LaneStatus } from '@holdfast/protocol';
import { wholeNumber } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { age, count, table } from '../text.ts';

export const queue = defineCommand({
  name: 'queue',
  summary: 'Shows the sales that the hub has not confirmed yet, newest first.',
  examples: [
    ['holdfast queue', 'the newest twenty, and how many there are'],
    ['holdfast queue --limit 1000 --json', 'as many as one page holds, for a script'],
  ],
  args: {
    limit: { type: 'string', default: '20', description: 'How many to list', valueHint: 'N' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const limit = wholeNumber('--limit', args.limit, { min: 1, max: LIMITS.pageRowsMax });
    const edge = await openEdge(args, shell);
    const [{ lanes, now }, { transactions }] = await Promise.all([
      edge.status(),
      edge.transactions({ synced: false, limit }),
    ]);
    const lane = lanes.find((each) => each.lane === 'transactions');
    return {
      text: renderQueue({ lane, transactions, nowMs: Date.parse(now) }),
      json: {
        pending: lane?.pending ?? 0,
        pending_amounts: lane?.pending_amounts ?? [],
        oldest_unacked_at: lane?.oldest_unacked_at ?? null,
        transactions,
      },
    };
  },
});

/** The queue for people. */
export function renderQueue(queued: {
  lane: LaneStatus | undefined;
  transactions: readonly EdgeTransaction[];
  nowMs: number;
}): string {
  const { lane, transactions, nowMs } = queued;
  const pending = lane?.pending ?? 0;
  if (pending === 0 && transactions.length === 0) return 'Nothing waits: the hub has confirmed every sale.';
  const amounts = (lane?.pending_amounts ?? []).map(({ amount, currency }) => `${amount} ${currency}`);
  const oldest = lane?.oldest_unacked_at ?? null;
  const summary = [
    count(pending, 'sale'),
    ...(amounts.length === 0 ? [] : [`of ${amounts.join(' + ')}`]),
    pending === 1 ? 'waits' : 'wait',
    ...(oldest === null ? [] : [`since ${age(oldest, nowMs)}`]),
  ].join(' ');
  const rows = transactions.map((sale) => [
    String(sale.seq),
    age(sale.created_at, nowMs),
    sale.amount_total,
    sale.currency,
    sale.cashier_id,
    sale.receipt_code,
    sale.edge_transaction_id,
  ]);
  const heading = ['Seq', 'Age', 'Amount', '', 'Cashier', 'Receipt', 'Transaction'];
  const more = pending > transactions.length ? `\n… and ${pending - transactions.length} more` : '';
  return `${summary}\n\n${table(heading, rows, [0, 2])}${more}`;
}
