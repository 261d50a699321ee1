/** The hub as a device sees it: every request but the first probe is signed with the device's key. */
import { AppError, type Ports, uuidV7 } from '@holdfast/base';
import { type SigningKey, signRequest, toBase64Url } from '@holdfast/crypto';
import {
  BATCH_ANSWER_STATUS,
  BATCH_CONTENT_TYPE,
  BatchAnswer,
  FeedPage,
  Health,
  type Heartbeat,
  HeartbeatAnswer,
  type Lane,
  NonceAnswer,
  RegisterAnswer,
  type RegisterRequest,
} from '@holdfast/protocol';
import { readJson, refuseProblem } from './answer.ts';
import { type EntriesPage, readEntriesPage } from './entries-page.ts';
import { LinkError, type Transport, type TransportRequest, type TransportResponse } from './transport.ts';

export type HubForDevice = {
  /** Asks whether a hub is there at all; unsigned. */
  probe(timeoutMs: number): Promise<void>;
  /** Sends a batch, compressed or not, and returns the hub's answer to it. */
  sendBatch(batch: {
    path: string;
    body: Uint8Array;
    gzip: boolean;
    signal?: AbortSignal;
  }): Promise<BatchAnswer>;
  readChanges(cursor: string | undefined, signal?: AbortSignal): Promise<FeedPage>;
  /** A page of what the hub holds of a stream of this device, from after `after_seq` on. */
  readEntries(page: {
    incarnation: string;
    lane: Lane;
    after_seq: number;
    limit: number;
    signal?: AbortSignal;
  }): Promise<EntriesPage>;
  sendHeartbeat(deviceId: string, heartbeat: Heartbeat, signal?: AbortSignal): Promise<HeartbeatAnswer>;
  register(request: Omit<RegisterRequest, 'public_key'>): Promise<RegisterAnswer>;
};

type Options = { baseUrl: string; key: SigningKey; boot: string; transport: Transport; ports: Ports };

const TIMEOUT_MS = 10_000;
const BATCH_TIMEOUT_MS = 30_000;
const NONCE_HEADER = 'edge-nonce';

type Signed = Omit<TransportRequest, 'url' | 'headers'> & {
  path: string;
  query?: string;
  contentType?: string;
  headers?: Record<string, string>;
};

/** A client of the hub at `baseUrl` for the holder of `key`. */
export function createHubForDevice(options: Options): HubForDevice {
  const send = createSigner(options);
  const { origin } = new URL(options.baseUrl);
  const json = (value: unknown) => ({
    body: Buffer.from(JSON.stringify(value)),
    contentType: 'application/json',
  });
  return {
    probe: (timeoutMs) => probe(options, timeoutMs),
    async sendBatch({ path, body, gzip, signal }) {
      const answer = await send({
        method: 'POST',
        path,
        body,
        contentType: BATCH_CONTENT_TYPE,
        headers: gzip ? { 'content-encoding': 'gzip' } : {},
        timeoutMs: BATCH_TIMEOUT_MS,
        signal,
      });
      const statuses: number[] = Object.values(BATCH_ANSWER_STATUS);
      if (!statuses.includes(answer.status) || answer.header('content-type')?.includes('problem'))
        refuseProblem(answer);
      return readJson(answer, BatchAnswer);
    },
    async readChanges(cursor, signal) {
      const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      return read(
        await send({ method: 'GET', path: '/api/v1/sync/changes', query, timeoutMs: TIMEOUT_MS, signal }),
        FeedPage,
      );
    },
    async readEntries({ incarnation, lane, after_seq, limit, signal }) {
      const query = `?incarnation=${incarnation}&lane=${lane}&after_seq=${after_seq}&limit=${limit}`;
      const path = '/api/v1/sync/entries';
      const answer = await send({ method: 'GET', path, query, timeoutMs: BATCH_TIMEOUT_MS, signal });
      refuseProblem(answer);
      return readEntriesPage(answer.body, { incarnation, lane, after_seq });
    },
    async sendHeartbeat(deviceId, heartbeat, signal) {
      const path = `/api/v1/devices/${deviceId}/heartbeat`;
      return read(
        await send({ method: 'POST', path, ...json(heartbeat), timeoutMs: TIMEOUT_MS, signal }),
        HeartbeatAnswer,
      );
    },
    async register(request) {
      const nonce = read(
        await options.transport({
          method: 'GET',
          url: `${origin}/api/v1/nonce`,
          headers: {},
          timeoutMs: TIMEOUT_MS,
        }),
        NonceAnswer,
      );
      const body = { ...request, public_key: toBase64Url(options.key.publicKey) };
      const path = '/api/v1/devices/register';
      return read(
        await send({ method: 'POST', path, ...json(body), timeoutMs: TIMEOUT_MS }, nonce.nonce),
        RegisterAnswer,
      );
    },
  };
}

async function probe({ transport, baseUrl }: Options, timeoutMs: number): Promise<void> {
  const url = `${new URL(baseUrl).origin}/health`;
  const answer = await transport({ method: 'GET', url, headers: {}, timeoutMs });
  if (answer.status === 503) throw new LinkError('hub_error', 'The hub answers, but its database does not');
  if (answer.status !== 200) throw new LinkError('hub_error', `The hub answers with status ${answer.status}`);
  const health = readJson(answer, Health);
  if (health.service !== 'hub') throw new LinkError('hub_error', 'What answers there is not a hub');
}

function read<T extends Parameters<typeof readJson>[1]>(answer: TransportResponse, schema: T) {
  refuseProblem(answer);
  return readJson(answer, schema);
}

/**
 * Signs and sends. A clock that is wrong is answered with `clock_skew` and a server nonce: from then on the nonce of
 * the latest answer goes into every signature, until the process ends.
 */
function createSigner({ baseUrl, key, boot, transport, ports }: Options) {
  let count = 0;
  let clockIsWrong = false;
  let latestNonce: string | undefined;
  const { host, origin } = new URL(baseUrl);
  const sendOnce = async (
    request: Signed,
    idempotencyKey: string | undefined,
    serverNonce: string | undefined,
  ) => {
    count += 1;
    const nonce = serverNonce === undefined ? `${boot}.${count}` : `${boot}.${count}.${serverNonce}`;
    const signed = signRequest({
      method: request.method,
      authority: host,
      path: request.path,
      query: request.query ?? '',
      ...(request.body && { body: request.body }),
      ...(request.contentType !== undefined && { contentType: request.contentType }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      createdSeconds: Math.floor(ports.clock.nowMs() / 1000),
      nonce,
      key,
    });
    const answer = await transport({
      method: request.method,
      url: `${origin}${request.path}${request.query ?? ''}`,
      headers: { ...request.headers, ...signed },
      body: request.body,
      timeoutMs: request.timeoutMs,
      signal: request.signal,
    });
    latestNonce = answer.header(NONCE_HEADER) ?? latestNonce;
    return answer;
  };
  return async (request: Signed, fixedNonce?: string): Promise<TransportResponse> => {
    const idempotencyKey = request.method === 'GET' ? undefined : uuidV7(ports);
    const answer = await sendOnce(
      request,
      idempotencyKey,
      fixedNonce ?? (clockIsWrong ? latestNonce : undefined),
    );
    if (answer.status !== 401 || fixedNonce !== undefined || latestNonce === undefined) return answer;
    try {
      refuseProblem(answer);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'clock_skew' && error.code !== 'nonce_used'))
        return answer;
    }
    clockIsWrong = true;
    return await sendOnce(request, idempotencyKey, latestNonce);
  };
}
