/** Workflows over HTTP: they are started, listed and shown here, and steered by `workflow-actions.ts`. */
import { AppError, isUuid } from '@holdfast/base';
import {
  Instant,
  WorkflowDetail,
  WorkflowInput,
  WorkflowList,
  WorkflowRow,
  WorkflowStatus,
} from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import type { InstanceCursor, InstanceFilter, InstanceSummary } from '../store/workflow-reads.ts';
import { actorOf, WORKERS } from './actor.ts';
import { checkedJson } from './checked-json.ts';
import type { EdgeApi } from './index.ts';
import { checkedKey, PageLimit } from './transactions.ts';
import { registerWorkflowActions } from './workflow-actions.ts';
import { registerWorkflowDefinitions } from './workflow-definitions.ts';
import { detailOf, rowOf } from './workflow-shapes.ts';

/** The longest time that a start waits for the workflow to come to rest. */
const WAIT_SECONDS_MAX = 30;

const REPLAYED = { 'idempotent-replayed': 'true' };
const REPLAYED_DOC = { 'Idempotent-Replayed': '`true` when an earlier request had started it.' };

export function registerWorkflows(api: EdgeApi, context: EdgeContext): void {
  registerStart(api, context);
  registerList(api, context);
  registerShow(api, context);
  registerWorkflowActions(api, context);
  registerWorkflowDefinitions(api, context);
}

function registerStart(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      method: 'post',
      path: '/edge/workflows/{workflow_type}',
      summary: 'Start a workflow',
      description:
        'The body is its input. Answered once its first steps are on the disk of the edge. An `Idempotency-Key` names the workflow among those of its type: the same key with the same body is the same workflow, and lists can be searched for it. With `wait` the answer comes when the workflow has ended or waits for something, with 202 when it does neither in time.',
      tags: ['workflows'],
      access: WORKERS,
      params: z.object({ workflow_type: z.string().max(64) }),
      query: z.object({ wait: z.coerce.number().min(0).max(WAIT_SECONDS_MAX).default(0) }),
      body: { schema: WorkflowInput },
      responses: {
        200: { description: 'It had been started before.', schema: WorkflowRow, headers: REPLAYED_DOC },
        201: { description: 'It is started.', schema: WorkflowRow },
        202: { description: 'It is started, and still under way after the wait.', schema: WorkflowRow },
      },
      example: { amount: '20.00', currency: 'SEK' },
    },
    async ({ params, query, body, principal, request }) => {
      const { by } = actorOf(context, principal);
      const { instance_id, replayed } = await workflows.start({
        workflow_type: params.workflow_type,
        input: checkedJson(body),
        business_key: checkedKey(request.header('idempotency-key')) ?? null,
        by,
      });
      const isSettled = query.wait === 0 || (await workflows.settled(instance_id, query.wait * 1000));
      return {
        status: !isSettled ? 202 : replayed ? 200 : 201,
        body: rowOf(mustFind(context, instance_id)),
        ...(replayed && { headers: REPLAYED }),
      };
    },
  );
}

function registerList(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      method: 'get',
      path: '/edge/workflows',
      summary: 'List workflows, those that were updated last first',
      tags: ['workflows'],
      access: WORKERS,
      query: z.object({
        /** Given again and again, any of them. */
        status: z.array(WorkflowStatus).optional(),
        type: z.string().max(64).optional(),
        business_key: z.string().max(255).optional(),
        /** What the business key begins with, or the id of an instance. */
        search: z.string().max(255).optional(),
        definition_hash: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
        updated_before: Instant.optional(),
        limit: PageLimit,
        cursor: z.string().max(64).optional(),
      }),
      responses: {
        200: {
          description: 'A page; `next_cursor` is null on the last one. `open` counts all that are open.',
          schema: WorkflowList,
        },
      },
    },
    ({ query, principal }) => {
      actorOf(context, principal);
      const { search, limit } = query;
      const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
      const page =
        search !== undefined && isUuid(search)
          ? { instances: oneOf(workflows.summary(search)), next: null }
          : workflows.list(filterOf(query), { after, limit });
      return {
        body: {
          workflows: page.instances.map(rowOf),
          open: workflows.countOpen(),
          next_cursor: page.next === null ? null : `${page.next.updated_ms}.${page.next.instance_no}`,
        },
      };
    },
  );
}

function registerShow(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      method: 'get',
      path: '/edge/workflows/{instance_id}',
      summary: 'Show a workflow: where it stands, what it waits for, what it did',
      tags: ['workflows'],
      access: WORKERS,
      params: z.object({ instance_id: z.string() }),
      responses: { 200: { description: 'The workflow.', schema: WorkflowDetail } },
    },
    ({ params, principal }) => {
      actorOf(context, principal);
      const found = isUuid(params.instance_id) ? workflows.find(params.instance_id) : undefined;
      if (found === undefined) throw noSuch(params.instance_id);
      return { body: detailOf(found, workflows) };
    },
  );
}

/** The row of an instance. Throws AppError `not_found`. */
export function mustFind({ workflows }: EdgeContext, instanceId: string): InstanceSummary {
  const found = isUuid(instanceId) ? workflows.summary(instanceId) : undefined;
  if (found === undefined) throw noSuch(instanceId);
  return found;
}

function noSuch(instanceId: string): AppError {
  return new AppError('not_found', `There is no workflow ${instanceId.slice(0, 64)}.`);
}

function oneOf(found: InstanceSummary | undefined): InstanceSummary[] {
  return found === undefined ? [] : [found];
}

function filterOf(query: {
  status?: WorkflowStatus[] | undefined;
  type?: string | undefined;
  business_key?: string | undefined;
  search?: string | undefined;
  definition_hash?: string | undefined;
  updated_before?: string | undefined;
}): InstanceFilter {
  return {
    statuses: query.status,
    workflow_type: query.type,
    business_key: query.business_key,
    business_key_prefix: query.search,
    definition_hash: query.definition_hash,
    updated_before_ms: query.updated_before === undefined ? undefined : Date.parse(query.updated_before),
  };
}

function parseCursor(text: string): InstanceCursor {
  const [updated_ms, instance_no] = text.split('.').map(Number);
  if (!/^\d{1,15}\.\d{1,15}$/.test(text) || updated_ms === undefined || instance_no === undefined)
    throw new AppError('invalid_cursor');
  return { updated_ms, instance_no };
}
