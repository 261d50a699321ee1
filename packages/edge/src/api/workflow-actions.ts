/** What people and programs do about a workflow that is there: signals, and what changes its course. */
import { AppError } from '@holdfast/base';
import { WorkflowInput, WorkflowReason, WorkflowRow, WorkflowSkip } from '@holdfast/protocol';
import { ENDED } from '@holdfast/workflow';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import type { InstanceSummary } from '../store/workflow-reads.ts';
import { actorOf, managerOf, WORKERS } from './actor.ts';
import { checkedJson } from './checked-json.ts';
import type { EdgeApi } from './index.ts';
import { rowOf } from './workflow-shapes.ts';
import { mustFind } from './workflows.ts';

const InstancePath = z.object({ instance_id: z.string() });
const ANSWER = { 200: { description: 'The workflow as it is then.', schema: WorkflowRow } };
/** What all these routes share. */
const ROUTE = { method: 'post', tags: ['workflows'], access: WORKERS, responses: ANSWER } as const;

export function registerWorkflowActions(api: EdgeApi, context: EdgeContext): void {
  registerSignal(api, context);
  registerPauses(api, context);
  registerReasoned(api, context);
  registerSkip(api, context);
}

function registerSignal(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      ...ROUTE,
      path: '/edge/workflows/{instance_id}/signals/{signal}',
      summary: 'Send a signal to a workflow',
      description:
        'The body is what the signal carries. One that comes before it is waited for is kept. People may send the signals of their role, managers those of cashiers as well.',
      params: InstancePath.extend({ signal: z.string().max(64) }),
      body: { schema: WorkflowInput },
      example: { discount_approved: true },
    },
    async ({ params, body, principal }) => {
      const { by, roles } = actorOf(context, principal);
      const { instance_id } = mustBeOpen(context, params.instance_id);
      const payload = checkedJson(body);
      await context.workflows.signal(instance_id, { signal: params.signal, payload, by, roles });
      return { body: rowOf(mustFind(context, instance_id)) };
    },
  );
}

function registerPauses(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  const actions = [
    [
      'pause',
      'Pause a workflow',
      'It begins no further step. Calls that are under way are waited for. Needs a manager.',
    ],
    ['resume', 'Let a paused workflow go on', 'Needs a manager.'],
  ] as const;
  for (const [name, summary, description] of actions)
    api.route(
      {
        ...ROUTE,
        path: `/edge/workflows/{instance_id}/${name}`,
        summary,
        description,
        params: InstancePath,
      },
      async ({ params, principal }) => {
        const { by } = managerOf(context, principal);
        const { instance_id } = mustBeOpen(context, params.instance_id);
        await workflows[name](instance_id, { by });
        return { body: rowOf(mustFind(context, instance_id)) };
      },
    );
}

function registerReasoned(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      ...ROUTE,
      path: '/edge/workflows/{instance_id}/cancel',
      summary: 'Cancel a workflow',
      description:
        'Calls that are under way are waited for; then what was done is undone. Asked again, nothing changes. Needs a manager, and a reason for the timeline.',
      params: InstancePath,
      body: { schema: WorkflowReason },
      example: { reason: 'The guest has left.' },
    },
    async ({ params, body, principal }) => {
      const { by } = managerOf(context, principal);
      const { instance_id } = mustBeCancellable(context, params.instance_id);
      await workflows.cancel(instance_id, { by, reason: body.reason });
      return { body: rowOf(mustFind(context, instance_id)) };
    },
  );
  api.route(
    {
      ...ROUTE,
      path: '/edge/workflows/{instance_id}/redrive',
      summary: 'Try again what failed, is parked, or could not be undone',
      description: 'Needs a manager, and a reason for the timeline.',
      params: InstancePath,
      body: { schema: WorkflowReason },
      example: { reason: 'There is paper again.' },
    },
    async ({ params, body, principal }) => {
      const { by } = managerOf(context, principal);
      const { instance_id } = mustFind(context, params.instance_id);
      await workflows.redrive(instance_id, { by, reason: body.reason });
      return { body: rowOf(mustFind(context, instance_id)) };
    },
  );
}

function registerSkip(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      ...ROUTE,
      path: '/edge/workflows/{instance_id}/skip',
      summary: 'Take a step for done',
      description:
        'For a step that is parked, or waits. `output` goes into the state as if the step had answered it. Needs a manager, and a reason for the timeline.',
      params: InstancePath,
      body: { schema: WorkflowSkip },
      example: { step: 'Charge', output: {}, reason: 'Seen on the slip of the terminal.' },
    },
    async ({ params, body, principal }) => {
      const { by } = managerOf(context, principal);
      const { instance_id } = mustBeOpen(context, params.instance_id);
      const { step, reason } = body;
      await context.workflows.skip(instance_id, { step, output: checkedJson(body.output), by, reason });
      return { body: rowOf(mustFind(context, instance_id)) };
    },
  );
}

/** What has ended would take an order without a word, and do nothing. */
function mustBeOpen(context: EdgeContext, instanceId: string): InstanceSummary {
  const found = mustFind(context, instanceId);
  if (!ENDED.has(found.status)) return found;
  throw new AppError(
    'workflow_conflict',
    `The workflow has ended: it is ${found.status.replaceAll('_', ' ')}.`,
  );
}

/** One that was cancelled has what is asked for. */
function mustBeCancellable(context: EdgeContext, instanceId: string): InstanceSummary {
  const found = mustFind(context, instanceId);
  const why = ENDED.has(found.status)
    ? context.workflows.find(instanceId)?.instance.unwinding?.why
    : undefined;
  return why === 'cancelled' ? found : mustBeOpen(context, instanceId);
}
