/** Workflows of an edge as it runs: its writer in a thread, its clock the real one, its folder watched. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTimers } from '@holdfast/base';
import { describe, expect, it } from 'vitest';
import { testEdge } from '../testing.ts';

const until = async (holds: () => boolean) => {
  while (!holds()) await systemTimers.sleep(10);
};

describe('a running edge', () => {
  it('runs what is dropped into its folder, and calls what it may call', async () => {
    const keys: unknown[] = [];
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      response.setHeader('content-type', 'application/json').end('{"rate":"0.25"}');
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', () => resolve(null)));
    const address = server.address();
    const host = `127.0.0.1:${address !== null && typeof address !== 'string' ? address.port : 0}`;
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-workflows-'));
    const flags = { '--workflow-http-hosts': host, '--workflow-folder': folder };
    const { edge, ask, close } = await testEdge(flags);
    const { workflows } = edge.context;
    try {
      writeFileSync(
        join(folder, 'rate.yaml'),
        `workflow_type: Rate
state: { amount: money, currency: string }
steps:
  - name: Ask
    type: HTTP
    url: "http://${host}/rate"
    method: POST
    body: { amount: "{{state.amount}}" }
    output_key: answer
  - name: Check
    type: DECISION
    routes:
      - condition: state.answer.body.rate == "0.25"
        target: Queue_For_Sync
      - default: Decline_Offline
  - name: Queue_For_Sync
    next: END
  - name: Decline_Offline
`,
      );
      await until(() => workflows.definitions().length === 1);
      const started = await workflows.start({
        workflow_type: 'Rate',
        input: { amount: '5.00', currency: 'SEK' },
        by: 'kim',
      });
      expect(started).toMatchObject({ replayed: false, status: 'running' });
      await until(() => workflows.find(started.instance_id)?.summary.ended_ms !== null);
      const found = workflows.find(started.instance_id);
      expect(found?.summary).toMatchObject({ status: 'completed', revision: 2 });
      expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      const list = await (await ask('/edge/transactions')).json();
      expect(list).toMatchObject({ transactions: [{ amount_total: '5.00', cashier_id: 'workflow' }] });
      // Nobody has to wait for the next look at the folder.
      writeFileSync(join(folder, 'rate.yaml'), 'workflow_type: Rate\nsteps: []\n');
      process.emit('SIGHUP');
      await until(() => workflows.problems().length > 0);
      expect(workflows.definitions()).toMatchObject([{ is_current: true, open_instances: 0 }]);
      const metrics = await (await ask('/metrics')).text();
      expect(metrics).toContain('holdfast_edge_workflows_ended_total{status="completed"} 1');
      expect(metrics).toContain('holdfast_edge_workflow_files_refused 1');
    } finally {
      await close();
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
