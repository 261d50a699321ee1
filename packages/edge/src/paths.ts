/** Where an edge keeps its files. */
import { join, resolve } from 'node:path';
import type { EdgeOptions } from './config/options.ts';

export type EdgePaths = {
  folder: string;
  database: string;
  key: string;
  apiToken: string;
  sentinel: string;
  reserve: string;
  /** Where backups go unless told otherwise. */
  backups: string;
  /** Definitions of workflows. */
  workflows: string;
  /** Models and modules for their steps. */
  models: string;
  modules: string;
  /** What simulated devices remember. */
  devices: string;
  /** The database that is about to take the place of the present one, and its key. */
  nextDatabase: string;
  nextKey: string;
  /** While it is there, the next database is whole, and takes that place at the next start at the latest. */
  swap: string;
};

/** Absolute paths of the files in the data folder. */
export function pathsOf(
  options: Pick<EdgeOptions, 'dataFolder' | 'keyFile'> &
    Partial<Pick<EdgeOptions, 'workflowFolder' | 'workflowModelFolder' | 'workflowModuleFolder'>>,
): EdgePaths {
  const folder = resolve(options.dataFolder);
  const key = options.keyFile === undefined ? join(folder, 'store.key') : resolve(options.keyFile);
  const { workflowFolder, workflowModelFolder, workflowModuleFolder } = options;
  const within = (name: string, given: string | undefined) =>
    given === undefined ? join(folder, name) : resolve(given);
  return {
    folder,
    database: join(folder, 'edge.db'),
    key,
    apiToken: join(folder, 'api-token'),
    sentinel: join(folder, 'sentinel'),
    reserve: join(folder, 'reserve'),
    backups: join(folder, 'backups'),
    workflows: within('workflows', workflowFolder),
    models: within('models', workflowModelFolder),
    modules: within('modules', workflowModuleFolder),
    devices: join(folder, 'devices'),
    nextDatabase: join(folder, 'edge.db.next'),
    nextKey: `${key}.next`,
    swap: join(folder, 'swap.json'),
  };
}
