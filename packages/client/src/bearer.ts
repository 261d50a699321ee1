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
import type { z } from 'zod';
import { readJson, refuseProblem } from './answer.ts';
import type { Transport, TransportRequest } from './transport.ts';

type Options = { baseUrl: string; token: string; transport: Transport; timeoutMs?: number };
type Query = Record<string, string | number | boolean | undefined>;

const TIMEOUT_MS = 10_000;

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
};

export function createEdgeClient(options: Options): EdgeClient {
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

export function createHubOperatorClient(options: Options): HubOperatorClient {
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

function sender({ baseUrl, token, transport, timeoutMs }: Options) {
  const whole = async <T extends z.ZodType>(
    method: TransportRequest['method'],
    path: string,
    schema: T,
    more: { body?: object; query?: Query; headers?: Record<string, string> } = {},
  ) => {
    const answer = await transport({
      method,
      url: `${baseUrl}${path}${queryText(more.query)}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(more.body && { 'content-type': 'application/json' }),
        ...more.headers,
      },
      body: more.body && Buffer.from(JSON.stringify(more.body)),
      timeoutMs: timeoutMs ?? TIMEOUT_MS,
    });
    refuseProblem(answer);
    return { answer, value: readJson(answer, schema) };
  };
  const send = async <T extends z.ZodType>(...args: Parameters<typeof whole<T>>) =>
    (await whole<T>(...args)).value;
  return Object.assign(send, { whole });
}

function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  return params.size === 0 ? '' : `?${params}`;
}
