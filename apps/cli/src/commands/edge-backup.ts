/** `holdfast edge backup`. */
import { resolve } from 'node:path';
import { type Backup, backupEdge, edgeOptions, listBackups, pathsOf } from '@holdfast/edge';
import { wholeNumber } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import { age, count, size, table } from '../text.ts';

export const edgeBackup = defineCommand({
  name: 'edge backup',
  summary: 'Copies the store of the edge, running or not, and tests that the copy can be restored.',
  details:
    'The copy is encrypted under the key of the store, which is not in it: keep a copy of the key file, elsewhere.\nA manifest beside it says what it holds. Give backups another disk than the store: --to FOLDER.',
  examples: [
    ['holdfast edge backup', 'into the folder backups beside the store'],
    ['holdfast edge backup --to /mnt/usb/holdfast --keep 14', 'every night; the newest fourteen stay'],
    ['holdfast edge backup --list', 'those there are'],
  ],
  args: {
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    to: { type: 'string', description: 'Folder of the backups', valueHint: 'FOLDER' },
    keep: { type: 'string', description: 'How many to keep; all unless given', valueHint: 'N' },
    list: { type: 'boolean', description: 'List the backups, and make none' },
    ...optionArgs(edgeOptions),
  },
  async run(args, shell) {
    const flag = typeof args.config === 'string' ? args.config : undefined;
    const configPath = findConfig('edge', { flag, shell });
    const options = await loadCommandOptions(edgeOptions, { args, shell, configPath });
    const folder = typeof args.to === 'string' ? resolve(shell.cwd, args.to) : pathsOf(options).backups;
    if (args.list === true) {
      const backups = listBackups(folder);
      const json = { folder, backups: backups.map(({ file, manifest }) => ({ file, ...manifest })) };
      return { text: renderBackups(backups, { folder, nowMs: shell.ports.clock.nowMs() }), json };
    }
    const keep = typeof args.keep === 'string' ? wholeNumber('--keep', args.keep, { min: 1 }) : undefined;
    const progress = shell.progress('Copying the store, and walking the copy');
    try {
      const made = await backupEdge({ options, ports: shell.ports, folder, keep });
      const { file, manifest, keyFile, deleted } = made;
      const text = [
        `The backup is ${file}: ${count(manifest.transactions, 'sale')}, ${size(manifest.bytes)}, walked from end to end.`,
        `It opens with ${keyFile}, which is not in it: keep a copy of that file elsewhere.`,
        ...deleted.map((path) => `Deleted: ${path}`),
      ].join('\n');
      return { text, json: { file, key_file: keyFile, deleted, ...manifest } };
    } finally {
      progress.end();
    }
  },
});

/** The list for people. */
function renderBackups(
  backups: readonly Backup[],
  { folder, nowMs }: { folder: string; nowMs: number },
): string {
  if (backups.length === 0) return `There is no backup in ${folder}.`;
  const rows = backups.map(({ file, manifest }) => [
    `${age(manifest.made_at, nowMs)} ago`,
    String(manifest.transactions),
    size(manifest.bytes),
    manifest.key_id,
    file,
  ]);
  return table(['Made', 'Sales', 'Size', 'Key', 'File'], rows, [1, 2]);
}
