/** Workflows over HTTP, against a running edge with files dropped into its folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTimers } from '@holdfast/base';
import {
  type Problem,
  WorkflowDefinitionDetail,
  WorkflowDefinitionList,
  WorkflowDetail,
  WorkflowList,
  WorkflowMigration,
  WorkflowRow,
  WorkflowScheduleList,
} from '@holdfast/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEdge } from '../testing.ts';

const STATE = 'state: { amount: money, currency: string }';
const LOCAL = `workflow_type: Local\n${STATE}\nsteps:\n  - name: Check_Connectivity\n  - name: Queue_For_Sync\n`;
const ASK = `workflow_type: Ask
workflow_version: "1.0"
description: A discount needs a manager
${STATE}
steps:
  - name: Agree
    type: HUMAN_IN_LOOP
    role: manager
    prompt: "{{state.amount}} off?"
    fields: { agreed: boolean, note: string? }
  - name: Check_Connectivity
`;
/** There is no printer: it fails at once. */
const PRINT = `workflow_type: Print\n${STATE}\nsteps:\n  - name: Print_Receipt\n    retry: { attempts: 2, initial: 1ms }\n`;
const LATER = `workflow_type: Later\n${STATE}\nsteps:\n  - { name: Rest, type: WAIT, for: 1h }\n  - name: Check_Connectivity\n`;
const PARENT = `workflow_type: Parent
${STATE}
steps:
  - name: Charge
    type: SUB_WORKFLOW
    workflow_type: Ask
    input: { amount: state.amount, currency: state.currency }
  - name: Nightly
    type: CRON_SCHEDULE
    cron: "0 3 * * *"
    workflow_type: Local
    input: { amount: state.amount, currency: state.currency }
`;
const FILES = { local: LOCAL, ask: ASK, print: PRINT, later: LATER, parent: PARENT };
const INPUT = { amount: '20.00', currency: 'SEK' };

let edge: Awaited<ReturnType<typeof testEdge>>;
let folder: string;
let cashier: string;
let manager: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-workflow-api-'));
  edge = await testEdge({ '--workflow-folder': folder });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, `${name}.yaml`), text);
  const { definitions } = WorkflowDefinitionList.parse(
    await value(post('/edge/workflow-definitions/reload')),
  );
  expect(definitions.map(({ workflow_type }) => workflow_type)).toHaveLength(Object.keys(FILES).length);
  [cashier, manager] = [await signedIn('astrid', 'cashier'), await signedIn('maja', 'manager')];
});
afterAll(async () => {
  await edge.close();
  rmSync(folder, { recursive: true });
});

