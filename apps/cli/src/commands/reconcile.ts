/** `holdfast reconcile`. */
import type { Reconciliation, ReconciliationStream } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Paint } from '../shell/shell.ts';
import { openHub, TARGET_ARGS } from '../targets.ts';
import { age, count, table } from '../text.ts';

export const reconcile = defineCommand({
  name: 'reconcile',
  summary: 'Compares, at the hub, what every device says it holds with what the ledger has.',
  details: 'Exit code 0 says that the ledger holds everything and balances; 3 that something is missing.',
  examples: [
    ['holdfast reconcile', 'all stores'],
    ['holdfast reconcile --store-id STHLM-001 --json', 'one store, for a script'],
  ],
  args: {
    'store-id': { type: 'string', description: 'One store; all of them unless given' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const hub = await openHub(args, shell);
    const progress = shell.progress('Counting');
    try {
      const answer = await hub.reconciliation(args['store-id']);
      return {
        text: renderReconciliation(answer, shell.paint),
        json: answer,
        exitCode: isReconciled(answer) ? EXIT.ok : EXIT.notReconciled,
      };
    } finally {
      progress.end();
    }
  },
});

/** True when every device's entries are in the ledger, none is held back, and the ledger balances. */
export function isReconciled(answer: Reconciliation): boolean {
  return answer.balanced && answer.streams.every(isWhole);
}

/** The reconciliation for people. */
export function renderReconciliation(answer: Reconciliation, paint: Paint): string {
  const nowMs = Date.parse(answer.as_of);
  const rows = answer.streams.map((stream) => [
    stream.device_name,
    stream.lane,
    String(stream.reported?.tip_seq ?? '?'),
    String(stream.acked_seq),
    String(stream.safe_seq),
    String(stream.missing),
    String(stream.quarantined),
    stream.sums.map(({ amount, currency }) => `${amount} ${currency}`).join(' + '),
    stream.reported === null ? 'never' : `${age(stream.reported.reported_at, nowMs)} ago`,
    isWhole(stream) ? paint.green(stream.state) : paint.red(stream.state),
  ]);
  const heading = [
    'Device',
    'Lane',
    'Device has',
    'Ledger',
    'Archive',
    'Missing',
    'Held back',
    'Sum',
    'Reported',
    'State',
  ];
  const totals = answer.totals.map((sum) => `${count(sum.count, 'sale')}, ${sum.amount} ${sum.currency}`);
  const balance = answer.balanced
    ? paint.green('the ledger balances')
    : paint.red('the ledger does not balance');
  return [
    rows.length === 0 ? 'No device has sent anything yet.' : table(heading, rows, [2, 3, 4, 5, 6, 7]),
    '',
    `In the ledger: ${totals.length === 0 ? 'nothing' : totals.join('; ')}; ${balance}.`,
    isReconciled(answer)
      ? paint.green('Nothing is missing of what the devices have reported.')
      : paint.red('Not reconciled: see the streams above.'),
  ].join('\n');
}

function isWhole(stream: ReconciliationStream): boolean {
  return (
    stream.state === 'complete' &&
    stream.missing === 0 &&
    stream.quarantined === 0 &&
    stream.gaps.length === 0
  );
}
