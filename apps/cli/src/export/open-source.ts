/** Where an export comes from: the edge of the configuration, the hub's, an archive alone, or a file. */
import { opendir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { edgeOptions, openEdgeExport } from '@holdfast/edge';
import { exportArchive, hubOptions, openHubExport } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import type { ExportRecord } from '@holdfast/verify';
import type { ArgsDef } from 'citty';
import { usage } from '../check-words.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions } from '../config/option-args.ts';
import type { Shell } from '../shell/shell.ts';
import { readExportFile } from './export-file.ts';

/** Flags that name the source. */
export const SOURCE_ARGS = {
  config: { type: 'string', description: 'Configuration file of the edge or the hub', valueHint: 'FILE' },
  data: {
    type: 'string',
    description: 'Its data folder, instead of the configured one',
    valueHint: 'FOLDER',
  },
  hub: { type: 'boolean', description: 'The ledger of the hub, not the store of the edge' },
  archive: {
    type: 'string',
    description: 'The archive in this folder; by itself, or with --hub together with the ledger',
    valueHint: 'FOLDER',
  },
} satisfies ArgsDef;

type SourceArgs = {
  config?: string | undefined;
  data?: string | undefined;
  hub?: boolean | undefined;
  archive?: string | undefined;
  export?: string | undefined;
};

/** A source that is open; `records` are read once. */
export type Source = {
  /** For people: what is read. */
  name: string;
  records: AsyncIterable<string | ExportRecord>;
  macKey: Uint8Array | undefined;
  close(): Promise<void>;
};

/** Opens the source that the flags name. `withArchive`: that of the hub's configuration comes with its ledger. */
export async function openSource(
  args: SourceArgs,
  shell: Shell,
  { withArchive }: { withArchive: boolean },
): Promise<Source> {
  const { ports } = shell;
  const archive = args.archive === undefined ? undefined : resolve(shell.cwd, args.archive);
  // A folder that is not there would pass for an archive that has lost everything.
  if (archive !== undefined) await (await opendir(archive)).close();
  if (args.export !== undefined) {
    if (args.hub === true || archive !== undefined || args.data !== undefined)
      throw usage('--export names a file by itself; it goes without --hub, --archive and --data.');
    const path = resolve(shell.cwd, args.export);
    return opened(path, readExportFile(path));
  }
  if (args.hub === true) return openHubSource(args, shell, { archive, withArchive });
  if (archive !== undefined && args.data !== undefined)
    throw usage('--archive names a folder by itself; --data goes with it only where --hub does.');
  if (archive !== undefined) return opened(archive, exportArchive(archive, { nowMs: ports.clock.nowMs() }));
  const configPath = findConfig('edge', { flag: args.config, shell });
  const options = await loadCommandOptions(edgeOptions, { args: { data: args.data }, shell, configPath });
  const store = openEdgeExport({ options, clock: ports.clock });
  return opened('the store of the edge', store.records(), async () => store.close());
}

async function openHubSource(
  args: SourceArgs,
  shell: Shell,
  { archive, withArchive }: { archive: string | undefined; withArchive: boolean },
): Promise<Source> {
  const configPath = findConfig('hub', { flag: args.config, shell });
  const options = await loadCommandOptions(hubOptions, { args: { data: args.data }, shell, configPath });
  const logger = createLogger({ level: 'silent', service: 'export' });
  const ledger = await openHubExport({ options, ports: shell.ports, logger });
  const folder = archive ?? (withArchive ? ledger.archiveFolder : undefined);
  const name =
    folder === undefined ? 'the ledger of the hub' : `the ledger of the hub, and its archive ${folder}`;
  return { name, records: ledger.records(folder), macKey: ledger.macKey, close: () => ledger.close() };
}

function opened(
  name: string,
  records: Source['records'],
  close: () => Promise<void> = async () => {},
): Source {
  return { name, records, macKey: undefined, close };
}
