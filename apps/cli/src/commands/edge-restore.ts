/** `holdfast edge restore`. */
import { join, resolve } from 'node:path';
import { edgeOptions, restoreEdge } from '@holdfast/edge';
import { defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import { count } from '../text.ts';

export const edgeRestore = defineCommand({
  name: 'edge restore',
  summary: 'Puts a backup in the place of the store of a stopped edge.',
  details:
    'The backup is tested first. The present store is moved aside, never deleted; FILE may be one that was moved aside.\nAt its next start the edge goes on under a new incarnation: it sends again what the hub may lack, and gets back\nfrom the hub what the backup lacks. Sales that were neither in the backup nor at the hub are lost.',
  examples: [
    ['holdfast edge restore backups/edge-2026-01-31T02-00-00-000Z.db', 'of the edge of this folder'],
    ['holdfast edge restore old.db --backup-key old.key', 'one that was made before the key was changed'],
  ],
  args: {
    file: { type: 'positional', required: true, description: 'The backup', valueHint: 'FILE' },
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    'backup-key': {
      type: 'string',
      description: 'Key file of the backup, where it is not that of the store',
      valueHint: 'FILE',
    },
    force: { type: 'boolean', description: 'Restore what may be the backup of another edge' },
    ...optionArgs(edgeOptions),
  },
  async run(args, shell) {
    const flag = typeof args.config === 'string' ? args.config : undefined;
    const configPath = findConfig('edge', { flag, shell });
    const options = await loadCommandOptions(edgeOptions, { args, shell, configPath });
    const progress = shell.progress('Testing the backup, and putting it in place');
    try {
      const file = resolve(shell.cwd, String(args.file));
      const backupKey =
        typeof args['backup-key'] === 'string'
          ? { path: resolve(shell.cwd, args['backup-key']), passphrase: options.keyPassphrase }
          : undefined;
      const force = args.force === true;
      const restored = await restoreEdge({ options, ports: shell.ports, file, backupKey, force });
      const { summary, aside, unsent } = restored;
      return {
        text: [
          `The store is that of the backup now: ${count(summary.transactions, 'sale')}, walked from end to end.`,
          `What was there before is in ${aside}.`,
          ...(unsent === 0 ? [] : [shell.paint.yellow(leftBehind(unsent, aside))]),
          'Next: holdfast start. What the hub holds and the backup lacks comes back by itself.',
        ].join('\n'),
        json: { file, aside, unsent: unsent ?? null, ...summary },
      };
    } finally {
      progress.end();
    }
  },
});

/** Says that the store before had sales that are nowhere else, and the way back; or that nobody can tell. */
function leftBehind(unsent: number | undefined, aside: string): string {
  if (unsent === undefined)
    return 'It was missing or cannot be read: nobody can tell whether it held sales that are nowhere else.';
  const file = join(aside, 'edge.db');
  return `It holds ${count(unsent, 'sale')} that the hub has not acked and the backup lacks: keep it. To go back to it: holdfast edge restore ${file}`;
}
