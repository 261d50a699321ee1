/** `holdfast hub backup`. */
import { resolve } from 'node:path';
import { backupHub, type HubBackup, type HubSettings, hubOptions } from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import { wholeNumber } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { optionArgs } from '../config/option-args.ts';
import { loadHubSettings } from '../hub-settings.ts';
import { count, size } from '../text.ts';

export const hubBackup = defineCommand({
  name: 'hub backup',
  summary: 'Copies the database of the hub, running or not, and tries the copy.',
  details:
    'Every table in one snapshot, compressed, with a manifest that the hub can tell from a forged one. The copy is\nloaded into a database of its own on the same server, compared row for row, and that database is dropped; with a\ndatabase.url this needs the right CREATEDB, or --no-test. The keys of the hub and its archive are not in a backup.',
  examples: [
    ['holdfast hub backup', 'into the folder backups in the data folder'],
    ['holdfast hub backup --to /mnt/other/hub --keep 14', 'every night; the newest fourteen stay'],
  ],
  args: {
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    to: { type: 'string', description: 'Folder of the backups', valueHint: 'FOLDER' },
    keep: { type: 'string', description: 'How many to keep; all unless given', valueHint: 'N' },
    test: { type: 'boolean', default: true, description: 'Try the backup; --no-test leaves that out' },
    ...optionArgs(hubOptions),
  },
  async run(args, shell) {
    const { settings, logLevel } = await loadHubSettings(args, shell);
    const keep = typeof args.keep === 'string' ? wholeNumber('--keep', args.keep, { min: 1 }) : undefined;
    const progress = shell.progress('Copying the database');
    try {
      const made = await backupHub({
        settings,
        ...(typeof args.to === 'string' && { to: resolve(shell.cwd, args.to) }),
        ...(keep !== undefined && { keep }),
        test: args.test !== false,
        ports: shell.ports,
        logger: createLogger({ level: logLevel, service: 'hub' }),
        onStep: (text) => progress.update(text),
      });
      return { text: renderBackup(made, settings), json: toJson(made, settings) };
    } finally {
      progress.end();
    }
  },
});

function renderBackup(made: HubBackup, settings: HubSettings): string {
  const { rows, bytes } = totals(made);
  const tried = made.tested ? 'loaded into a database of its own and found the same' : 'not tried';
  return [
    `The backup is ${made.folder}: ${count(rows, 'row')}, ${size(bytes)}, ${tried}.`,
    `Not in it: mac-key, root-key, hub-key and api-token in ${settings.dataFolder}. Keep a copy of them elsewhere.`,
    `Nor is the archive, ${settings.archiveFolder}, which a restore brings what came later from.`,
    ...made.removed.map((folder) => `Deleted: ${folder}`),
  ].join('\n');
}

function toJson(made: HubBackup, settings: HubSettings) {
  const { folder, tested, removed, manifest } = made;
  const { made_at, generation, schema_version } = manifest;
  return {
    ...{ folder, tested, made_at, generation, schema_version, ...totals(made), removed },
    keys_folder: settings.dataFolder,
    archive_folder: settings.archiveFolder,
  };
}

function totals({ manifest }: HubBackup): { rows: number; bytes: number } {
  return {
    rows: manifest.files.reduce((sum, file) => sum + file.rows, 0),
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