const as = (token: string) => ({ authorization: `Bearer ${token}` });
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  edge.ask(path, { method: 'POST', headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
const value = async (response: Promise<Response>): Promise<unknown> => (await response).json();
const refusal = async (response: Promise<Response>) => {
  const { status, code } = (await value(response)) as Problem; // Each test says what it expects.
  return [status, code];
};
const start = async (type: string, more: { query?: string; key?: string } = {}) =>
  WorkflowRow.parse(
    await value(
      post(
        `/edge/workflows/${type}${more.query ?? ''}`,
        INPUT,
        more.key === undefined ? {} : { 'idempotency-key': more.key },
      ),
    ),
  );
const show = async (id: string) => WorkflowDetail.parse(await value(edge.ask(`/edge/workflows/${id}`)));
const list = async (query: string) => WorkflowList.parse(await value(edge.ask(`/edge/workflows?${query}`)));

/** Puts a person into the feed and signs them in at a terminal of their own. */
async function signedIn(staff_id: string, role: string): Promise<string> {
  const { context } = edge.edge;
  const pin_hash = await context.pins.hash('1234');
  const change = {
    scope: 'tenant:x',
    collection: 'staff',
    key: staff_id,
    version: role === 'manager' ? 2 : 1,
  };
  await context.writer.submit({
    type: 'feed',
    page: {
      ...{ generation: 'a'.repeat(32), reset: false, includes: [], cursor: staff_id, more: false },
      changes: [{ ...change, value: { staff_id, name: staff_id, role, pin_hash } }],
      server_time: '2026-01-01T00:00:00.000Z',
    },
  });
  const { pairing_code } = (await value(post('/api/v1/pairing-codes'))) as { pairing_code: string };
  const paired = (await value(post('/api/v1/pair', { pairing_code, terminal_name: staff_id }))) as {
    token: string;
  };
  const session = (await value(post('/api/v1/sessions', { staff_id, pin: '1234' }, as(paired.token)))) as {
    token: string;
  };
  return session.token;
}

describe('a start', () => {
  it('answers with the workflow, and repeats it under its key', async () => {
    const key = { 'idempotency-key': 'order-17' };
    const first = await post('/edge/workflows/Local', INPUT, key);
    const again = await post('/edge/workflows/Local', INPUT, key);
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    const row = WorkflowRow.parse(await first.json());
    expect(row).toMatchObject({ status: 'completed', business_key: 'order-17', error: null });
    expect(await again.json()).toEqual(row);
    expect(await refusal(post('/edge/workflows/Local', { ...INPUT, amount: '1' }, key))).toEqual([
      422,
      'idempotency_key_reused',
    ]);
  });

  it('waits until the workflow is at rest, or not so long', async () => {
    const failed = await post('/edge/workflows/Print?wait=30', INPUT);
    expect([failed.status, WorkflowRow.parse(await failed.json()).status]).toEqual([201, 'failed']);
    expect((await start('Ask', { query: '?wait=30' })).status).toBe('waiting');
    const parent = await post('/edge/workflows/Parent?wait=0.05', INPUT);
    expect([parent.status, WorkflowRow.parse(await parent.json()).step]).toEqual([202, 'Charge']);
  });

  it('refuses what is wrong with a stable code, never with a 500', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`);
    const cases: [type: string, body: unknown, headers: Record<string, string>, want: unknown[]][] = [
      ['Nothing', INPUT, {}, [404, 'not_found']],
      ['Local', {}, {}, [422, 'invalid_request']],
      ['Local', [], {}, [422, 'invalid_request']],
      ['Local', { ...INPUT, extra: 1 }, {}, [422, 'invalid_request']],
      ['Local', { ...INPUT, amount: '1.001' }, {}, [422, 'invalid_request']],
      ['Local', { ...INPUT, currency: 'XXQ' }, {}, [422, 'unknown_currency']],
      ['Local', { ...INPUT, currency: '\ud800' }, {}, [422, 'invalid_request']],
      ['Local', deep, {}, [422, 'invalid_request']],
      ['Local', INPUT, { 'idempotency-key': 'x y' }, [400, 'invalid_idempotency_key']],
      ['Local?wait=31', INPUT, {}, [400, 'invalid_query']],
      ['Local', INPUT, { authorization: 'Bearer wrong' }, [401, 'unauthenticated']],
    ];
    for (const [type, body, headers, want] of cases)
      expect([type, headers, await refusal(post(`/edge/workflows/${type}`, body, headers))]).toEqual([
        type,
        headers,
        want,
      ]);
  });
});

describe('lists', () => {
  it('are narrowed, and read page by page', async () => {
    for (const key of ['page-1', 'page-2', 'page-3']) await start('Local', { key });
    const { definition_hash, updated_at, instance_id } = await start('Local', { key: 'page-3' });
    const narrow = `type=Local&status=completed&status=failed&definition_hash=${definition_hash}&search=page-`;
    const keys: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: WorkflowList = await list(`${narrow}&limit=2${cursor && `&cursor=${cursor}`}`);
      keys.push(...page.workflows.map(({ business_key }) => business_key));
      cursor = page.next_cursor;
    }
    expect(keys).toEqual(['page-3', 'page-2', 'page-1']);
    expect((await list('business_key=page-')).workflows).toEqual([]);
    expect((await list(`search=${instance_id}`)).workflows).toMatchObject([{ business_key: 'page-3' }]);
    const before = await list(`updated_before=${updated_at}&search=page-`);
    expect(before.workflows.every((row) => row.updated_at < updated_at)).toBe(true);
    expect((await list('status=waiting&limit=1')).open).toContainEqual({ status: 'waiting', count: 3 });
  });

  it('refuse queries that are not theirs', async () => {
    for (const [query, code] of [
      ['status=sleeping', 'invalid_query'],
      ['limit=1001', 'invalid_query'],
      ['cursor=7', 'invalid_cursor'],
      ['updated_before=yesterday', 'invalid_query'],
    ])
      expect([query, await refusal(edge.ask(`/edge/workflows?${query}`))]).toEqual([query, [400, code]]);
  });
});

describe('a workflow that waits for a person', () => {
  it('says what it asks, of whom, and goes on with the answer of those who may', async () => {
    const { instance_id: id } = await start('Ask');
    const detail = await show(id);
    expect(detail).toMatchObject({ version: '1.0', currency: 'SEK', is_current_definition: true });
    expect(detail.standing).toMatchObject([
      {
        step: 'Agree',
        doing: 'waiting_for_signal',
        due_at: null,
        can_skip: true,
        signal: {
          signal: 'agree',
          role: 'manager',
          prompt: '20.00 off?',
          fields: [
            { name: 'agreed', type: 'boolean', optional: false, values: null },
            { name: 'note', type: 'string', optional: true, values: null },
          ],
        },
      },
    ]);
    const signal = (payload: unknown, token?: string) =>
      post(`/edge/workflows/${id}/signals/agree`, payload, token === undefined ? {} : as(token));
    expect(await refusal(signal({ agreed: true }, cashier))).toEqual([403, 'forbidden']);
    expect(await refusal(signal({ agreed: 'yes' }, manager))).toEqual([422, 'invalid_request']);
    expect(await value(signal({ agreed: true }, manager))).toMatchObject({ status: 'completed' });
    expect(await refusal(signal({ agreed: true }))).toEqual([409, 'workflow_conflict']);
    const { timeline, state } = await show(id);
    expect(state).toMatchObject({ agreed: true });
    expect(timeline.map(({ what, step, by }) => [what, step, by])).toEqual([
      ['started', '', 'api'],
      ['signal', 'Agree', 'staff:maja'],
      ['done', 'Agree', null],
      ['done', 'Check_Connectivity', null],
      ['ended', '', null],
    ]);
  });

  it('is paused, gone on with, skipped and cancelled by managers, with a reason', async () => {
    const { instance_id: id } = await start('Later');
    const act = (action: string, body?: unknown, token = manager) =>
      post(`/edge/workflows/${id}/${action}`, body, as(token));
    for (const [action, body] of [
      ['pause', undefined],
      ['cancel', { reason: 'x' }],
      ['redrive', { reason: 'x' }],
      ['skip', { step: 'Rest', reason: 'x' }],
    ] as const)
      expect([action, await refusal(act(action, body, cashier))]).toEqual([action, [403, 'forbidden']]);
    expect(await value(act('pause'))).toMatchObject({ status: 'paused' });
    expect(await value(act('resume'))).toMatchObject({ status: 'waiting' });
    expect(await refusal(act('skip', { step: 'Rest', reason: '  ' }))).toEqual([422, 'invalid_request']);
    expect(await refusal(act('skip', { step: 'Other', reason: 'x' }))).toEqual([409, 'workflow_conflict']);
    expect(await refusal(act('redrive', { reason: 'x' }))).toEqual([409, 'workflow_conflict']);
    expect(await value(act('skip', { step: 'Rest', reason: 'no time' }))).toMatchObject({
      status: 'completed',
    });
    expect((await show(id)).timeline).toContainEqual(
      expect.objectContaining({ what: 'skipped', step: 'Rest', by: 'staff:maja', detail: 'no time' }),
    );
    expect(await refusal(act('cancel', { reason: 'late' }))).toEqual([409, 'workflow_conflict']);
    const other = (await start('Later')).instance_id;
    const cancel = () => value(post(`/edge/workflows/${other}/cancel`, { reason: 'closing' }));
    expect(await cancel()).toMatchObject({ status: 'cancelled' });
    expect(await cancel()).toMatchObject({ status: 'cancelled' });
  });
});

describe('a workflow that failed', () => {
  it('says where and why, and is tried again', async () => {
    const { instance_id: id } = await start('Print', { query: '?wait=30' });
    const detail = await show(id);
    expect(detail).toMatchObject({ status: 'failed', can_redrive: true, error: { step: 'Print_Receipt' } });
    expect(detail.timeline.map(({ what }) => what)).toEqual(['started', 'retry', 'failed', 'ended']);
    await post(`/edge/workflows/${id}/redrive`, { reason: 'a printer was found' });
    while ((await show(id)).ended_at === null) await systemTimers.sleep(10);
    expect((await show(id)).timeline.filter(({ what }) => what === 'failed')).toHaveLength(2);
  });

  it('that is not there, is not found', async () => {
    const none = '0198c0de-0000-7000-8000-000000000001';
    for (const path of [none, 'x', `${none}/pause`, `${none}/redrive`])
      expect([
        path,
        await refusal(
          path.includes('/')
            ? post(`/edge/workflows/${path}`, { reason: 'x' })
            : edge.ask(`/edge/workflows/${path}`),
        ),
      ]).toEqual([path, [404, 'not_found']]);
  });
});

describe('definitions', () => {
  const put = (type: string, text: string, headers: Record<string, string> = {}) =>
    edge.ask(`/edge/workflow-definitions/${type}`, {
      method: 'PUT',
      body: text,
      headers: { 'content-type': 'application/yaml', ...headers },
    });

  it('are loaded, shown and migrated to', async () => {
    const { instance_id: id } = await start('Later');
    const text = LATER.replace('Rest', 'Pause');
    expect([(await put('Later', text)).status, (await put('Later', text)).status]).toEqual([201, 200]);
    const detail = WorkflowDefinitionDetail.parse(await value(edge.ask('/edge/workflow-definitions/Later')));
    expect(detail.current).toMatchObject({
      source: text,
      fields: expect.arrayContaining([{ name: 'amount', type: 'money', optional: false, values: null }]),
    });
    expect(detail.versions.map(({ is_current, open_instances }) => [is_current, open_instances])).toEqual(
      expect.arrayContaining([
        [true, 0],
        [false, 1],
      ]),
    );
    const migrate = async (dry_run: boolean) =>
      WorkflowMigration.parse(await value(post('/edge/workflow-definitions/Later/migrate', { dry_run })));
    const { instances } = await migrate(true);
    expect(instances).toMatchObject([{ instance_id: id, is_moved: false, misfit: expect.any(String) }]);
    await put('Later', `${LATER}  - name: Queue_For_Sync\n`);
    expect((await migrate(true)).instances).toMatchObject([{ misfit: null, is_moved: false }]);
    expect((await migrate(false)).instances).toMatchObject([{ misfit: null, is_moved: true }]);
    expect((await migrate(false)).instances).toEqual([]);
    expect(await show(id)).toMatchObject({ is_current_definition: true });
  });

  it('that are wrong are refused with line and column', async () => {
    const answer = await put('Broken', 'workflow_type: Broken\nsteps:\n  - name: A\n    next: Nowhere\n');
    const problem = (await answer.json()) as Problem; // Checked below.
    expect([answer.status, problem.code]).toEqual([422, 'definition_invalid']);
    expect(problem.errors).toContainEqual(
      expect.objectContaining({ code: 'unknown_target', line: 4, column: 11, pointer: '4:11' }),
    );
    expect(await refusal(put('Other', LOCAL))).toEqual([422, 'definition_invalid']);
    expect(await refusal(put('Local', LOCAL, as(manager)))).toEqual([403, 'forbidden']);
    expect(await refusal(edge.ask('/edge/workflow-definitions/Broken'))).toEqual([404, 'not_found']);
  });

  it('are retired: nothing begins with them, and what runs goes on', async () => {
    const text = LATER.replace('workflow_type: Later', 'workflow_type: Once');
    expect((await put('Once', text)).status).toBe(201);
    const { instance_id: id } = await start('Once');
    const retire = (headers = {}) =>
      edge.ask('/edge/workflow-definitions/Once', { method: 'DELETE', headers });
    expect(await refusal(retire(as(manager)))).toEqual([403, 'forbidden']);
    expect([(await retire()).status, (await retire()).status]).toEqual([204, 404]);
    expect(await refusal(post('/edge/workflows/Once', INPUT))).toEqual([404, 'not_found']);
    const { current } = WorkflowDefinitionDetail.parse(
      await value(edge.ask('/edge/workflow-definitions/Once')),
    );
    expect([current, (await show(id)).ended_at]).toEqual([null, null]);
  });

  it('of files that were refused are listed with their problems', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'workflow_type: Broken\nsteps: []\n');
    const { files } = WorkflowDefinitionList.parse(await value(post('/edge/workflow-definitions/reload')));
    expect(files).toMatchObject([{ file: 'broken.yaml', problems: [{ severity: 'error', line: 2 }] }]);
    rmSync(join(folder, 'broken.yaml'));
  });
});

describe('schedules', () => {
  it('are listed and removed', async () => {
    const { instance_id: id } = await start('Parent');
    const [standing] = (await show(id)).standing;
    expect(standing).toMatchObject({ step: 'Charge', doing: 'waiting_for_workflow', signal: null });
    await post(`/edge/workflows/${standing?.child_id}/signals/agree`, { agreed: true });
    while ((await show(id)).ended_at === null) await systemTimers.sleep(10);
    const read = async () =>
      WorkflowScheduleList.parse(await value(edge.ask('/edge/workflow-schedules'))).schedules;
    expect(await read()).toMatchObject([
      { schedule: 'nightly', cron: '0 3 * * *', workflow_type: 'Local', next_at: expect.any(String) },
    ]);
    const remove = () => edge.ask('/edge/workflow-schedules/nightly', { method: 'DELETE' });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect(await read()).toEqual([]);
  });
});

describe('people', () => {
  it('who are cashiers start and look; a terminal alone may not', async () => {
    const started = await post('/edge/workflows/Local', INPUT, as(cashier));
    expect(started.status).toBe(201);
    for (const path of ['/edge/workflows', '/edge/workflow-definitions', '/edge/workflow-schedules'])
      expect((await edge.ask(path, { headers: as(cashier) })).status).toBe(200);
    const { pairing_code } = (await value(post('/api/v1/pairing-codes'))) as { pairing_code: string };
    const { token } = (await value(post('/api/v1/pair', { pairing_code, terminal_name: 'T' }))) as {
      token: string;
    };
    expect(await refusal(edge.ask('/edge/workflows', { headers: as(token) }))).toEqual([
      403,
      'sign_in_required',
    ]);
  });
});
