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
};

/** Absolute paths of the files in the data folder. */
export function pathsOf(options: Pick<EdgeOptions, 'dataFolder' | 'keyFile'>): EdgePaths {
  const folder = resolve(options.dataFolder);
  return {
    folder,
    database: join(folder, 'edge.db'),
    key: options.keyFile === undefined ? join(folder, 'store.key') : resolve(options.keyFile),
    apiToken: join(folder, 'api-token'),
    sentinel: join(folder, 'sentinel'),
    reserve: join(folder, 'reserve'),
  };
}
