/**
 * Looks at a hub from outside and says in words what state it is in. It reads and changes nothing: a PostgreSQL of its
 * own that is not running is not started for it.
 */
import { existsSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CODES, isAppError, type Ports } from '@holdfast/base';
import { LinkError, type Transport } from '@holdfast/client';
import { bad, type Finding, good, type Logger, warning } from '@holdfast/runtime';
import { backupNames } from '../backup/backup-folder.ts';
import type { HubOptions } from '../config/options.ts';
import { type HubSettings, loadSettings } from '../config/settings.ts';
import { damagedKeys, missingKeys } from '../keys.ts';
import { isMissing } from '../postgres/cluster.ts';
import { findRunning } from '../postgres/running.ts';
import { openPool } from '../store/pool.ts';
import { examineLedger } from './examine-ledger.ts';

/** Which hub is looked at, and by what means. */
export type ExamineHubInput = {
  options: HubOptions;
  ports: Ports;
  logger: Logger;
  transport: Transport;
  /** Address of the hub's own API, without a slash at its end. */
  baseUrl: string;
};

/** How long a database that does not answer is asked. */
const DATABASE_MS = 3_000;
const HEALTH_MS = 3_000;
const BACKUP_AGE_MS = 2 * 86_400_000;

/** Everything that can be said about the hub of these options, in the order in which to mend it. */
export async function examineHub(input: ExamineHubInput): Promise<Finding[]> {
  const settings = await loadSettings(input.options);
  if (!existsSync(settings.dataFolder))
    return [bad('data folder', `There is no folder ${settings.dataFolder}.`, 'Start it: holdfast hub start')];
  return [
    await examineKeys(settings),
    await examineArchive(settings),
    await examineBackups(settings, input.ports),
    await examineProcess(input),
    ...(await examineDatabase(settings, input)),
  ];
}

async function examineKeys({ dataFolder }: HubSettings): Promise<Finding> {
  const missing = await missingKeys(dataFolder);
  const damaged = await damagedKeys(dataFolder);
  const found = [
    ...(missing.length === 0 ? [] : [`Missing in ${dataFolder}: ${missing.join(', ')}.`]),
    ...(damaged.length === 0 ? [] : [`Damaged in ${dataFolder}: ${damaged.join(', ')}.`]),
  ];
  if (found.length === 0) return good('keys', `The keys are in ${dataFolder}. Keep a copy elsewhere.`);
  return bad(
    'keys',
    `${found.join(' ')} Devices trust this hub by them.`,
    'Put the files back from where their copies are kept.',
  );
}

async function examineArchive({ archiveFolder }: HubSettings): Promise<Finding> {
  try {
    await access(archiveFolder, constants.R_OK | constants.W_OK | constants.X_OK);
    return good('archive', `The archive is in ${archiveFolder}.`);
  } catch (error) {
    if (isMissing(error))
      return warning('archive', `There is no archive at ${archiveFolder} yet.`, 'The first batch makes it.');
    return bad(
      'archive',
      `The archive ${archiveFolder} cannot be written: nothing that comes in is safe.`,
      'Give the user of the hub the right to read and write it.',
    );
  }
}

async function examineBackups({ dataFolder }: HubSettings, { clock }: Ports): Promise<Finding> {
  const folder = join(dataFolder, 'backups');
  const last = (await backupNames(folder)).at(-1);
  if (last === undefined)
    return warning(
      'backup',
      `There is no backup in ${folder}. What \`--to\` put elsewhere is not seen from here.`,
      'Make one each night: holdfast hub backup',
    );
  const { mtimeMs } = await stat(join(folder, last));
  const says = `The last backup is ${last}.`;
  return clock.nowMs() - mtimeMs > BACKUP_AGE_MS
    ? warning('backup', `${says} That is more than two days ago.`, 'holdfast hub backup')
    : good('backup', says);
}

async function examineProcess({ transport, baseUrl }: ExamineHubInput): Promise<Finding> {
  try {
    const url = `${baseUrl}/health`;
    const { status } = await transport({ method: 'GET', url, headers: {}, timeoutMs: HEALTH_MS });
    if (status === 200) return good('process', `The hub answers at ${baseUrl}.`);
    if (status === 503)
      return bad('process', 'The hub answers, but its database does not.', 'See the database below.');
    return bad('process', `What answers at ${baseUrl} is not a hub (status ${status}).`, null);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return bad(
      'process',
      `Nothing answers at ${baseUrl}. Stores sell on, and keep what they sell.`,
      'holdfast hub start',
    );
  }
}

async function examineDatabase(settings: HubSettings, input: ExamineHubInput): Promise<Finding[]> {
  const { ports, logger } = input;
  const databaseUrl = settings.databaseUrl ?? (await findRunning(settings));
  if (databaseUrl === undefined)
    return [
      warning('database', 'Its PostgreSQL runs with the hub, and does not run now.', 'holdfast hub start'),
    ];
  try {
    const pool = await openPool({ databaseUrl, connectionsMax: 1, ports, logger, withinMs: DATABASE_MS });
    try {
      return await examineLedger(pool, ports.clock.nowMs());
    } finally {
      await pool.end();
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [bad('database', error.message, CODES[error.code].action)];
  }
}
