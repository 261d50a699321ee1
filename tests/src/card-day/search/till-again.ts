/** The edge of a till after its day, as it runs in a shop: started anew on its folder, enrolled, and brought to a hub. */
import { appendFileSync } from 'node:fs';
import { systemPorts } from '@holdfast/base';
import { createEdgeClient, type EdgeClient, fetchTransport } from '@holdfast/client';
import { type EdgeOptions, edgeOptions, examineEdge, openEdgeExport, startEdge } from '@holdfast/edge';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { until } from '../../system/constellation.ts';
import { type Ask, askOf } from './api-answers.ts';

/** Beyond the day of the test: what the store holds is to be searched, so it is not pruned. */
const RETENTION_DAYS = '3650';
const SYNC_MS = 60_000;

export type TillAgain = {
  readonly client: EdgeClient;
  readonly ask: Ask;
  /** Sends a body of JSON with the token of the API. */
  post(path: string, body: object): Promise<Response>;
  /** Enrols it, unless it is, and waits until the hub has acked everything. */
  sync(claimToken?: string): Promise<void>;
  /** What a look at edge, store and hub says, every page of the store included. */
  examine(): Promise<Buffer>;
  close(): Promise<void>;
};

/** Starts the edge of a data folder; lines of its logger are appended to `logFile`. */
export async function startTillAgain(of: {
  folder: string;
  logFile: string;
  hubUrl: string;
  hasDevices?: boolean;
}): Promise<TillAgain> {
  const { folder, logFile, hubUrl, hasDevices = false } = of;
  const options = edgeOptionsOf(folder, {
    ...{ '--hub-url': hubUrl, '--hardware-simulated': String(hasDevices) },
  });
  const edge = await startEdge({
    options,
    ports: systemPorts,
    logger: createLogger({
      ...{ level: 'debug', service: 'edge', strict: true },
      destination: { write: (line) => appendFileSync(logFile, line) },
    }),
  });
  const { url, apiToken } = edge;
  const client = createEdgeClient({ baseUrl: url, token: apiToken, transport: fetchTransport });
  const headers = { authorization: `Bearer ${apiToken}` };
  return {
    client,
    ask: askOf(url, apiToken),
    post: async (path, body) =>
      await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async sync(claimToken) {
      if (claimToken !== undefined) await client.enrol({ hub_url: hubUrl, claim_token: claimToken });
      const isAcked = async () => (await client.status()).lanes.every((lane) => lane.pending === 0);
      await until('the hub has acked everything', isAcked, SYNC_MS);
    },
    async examine() {
      const outside = { ports: systemPorts, transport: fetchTransport };
      const findings = await examineEdge({ options, ...outside, baseUrl: url, pages: true });
      return Buffer.from(JSON.stringify(findings));
    },
    close: () => edge.close(),
  };
}

/** The records of the store of a data folder as `holdfast export` writes them, one a line. */
export async function exportOf(folder: string): Promise<Buffer> {
  const source = openEdgeExport({ options: edgeOptionsOf(folder), clock: systemPorts.clock });
  try {
    const lines: string[] = [];
    for await (const record of source.records()) lines.push(JSON.stringify(record));
    return Buffer.from(lines.join('\n'));
  } finally {
    source.close();
  }
}

/** The options of the edge of a data folder. */
export function edgeOptionsOf(folder: string, flags: Record<string, string> = {}): EdgeOptions {
  const own = {
    '--data': folder,
    '--port': '0',
    '--reserve-bytes': '65536',
    '--retention-days': RETENTION_DAYS,
  };
  return loadOptions(edgeOptions, { env: {}, flags: { ...own, ...flags } });
}
