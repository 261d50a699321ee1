/** Prometheus metrics of an edge. No device ids as labels. */
import type { LaneStatus } from '@holdfast/protocol';
import { createMetrics, METRICS_CONTENT_TYPE, type Metrics } from '@holdfast/runtime';
import type { EdgeContext } from '../context.ts';
import { openStreams } from '../store/streams.ts';
import { freeBytes } from '../writer/room.ts';
import type { EdgeApi } from './index.ts';
import { statusOf } from './sync.ts';

export function registerMetrics(api: EdgeApi, context: EdgeContext): void {
  const metrics = createMetrics();
  // Read once a scrape, by the route below.
  let status = statusOf(context);
  const lanes = (value: (lane: LaneStatus) => number) => () =>
    status.lanes.map((lane) => ({ labels: { lane: lane.lane }, value: value(lane) }));
  const nowMs = () => context.ports.clock.nowMs();
  metrics.gauge('holdfast_edge_link_up', 'Whether the hub can be reached.', () =>
    context.link.online ? 1 : 0,
  );
  metrics.gauge(
    'holdfast_edge_pending_entries',
    'Entries that wait for an ack.',
    lanes((lane) => lane.pending),
  );
  metrics.gauge(
    'holdfast_edge_tip_seq',
    'Last entry of the open stream.',
    lanes((lane) => lane.tip_seq),
  );
  metrics.gauge(
    'holdfast_edge_acked_seq',
    'Last entry the hub has committed.',
    lanes((lane) => lane.acked_seq),
  );
  metrics.gauge(
    'holdfast_edge_safe_seq',
    'Last entry the archive of the hub holds.',
    lanes((lane) => lane.safe_seq),
  );
  metrics.gauge(
    'holdfast_edge_quarantined_entries',
    'Entries that wait for a person at the hub.',
    lanes((lane) => lane.quarantined),
  );
  metrics.gauge(
    'holdfast_edge_oldest_unacked_seconds',
    'Age of the oldest entry that waits; 0 when none does.',
    lanes((lane) =>
      lane.oldest_unacked_at === null ? 0 : (nowMs() - Date.parse(lane.oldest_unacked_at)) / 1000,
    ),
  );
  metrics.gauge(
    'holdfast_edge_writer_waiting',
    'Commands that wait for the writer.',
    () => context.writer.waiting,
  );
  metrics.gauge('holdfast_edge_disk_free_bytes', 'Space left on the disk of the store.', () =>
    freeBytes(context.paths.database),
  );
  addWorkflowMetrics(metrics, context);
  metrics.gauge('holdfast_edge_streams', 'Open streams.', () => openStreams(context.db).length);
  api.route(
    {
      method: 'get',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      tags: ['status'],
      access: ['api'],
      responses: { 200: { description: 'Text exposition format.', contentType: METRICS_CONTENT_TYPE } },
    },
    () => {
      status = statusOf(context);
      return new Response(metrics.text(), { headers: { 'content-type': METRICS_CONTENT_TYPE } });
    },
  );
}

function addWorkflowMetrics(metrics: Metrics, { workflows }: EdgeContext): void {
  metrics.gauge('holdfast_edge_workflows_open', 'Workflows that have not ended, by where they stand.', () =>
    workflows.countOpen().map(({ status, count }) => ({ labels: { status }, value: count })),
  );
  metrics.counter('holdfast_edge_workflows_ended_total', 'Workflows that have ended.', ['status'], () =>
    [...workflows.ended].map(([status, value]) => ({ labels: { status }, value })),
  );
  metrics.gauge(
    'holdfast_edge_workflows_stuck',
    'Workflows that nothing moves although nothing is to be waited for.',
    () => workflows.stuck.length,
  );
  metrics.gauge(
    'holdfast_edge_workflow_calls',
    'Calls of workflows that are under way or wait.',
    () => workflows.calls,
  );
  metrics.gauge(
    'holdfast_edge_workflow_files_refused',
    'Files of the folder of workflows that were refused.',
    () =>
      workflows.problems().filter(({ problems }) => problems.some(({ severity }) => severity === 'error'))
        .length,
  );
}
