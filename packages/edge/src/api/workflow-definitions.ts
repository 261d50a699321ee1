/** Definitions of workflows and schedules over HTTP. */
import { isUtf8 } from 'node:buffer';
import { AppError, type Fault, LIMITS } from '@holdfast/base';
import {
  WorkflowDefinitionDetail,
  WorkflowDefinitionList,
  WorkflowLoaded,
  WorkflowMigrateRequest,
  WorkflowMigration,
  type WorkflowProblem,
  WorkflowScheduleList,
} from '@holdfast/protocol';
import { z } from 'zod';
import type { EdgeContext } from '../context.ts';
import { actorOf, WORKERS } from './actor.ts';
import type { EdgeApi } from './index.ts';
import { definitionRowOf, fieldsOf, scheduleOf } from './workflow-shapes.ts';

const TypePath = z.object({ workflow_type: z.string().max(64) });

const EXAMPLE = `workflow_type: "CoffeePurchase"
state: { amount: money, currency: string }
steps:
  - name: "Approve_Offline"
  - name: "Queue_For_Sync"
`;

export function registerWorkflowDefinitions(api: EdgeApi, context: EdgeContext): void {
  registerLists(api, context);
  registerLoads(api, context);
  registerRetire(api, context);
  registerMigrate(api, context);
  registerSchedules(api, context);
}

function registerLists(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      method: 'get',
      path: '/edge/workflow-definitions',
      summary: 'List definitions, and the files that were refused',
      tags: ['workflow definitions'],
      access: WORKERS,
      responses: {
        200: {
          description: 'Every version that is kept, with the instances that go on by it.',
          schema: WorkflowDefinitionList,
        },
      },
    },
    ({ principal }) => {
      actorOf(context, principal);
      return { body: listOf(context) };
    },
  );
  api.route(
    {
      method: 'get',
      path: '/edge/workflow-definitions/{workflow_type}',
      summary: 'Show a definition: its text, its fields, its versions',
      tags: ['workflow definitions'],
      access: WORKERS,
      params: TypePath,
      responses: { 200: { description: 'The definition.', schema: WorkflowDefinitionDetail } },
    },
    ({ params, principal }) => {
      actorOf(context, principal);
      return { body: detailOf(context, params.workflow_type) };
    },
  );
}

function listOf({ workflows }: EdgeContext): WorkflowDefinitionList {
  return {
    definitions: workflows.definitions().map(definitionRowOf),
    files: workflows.problems().map(({ file, problems }) => ({ file, problems: [...problems] })),
  };
}

function detailOf({ workflows }: EdgeContext, workflowType: string): WorkflowDefinitionDetail {
  const versions = workflows.definitions().filter((each) => each.workflow_type === workflowType);
  if (versions.length === 0)
    throw new AppError('not_found', `There is no workflow ${workflowType}: load its definition.`);
  const hash = versions.find(({ is_current }) => is_current)?.hash;
  const definition = hash === undefined ? undefined : workflows.program(hash).definition;
  return {
    workflow_type: workflowType,
    current:
      hash === undefined || definition === undefined
        ? null
        : {
            hash,
            description: definition.description,
            fields: fieldsOf(definition.state),
            source: workflows.source(hash) ?? '',
          },
    versions: versions.map(definitionRowOf),
  };
}

function registerLoads(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      method: 'put',
      path: '/edge/workflow-definitions/{workflow_type}',
      summary: 'Load a definition',
      description:
        'New instances begin with it from now on; those that are open keep to theirs. One that is refused changes nothing: `errors` says at which line and column, the first twenty problems. A file of the folder that defines the same workflow takes its place when it changes, or at the next reload.',
      tags: ['workflow definitions'],
      access: ['api'],
      params: TypePath,
      rawBody: {
        contentTypes: ['application/yaml', 'text/yaml', 'text/plain'],
        maxBytes: LIMITS.workflowDefinitionBytesMax,
        description: 'The YAML text.',
        schema: z.string(),
      },
      responses: {
        200: { description: 'It was current before.', schema: WorkflowLoaded },
        201: { description: 'It is current now.', schema: WorkflowLoaded },
      },
      example: EXAMPLE,
    },
    async ({ params, raw }) => {
      const loaded = await load(context, textOf(raw), params.workflow_type);
      return { status: loaded.is_new ? 201 : 200, body: loaded };
    },
  );
  api.route(
    {
      method: 'post',
      path: '/edge/workflow-definitions/reload',
      summary: 'Read the folder of definitions anew',
      description: 'The same as SIGHUP. Answered when every file has been read.',
      tags: ['workflow definitions'],
      access: ['api'],
      responses: {
        200: { description: 'The definitions as they are then.', schema: WorkflowDefinitionList },
      },
    },
    async () => {
      await workflows.reload();
      return { body: listOf(context) };
    },
  );
}

