/** Clients with a bearer token: the edge's local API, and the hub as its operator sees it. */
import {
  CentralTransactionList,
  ClaimAnswer,
  EdgeStatus,
  EdgeTransactionList,
  type LinkMode,
  LinkStatus,
  PairingCode,
  PushResult,
  QuarantineEntry,
  QuarantineList,
  Reconciliation,
  type ResolveRequest,
  SaleReceipt,
} from '@holdfast/protocol';
import { type SendOptions, sender } from './send.ts';
import { type WorkflowClient, workflowCalls } from './workflow-calls.ts';

/** The edge's local API. */
export type EdgeClient = {
  status(): Promise<EdgeStatus>;
  /** Takes a sale; `key` is its Idempotency-Key: the same key is the same sale. */
  sell(sale: object, key: string): Promise<SaleReceipt & { replayed: boolean }>;
  transactions(query?: { synced?: boolean; limit?: number; cursor?: string }): Promise<EdgeTransactionList>;
  push(): Promise<PushResult>;
  setLink(mode: LinkMode): Promise<LinkStatus>;
  createPairingCode(): Promise<PairingCode>;
  enrol(request: { hub_url: string; claim_token: string; device_name?: string }): Promise<EdgeStatus>;
  workflows: WorkflowClient;
};

export function createEdgeClient(options: SendOptions): EdgeClient {
  const send = sender(options);
  return {
    status: () => send('GET', '/api/v1/status', EdgeStatus),
    async sell(sale, key) {
      const { answer, value } = await send.whole('POST', '/edge/transactions', SaleReceipt, {
        body: sale,
        headers: { 'idempotency-key': key },
      });
      return { ...value, replayed: answer.header('idempotent-replayed') === 'true' };
    },
    transactions: (query = {}) => send('GET', '/edge/transactions', EdgeTransactionList, { query }),
    push: () => send('POST', '/edge/sync/push', PushResult),
    setLink: (mode) => send('PUT', '/api/v1/link', LinkStatus, { body: { mode } }),
    createPairingCode: () => send('POST', '/api/v1/pairing-codes', PairingCode),
    enrol: (request) => send('POST', '/api/v1/enrolment', EdgeStatus, { body: request }),
    workflows: workflowCalls(send),
  };
}

/** The hub's API for its operator. */
export type HubOperatorClient = {
  transactions(query?: {
    store_id?: string;
    limit?: number;
    cursor?: string;
  }): Promise<CentralTransactionList>;
  /** All streams, page by page. */
  reconciliation(storeId?: string): Promise<Reconciliation>;
  createClaim(storeId: string): Promise<ClaimAnswer>;
  quarantine(query?: {
    store_id?: string;
    state?: 'open' | 'resolved';
    limit?: number;
    cursor?: string;
  }): Promise<QuarantineList>;
  /** Decides an entry; asked again, the answer is the same. */
  resolveQuarantine(request: Omit<ResolveRequest, 'note'> & { note?: string }): Promise<QuarantineEntry>;
};

export function createHubOperatorClient(options: SendOptions): HubOperatorClient {
  const send = sender(options);
  return {
    transactions: (query = {}) => send('GET', '/central/transactions', CentralTransactionList, { query }),
    async reconciliation(storeId) {
      const read = (cursor?: string) =>
        send('GET', '/api/v1/reconciliation', Reconciliation, { query: { store_id: storeId, cursor } });
      const first = await read();
      const streams = [...first.streams];
      for (let { next_cursor: cursor } = first; cursor !== null; ) {
        const page = await read(cursor);
        streams.push(...page.streams);
        cursor = page.next_cursor;
      }
      return { ...first, streams, next_cursor: null };
    },
    createClaim: (storeId) => send('POST', '/api/v1/claims', ClaimAnswer, { body: { store_id: storeId } }),
    quarantine: (query = {}) => send('GET', '/api/v1/quarantine', QuarantineList, { query }),
    resolveQuarantine: (request) =>
      send('POST', '/api/v1/quarantine/resolve', QuarantineEntry, { body: request }),
  };
}
