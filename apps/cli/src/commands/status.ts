/** `holdfast status`. */
import type { EdgeStatus, LaneStatus } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import type { Paint } from '../shell/shell.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { age, columns, size, table } from '../text.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'Shows how the edge is: its store, its link to the hub, and what waits.',
  examples: [
    ['holdfast status', 'the edge of this folder'],
    ['holdfast status --url http://127.0.0.1:4101 --token … --json', 'another one, for a script'],
  ],
  args: TARGET_ARGS,
  async run(args, shell) {
    const edge = await openEdge(args, shell);
    const answer = await edge.status();
    return { text: renderStatus(answer, { paint: shell.paint }), json: answer };
  },
});

/** The status for people. Every age is counted by the edge's own clock. */
export function renderStatus(status: EdgeStatus, { paint }: { paint: Paint }): string {
  const nowMs = Date.parse(status.now);
  const { link } = status;
  const state = link.state === 'online' ? paint.green('online') : paint.yellow(`offline (${link.reason})`);
  const drill = link.mode === 'auto' ? '' : ` (${link.mode} until ${link.mode_until})`;
  const rows = [
    ['Store', `${status.store_name} (${status.store_id}), ${status.currency}`],
    ['Device', status.device_id ?? 'not known'],
    ['Hub', status.enrolled ? (status.hub_url ?? '') : 'not enrolled: holdfast enroll'],
    ['Link', `${state} for ${age(link.since, nowMs)}: ${link.detail}${drill}`],
    [
      'Catalogue',
      `${status.feed.catalogue_items} articles, ${status.feed.staff} people, fetched ${ago(status.feed.applied_at, nowMs)}`,
    ],
    [
      'Database',
      `${size(status.store.database_bytes)}, ${size(status.store.free_bytes)} free, ${status.store.cipher}`,
    ],
    ['Software', `${status.software_version}, up for ${age(status.started_at, nowMs)}`],
    ...(status.attention === null ? [] : [[paint.red('Attention'), status.attention]]),
  ];
  const heading = ['Lane', 'Waiting', 'Amount', 'Oldest', 'Written', 'Acked', 'Safe', 'Held back'];
  const lanes = status.lanes.map((lane) => laneRow(lane, nowMs));
  return `${columns(rows)}\n\n${table(heading, lanes, [1, 2, 4, 5, 6, 7])}`;
}

function laneRow(lane: LaneStatus, nowMs: number): string[] {
  const amounts = lane.pending_amounts.map(({ amount, currency }) => `${amount} ${currency}`);
  return [
    lane.lane,
    String(lane.pending),
    amounts.join(' + '),
    lane.oldest_unacked_at === null ? '' : age(lane.oldest_unacked_at, nowMs),
    String(lane.tip_seq),
    String(lane.acked_seq),
    String(lane.safe_seq),
    String(lane.quarantined),
  ];
}

function ago(instant: string | null, nowMs: number): string {
  return instant === null ? 'never' : `${age(instant, nowMs)} ago`;
}
