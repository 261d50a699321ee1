/**
 * A chain of tills with its hub, in processes and files as they are in shops, and everything that is to be searched
 * afterwards: copies of the data folders at three times, logs, answers, exports, and what went over the line.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemPorts } from '@holdfast/base';
import { backupEdge } from '@holdfast/edge';
import { DEMO_STORE } from '@holdfast/hub';
import { query } from '../../support/postgres.ts';
import type { DayRemains } from '../day-remains.ts';
import type { DayTill } from '../day-till.ts';
import { type Ask, answersOf, askOf } from './api-answers.ts';
import type { Piece } from './haystack.ts';
import { type HubProcess, startHubProcess } from './hub-process.ts';
import { playAtPage } from './page-payment.ts';
import { PLACES, type Scene, type TillScene } from './places.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { openStore, storeKeyIn } from './store-rows.ts';
import { edgeOptionsOf, exportOf, startTillAgain, type TillAgain } from './till-again.ts';

/** A scene that is still being played. */
export type LiveScene = Scene & {
  readonly folder: string;
  readonly hub: HubProcess;
  readonly proxy: RecordingProxy;
  readonly tills: TillScene[];
  readonly collected: Piece[];
  readonly folders: string[];
};

/** Starts the hub and the proxy before it, in a folder that PostgreSQL's user can enter. */
export async function openScene({ folder }: { folder: string }): Promise<LiveScene> {
  const proxy = await startRecordingProxy();
  const hub = await startHubProcess({ folder, authority: proxy.authority });
  proxy.setTarget(hub.port);
  return { folder, hub, proxy, tills: [], collected: [], folders: [], recordings: proxy.recordings };
}

export async function closeScene({ hub, proxy }: LiveScene): Promise<void> {
  await hub.stop();
  await proxy.close();
}

/** While the store of the day is open: asks the API of a till and copies its folder. */
export async function lookIn(scene: LiveScene, till: DayTill, remains: DayRemains): Promise<void> {
  const { app, context } = till.edge;
  const headers = { authorization: `Bearer ${context.apiToken}` };
  await askTill(scene, till.name, async (path) => await app.request(path, { headers }));
  const { folder, logFile, printed } = remains;
  scene.tills.push({
    name: till.name,
    folders: [folder, copyOf(folder, 'data-evening')],
    logFiles: [logFile],
    printed: [...printed],
  });
}

/** After the day: starts a till with its devices and pays at their page, entering `pin`, which is not the card's. */
export async function payAtPage(scene: LiveScene, remains: DayRemains, pin: string): Promise<void> {
  const till = await startTill(scene, remains, { hasDevices: true });
  try {
    const answers = await playAtPage(till, pin);
    for (const [index, text] of answers.entries())
      scene.collected.push({
        ...{ place: PLACES.tillAnswers, part: `page, answer ${index + 1}` },
        bytes: Buffer.from(text),
      });
    await askTill(scene, 'a till with devices', till.ask);
  } finally {
    await till.close();
  }
}

/** Has a till send everything to the hub, asks, examines and backs it up, copies its folder, and exports its store. */
export async function bringToHub(scene: LiveScene, remains: DayRemains): Promise<void> {
  const { folder } = remains;
  const name = basename(dirname(folder));
  const { claim_token } = await scene.hub.operator.createClaim(DEMO_STORE.store_id);
  const till = await startTill(scene, remains);
  try {
    await till.sync(claim_token);
    await askTill(scene, name, till.ask);
    scene.collected.push({ place: PLACES.exports, part: `${name}, doctor`, bytes: await till.examine() });
    await backupEdge({ options: edgeOptionsOf(folder), ports: systemPorts });
    scene.tills.find((each) => each.folders.includes(folder))?.folders.push(copyOf(folder, 'data-night'));
  } finally {
    await till.close();
  }
  scene.collected.push({ place: PLACES.exports, part: name, bytes: await exportOf(folder) });
}

/** Asks the hub, exports and backs it up, and has PostgreSQL write everything to its files. */
export async function settleHub({ folder, hub, collected }: LiveScene): Promise<void> {
  const { url, operatorToken } = hub;
  const ask = askOf(url, operatorToken);
  collected.push(...(await answersOf({ place: PLACES.hubAnswers, name: 'hub', ask, values: {} })));
  const file = join(folder, 'ledger.ndjson.gz');
  await hub.run('export', '--hub', '--archive', join(hub.folder, 'archive'), '--to', file);
  collected.push({ place: PLACES.exports, part: 'ledger', bytes: readFileSync(file) });
  await hub.run('hub', 'backup', '--no-test');
  await query(hub.databaseUrl, 'CHECKPOINT');
}

/** Starts the edge of a till again; it reaches the hub through the proxy, and its lines go on in the same log. */
export async function startTill(
  { proxy }: LiveScene,
  { folder, logFile }: DayRemains,
  more: { hasDevices?: boolean } = {},
): Promise<TillAgain> {
  return await startTillAgain({ folder, logFile, hubUrl: proxy.url, ...more });
}

/** Keeps what the API of a till answers. */
export async function askTill({ collected }: LiveScene, name: string, ask: Ask): Promise<void> {
  const transactions = await listed(ask, '/edge/transactions', 'transactions');
  const workflows = await listed(ask, '/edge/workflows', 'workflows');
  const values = {
    id: transactions.map((row) => String(row.edge_transaction_id)),
    instance_id: workflows.map((row) => String(row.instance_id)),
    workflow_type: [...new Set(workflows.map((row) => String(row.workflow_type)))],
  };
  collected.push(...(await answersOf({ place: PLACES.tillAnswers, name, ask, values })));
}

const LIST_MAX = 500;

type Row = Record<string, unknown>;

async function listed(ask: Ask, path: string, member: string): Promise<Row[]> {
  const answer: Record<string, Row[]> = await (await ask(`${path}?limit=${LIST_MAX}`)).json();
  const rows = answer[member];
  if (!Array.isArray(rows)) throw new Error(`${path} does not list ${member}`);
  return rows;
}

/**
 * A copy of a data folder beside it, its edge running or not. A reader keeps the log from being begun anew meanwhile; and
 * another process copies, for this one would give up the locks of its store with the file that it closes.
 */
function copyOf(folder: string, name: string): string {
  const copy = join(dirname(folder), name);
  const reader = openStore(join(folder, 'edge.db'), storeKeyIn(folder));
  try {
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM meta').get();
    execFileSync('cp', ['-a', folder, copy]);
    reader.exec('ROLLBACK');
  } finally {
    reader.close();
  }
  return copy;
}
