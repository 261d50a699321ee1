/** What a program asks of the workflows of an edge. */
import {
  WorkflowDefinitionDetail,
  WorkflowDefinitionList,
  WorkflowDetail,
  WorkflowList,
  WorkflowLoaded,
  type WorkflowMigrateRequest,
  WorkflowMigration,
  WorkflowRow,
  WorkflowScheduleList,
  type WorkflowStatus,
} from '@holdfast/protocol';
import type { Send } from './send.ts';

export type WorkflowQuery = {
  status?: readonly WorkflowStatus[] | undefined;
  type?: string | undefined;
  business_key?: string | undefined;
  search?: string | undefined;
  definition_hash?: string | undefined;
  updated_before?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
};

export type WorkflowClient = {
  /** `key` is its business key: the same key is the same workflow. `settled` is false when the wait was too short. */
  start(order: {
    workflow_type: string;
    input: object;
    key?: string | undefined;
    waitSeconds?: number | undefined;
  }): Promise<WorkflowRow & { replayed: boolean; settled: boolean }>;
  list(query?: WorkflowQuery): Promise<WorkflowList>;
  show(instanceId: string): Promise<WorkflowDetail>;
  signal(instanceId: string, signal: string, payload: object): Promise<WorkflowRow>;
  cancel(instanceId: string, reason: string): Promise<WorkflowRow>;
  pause(instanceId: string): Promise<WorkflowRow>;
  resume(instanceId: string): Promise<WorkflowRow>;
  redrive(instanceId: string, reason: string): Promise<WorkflowRow>;
  skip(instanceId: string, of: { step: string; output: object; reason: string }): Promise<WorkflowRow>;
  definitions(): Promise<WorkflowDefinitionList>;
  definition(workflowType: string): Promise<WorkflowDefinitionDetail>;
  /** Throws AppError `definition_invalid`, whose faults have line and column. */
  load(workflowType: string, text: string): Promise<WorkflowLoaded>;
  reload(): Promise<WorkflowDefinitionList>;
  migrate(workflowType: string, request: WorkflowMigrateRequest): Promise<WorkflowMigration>;
  schedules(): Promise<WorkflowScheduleList>;
};

/** Beside what the edge waits for, the answer takes its time as well. */
const ANSWER_MS = 10_000;

export function workflowCalls(send: Send): WorkflowClient {
  const at = (instanceId: string) => `/edge/workflows/${encodeURIComponent(instanceId)}`;
  const of = (workflowType: string) => `/edge/workflow-definitions/${encodeURIComponent(workflowType)}`;
  const order = (instanceId: string, action: string, body?: object) =>
    send('POST', `${at(instanceId)}/${action}`, WorkflowRow, body && { body });
  return {
    async start({ workflow_type, input, key, waitSeconds }) {
      const { answer, value } = await send.whole('POST', at(workflow_type), WorkflowRow, {
        body: input,
        query: { wait: waitSeconds },
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
        ...(waitSeconds !== undefined && { timeoutMs: waitSeconds * 1000 + ANSWER_MS }),
      });
      const replayed = answer.header('idempotent-replayed') === 'true';
      return { ...value, replayed, settled: answer.status !== 202 };
    },
    list: (query = {}) => send('GET', '/edge/workflows', WorkflowList, { query }),
    show: (instanceId) => send('GET', at(instanceId), WorkflowDetail),
    signal: (instanceId, signal, payload) =>
      order(instanceId, `signals/${encodeURIComponent(signal)}`, payload),
    cancel: (instanceId, reason) => order(instanceId, 'cancel', { reason }),
    pause: (instanceId) => order(instanceId, 'pause'),
    resume: (instanceId) => order(instanceId, 'resume'),
    redrive: (instanceId, reason) => order(instanceId, 'redrive', { reason }),
    skip: (instanceId, given) => order(instanceId, 'skip', given),
    definitions: () => send('GET', '/edge/workflow-definitions', WorkflowDefinitionList),
    definition: (workflowType) => send('GET', of(workflowType), WorkflowDefinitionDetail),
    load: (workflowType, text) => send('PUT', of(workflowType), WorkflowLoaded, { yaml: text }),
    reload: () => send('POST', '/edge/workflow-definitions/reload', WorkflowDefinitionList),
    migrate: (workflowType, request) =>
      send('POST', `${of(workflowType)}/migrate`, WorkflowMigration, { body: request }),
    schedules: () => send('GET', '/edge/workflow-schedules', WorkflowScheduleList),
  };
}
