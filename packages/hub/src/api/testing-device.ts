/** A device for tests: a key, a journal in memory, and signed requests over real sockets. */
import { must, randomId, systemPorts, uuidV7 } from '@holdfast/base';
import { generateSigningKey, type SigningKey, signRequest, toBase64Url } from '@holdfast/crypto';
import {
  type BuiltEntry,
  buildBatch,
  buildBodyLine,
  buildEntry,
  buildSeal,
  GENESIS,
} from '@holdfast/journal';
import {
  type AckStatement,
  BATCH_CONTENT_TYPE,
  NonceAnswer,
  PROTOCOL_VERSION,
  RegisterAnswer,
  type SaleBody,
} from '@holdfast/protocol';

/** How a request differs from an honest one. */
export type Tampering = {
  key?: SigningKey;
  createdSeconds?: number;
  serverNonce?: string;
  authority?: string;
  /** Sent instead of the signed body. */
  sentBody?: Uint8Array;
  headers?: Record<string, string>;
};

export type DeviceRequest = {
  method: string;
  path: string;
  body?: Uint8Array | string;
  contentType?: string;
  tampering?: Tampering;
};

/** A device that may or may not be enrolled. */
export type TestDevice = {
  readonly key: SigningKey;
  readonly incarnation: string;
  readonly boot: string;
  enrolment: RegisterAnswer | undefined;
  lastAck: AckStatement | undefined;
  readonly entries: BuiltEntry[];
  send(request: DeviceRequest): Promise<Response>;
  nonce(): Promise<string>;
  register(claimToken: string, tampering?: Tampering): Promise<Response>;
  /** Appends a sale of `amount` SEK, paid in cash. */
  sell(amount: string, payload?: string): BuiltEntry;
  /** The batch of the entries from `firstSeq` on. */
  batch(firstSeq?: number): Buffer;
  deviceId(): string;
  /** The same device with all it holds, for a hub that has another address now. */
  at(url: string): TestDevice;
};

/** A device that talks to the hub at `url`. */
export function createTestDevice(url: string, key: SigningKey = generateSigningKey()): TestDevice {
  let requests = 0;
  const device: TestDevice = {
    key,
    incarnation: randomId(systemPorts.random),
    boot: randomId(systemPorts.random),
    enrolment: undefined,
    lastAck: undefined,
    entries: [],
    send(request) {
      requests += 1;
      return sendSigned({ url, key, nonce: `${device.boot}.${requests}` }, request);
    },
    async nonce() {
      const { nonce } = NonceAnswer.parse(await (await fetch(`${url}/api/v1/nonce`)).json());
      return nonce;
    },
    register: (claimToken, tampering) => register(device, claimToken, tampering ?? {}),
    sell: (amount, payload) => appendSale(device, { amount, payload: payload ?? `{"paid":"${amount}"}` }),
    batch: (firstSeq = 1) => batchOf(device, firstSeq),
    deviceId: () => must(device.enrolment, 'the device is enrolled').device_id,
    at: (newUrl) => ({ ...device, send: createTestDevice(newUrl, key).send }),
  };
  return device;
}

async function sendSigned(
  from: { url: string; key: SigningKey; nonce: string },
  { method, path, body, contentType = 'application/json', tampering = {} }: DeviceRequest,
): Promise<Response> {
  const [pathname = '/', query] = path.split('?');
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const headers = signRequest({
    method,
    authority: tampering.authority ?? new URL(from.url).host,
    path: pathname,
    query: query === undefined ? '' : `?${query}`,
    body: bytes,
    contentType: bytes === undefined ? undefined : contentType,
    idempotencyKey: method === 'GET' ? undefined : uuidV7(systemPorts),
    createdSeconds: tampering.createdSeconds ?? Math.floor(systemPorts.clock.nowMs() / 1000),
    nonce: tampering.serverNonce === undefined ? from.nonce : `${from.nonce}.${tampering.serverNonce}`,
    key: tampering.key ?? from.key,
  });
  const sent = tampering.sentBody ?? bytes;
  return fetch(`${from.url}${path}`, {
    method,
    headers: { ...headers, ...tampering.headers },
    ...(sent === undefined ? {} : { body: new Uint8Array(sent) }),
  });
}

async function register(device: TestDevice, claimToken: string, tampering: Tampering): Promise<Response> {
  const serverNonce = tampering.serverNonce ?? (await device.nonce());
  const answer = await device.send({
    method: 'POST',
    path: '/api/v1/devices/register',
    body: JSON.stringify({
      claim_token: claimToken,
      public_key: toBase64Url(device.key.publicKey),
      device_name: 'Till 1',
      device_type: 'pos',
      software_version: '0.1.0',
    }),
    tampering: { ...tampering, serverNonce },
  });
  if (answer.status === 201) device.enrolment = RegisterAnswer.parse(await answer.clone().json());
  return answer;
}

/** Content type of what {@link TestDevice.batch} makes. */
export const NDJSON = BATCH_CONTENT_TYPE;

function appendSale(device: TestDevice, sale: { amount: string; payload: string }): BuiltEntry {
  const { store_id } = must(device.enrolment, 'the device is enrolled');
  const body: SaleBody = {
    store_id,
    cashier_id: 'astrid',
    customer_reference: null,
    currency: 'SEK',
    amount_total: sale.amount,
    tenders: [{ type: 'cash', amount: sale.amount }],
    change: '0.00',
    flags: [],
    payload: sale.payload,
  };
  const entry = buildEntry({
    place: {
      device_id: device.deviceId(),
      incarnation: device.incarnation,
      lane: 'transactions',
      seq: device.entries.length + 1,
      op_id: uuidV7(systemPorts),
      kind: 'sale',
      at: new Date(systemPorts.clock.nowMs()).toISOString(),
      terminal_id: null,
      staff_id: 'astrid',
    },
    bodyLine: buildBodyLine({ salt: systemPorts.random.bytes(16), body }),
    prevHash: device.entries.at(-1)?.hash ?? GENESIS,
  });
  device.entries.push(entry);
  return entry;
}

function batchOf(device: TestDevice, firstSeq: number): Buffer {
  const entries = device.entries.slice(firstSeq - 1);
  const last = must(entries.at(-1), 'a batch has entries');
  const place = { incarnation: device.incarnation, lane: 'transactions' as const };
  const prevHash = device.entries[firstSeq - 2]?.hash ?? GENESIS;
  return buildBatch({
    head: {
      protocol: PROTOCOL_VERSION,
      boot: device.boot,
      boot_no: 1,
      first_seq: firstSeq,
      count: entries.length,
      prev_hash: Buffer.from(prevHash).toString('hex'),
      stream: {
        ...place,
        tip_seq: last.header.seq,
        tip_hash: last.hash.toString('hex'),
        acked_seq: device.lastAck?.acked_seq ?? 0,
        oldest_unacked_at: entries[0]?.header.at ?? null,
      },
      last_ack: device.lastAck ?? null,
    },
    entries,
    seal: buildSeal({
      deviceId: device.deviceId(),
      heads: [{ ...place, seq: last.header.seq, hash: last.hash.toString('hex') }],
      key: device.key,
    }),
  });
}