function registerRetire(api: EdgeApi, { workflows }: EdgeContext): void {
  api.route(
    {
      method: 'delete',
      path: '/edge/workflow-definitions/{workflow_type}',
      summary: 'Retire a definition',
      description:
        'Nothing new begins with it; what is open goes on. Remove its file from the folder first: the next reload would load it again.',
      tags: ['workflow definitions'],
      access: ['api'],
      params: TypePath,
      responses: { 204: { description: 'Retired.' } },
    },
    async ({ params }) => {
      const { workflow_type: type } = params;
      if (!workflows.definitions().some((row) => row.workflow_type === type && row.is_current))
        throw new AppError('not_found', `Nothing begins with ${type} now.`);
      await workflows.retire(type);
      return { status: 204 };
    },
  );
}

function textOf(raw: Uint8Array): string {
  if (!isUtf8(raw)) throw new AppError('definition_invalid', 'The text is not UTF-8.');
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
}

async function load({ workflows }: EdgeContext, text: string, workflowType: string): Promise<WorkflowLoaded> {
  const checked = workflows.check(text);
  const named = checked.ok ? checked.program.definition.workflow_type : workflowType;
  if (named !== workflowType)
    throw new AppError(
      'definition_invalid',
      `The text defines ${named}, and the address says ${workflowType}.`,
    );
  const loaded = await workflows.load(text);
  if (!loaded.ok) throw refusalOf(loaded.problems);
  const { workflow_type, hash, version, is_new, problems } = loaded;
  return { workflow_type, hash, version, is_new, problems: [...problems] };
}

function refusalOf(problems: readonly WorkflowProblem[]): AppError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const message =
    errors.length === 1 ? 'The definition has an error.' : `The definition has ${errors.length} errors.`;
  return new AppError('definition_invalid', message, { faults: errors.map(faultOf) });
}

function faultOf({ code, message, line, column }: WorkflowProblem): Fault {
  return { pointer: `${line}:${column}`, detail: message, code, line, column };
}

function registerMigrate(api: EdgeApi, context: EdgeContext): void {
  api.route(
    {
      method: 'post',
      path: '/edge/workflow-definitions/{workflow_type}/migrate',
      summary: 'Let open instances go on by the current definition',
      description:
        'Looks at a page of the instances that keep to an older one. With `dry_run` it only says which of them fit; without, those that fit are moved, each in a commit of its own.',
      tags: ['workflow definitions'],
      access: ['api'],
      params: TypePath,
      body: { schema: WorkflowMigrateRequest },
      responses: {
        200: { description: 'A page; `next_cursor` is null on the last one.', schema: WorkflowMigration },
      },
      example: { dry_run: true },
    },
    async ({ params, body, principal }) => {
      const { by } = actorOf(context, principal);
      const { rows, next } = await context.workflows.migrate(params.workflow_type, {
        apply: !body.dry_run,
        by,
        afterNo: body.cursor === undefined ? undefined : parseCursor(body.cursor),
        limit: body.limit,
      });
      return { body: { instances: rows, next_cursor: next === null ? null : String(next) } };
    },
  );
}

function parseCursor(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new AppError('invalid_cursor');
  return Number(text);
}

function registerSchedules(api: EdgeApi, context: EdgeContext): void {
  const { workflows } = context;
  api.route(
    {
      method: 'get',
      path: '/edge/workflow-schedules',
      summary: 'List schedules',
      tags: ['workflow definitions'],
      access: WORKERS,
      responses: { 200: { description: 'All of them, by name.', schema: WorkflowScheduleList } },
    },
    ({ principal }) => {
      actorOf(context, principal);
      return { body: { schedules: workflows.schedules().map(scheduleOf) } };
    },
  );
  api.route(
    {
      method: 'delete',
      path: '/edge/workflow-schedules/{schedule}',
      summary: 'Remove a schedule',
      description: 'Nothing starts by it any more; what it has started goes on.',
      tags: ['workflow definitions'],
      access: ['api'],
      params: z.object({ schedule: z.string() }),
      responses: { 204: { description: 'Removed.' } },
    },
    async ({ params }) => {
      if (!workflows.schedules().some(({ order }) => order.schedule === params.schedule))
        throw new AppError('not_found', 'There is no schedule of this name.');
      await workflows.unschedule(params.schedule);
      return { status: 204 };
    },
  );
}
