/** From options to what the hub uses: contradictions are refused here, before anything is opened. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '@holdfast/base';
import { isLoopback } from '@holdfast/runtime';
import type { HubOptions } from './options.ts';

/** What a hub runs with. Paths are absolute. */
export type HubSettings = {
  dataFolder: string;
  postgresFolder: string;
  archiveFolder: string;
  host: string;
  port: number;
  publicAuthorities: readonly string[];
  /** Undefined: the hub runs a PostgreSQL of its own in `postgresFolder`. */
  databaseUrl: string | undefined;
  /** PEM texts. */
  tls: { cert: string; key: string } | undefined;
  insecureLan: boolean;
};

/** The settings of `options`. Throws AppError `config_invalid`. */
export async function loadSettings(options: HubOptions): Promise<HubSettings> {
  const tls = await loadTls(options);
  if (!isLoopback(options.host) && tls === undefined && !options.insecureLan) {
    throw new AppError(
      'config_invalid',
      `Listening on ${options.host} needs tls.cert and tls.key, or insecure_lan: tokens would travel in the clear.`,
    );
  }
  const dataFolder = resolve(options.data);
  return {
    dataFolder,
    postgresFolder: join(dataFolder, 'postgres'),
    archiveFolder: resolve(options.archiveFolder ?? join(dataFolder, 'archive')),
    host: options.host,
    port: options.port,
    publicAuthorities: options.publicAuthorities,
    databaseUrl: options.databaseUrl,
    tls,
    insecureLan: options.insecureLan,
  };
}

async function loadTls({ tlsCert, tlsKey }: HubOptions): Promise<HubSettings['tls']> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new AppError('config_invalid', 'tls.cert and tls.key go together; one of them is missing.');
  }
  return { cert: await readPem('tls.cert', tlsCert), key: await readPem('tls.key', tlsKey) };
}

async function readPem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('config_invalid', `${option} cannot be read: ${path}`, { cause: error });
  }
}
