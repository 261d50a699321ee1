/** `holdfast quarantine list`. */
import { LIMITS } from '@holdfast/base';
import type { QuarantineList } from '@holdfast/protocol';
import { usage, wholeNumber } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { openHub, TARGET_ARGS } from '../targets.ts';
import { age, table } from '../text.ts';

export const quarantineList = defineCommand({
  name: 'quarantine list',
  summary: 'Shows the entries that wait for a person at the hub, oldest first.',
  details:
    'The last column names an entry: `holdfast quarantine book` and `dismiss` take it. What each reason asks for stands\nin the operations page.',
  examples: [
    ['holdfast quarantine list', 'what waits in all stores'],
    ['holdfast quarantine list --state resolved --limit 1000', 'what was decided'],
  ],
  args: {
    'store-id': { type: 'string', description: 'One store; all of them unless given' },
    state: { type: 'string', default: 'open', description: 'open or resolved' },
    limit: { type: 'string', default: '50', description: 'How many to list', valueHint: 'N' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const { state } = args;
    if (state !== 'open' && state !== 'resolved') throw usage('--state is open or resolved.');
    const limit = wholeNumber('--limit', args.limit, { min: 1, max: LIMITS.pageRowsMax });
    const hub = await openHub(args, shell);
    const storeId = args['store-id'];
    const listed = await hub.quarantine({
      state,
      limit,
      ...(storeId !== undefined && { store_id: storeId }),
    });
    return { text: renderQuarantine(listed, { state, nowMs: shell.ports.clock.nowMs() }), json: listed };
  },
});

/** A page of the quarantine for people. */
export function renderQuarantine(
  { entries, next_cursor }: QuarantineList,
  { state, nowMs }: { state: 'open' | 'resolved'; nowMs: number },
): string {
  if (entries.length === 0)
    return state === 'open' ? 'Nothing waits for a decision.' : 'Nothing was ever decided.';
  const rows = entries.map((entry) => [
    entry.device_name,
    entry.store_id,
    `${age(entry.received_at, nowMs)} ago`,
    entry.amount_total ?? '?',
    entry.currency ?? '',
    entry.resolution ?? entry.reason,
    [entry.device_id, entry.incarnation, entry.lane, entry.seq].join('/'),
  ]);
  const heading = [
    'Device',
    'Store',
    'Received',
    'Amount',
    '',
    state === 'open' ? 'Reason' : 'Decision',
    'Entry',
  ];
  return `${table(heading, rows, [3])}${next_cursor === null ? '' : '\n… and more: --limit N'}`;
}
