/** `holdfast edge rekey`. */
import { resolve } from 'node:path';
import { edgeOptions, rekeyEdge } from '@holdfast/edge';
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { findConfig } from '../config/config-file.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import type { Shell } from '../shell/shell.ts';

export const edgeRekey = defineCommand({
  name: 'edge rekey',
  summary:
    'Gives the store of a stopped edge a new key, and its key file another passphrase if that is asked for.',
  details:
    'Nothing in the data folder opens with the old key afterwards. Backups made before still need it: keep it with\n--keep-old-key, elsewhere. Without --passphrase-from or --clear-passphrase the passphrase stays as it is.',
  examples: [
    ['holdfast edge rekey', 'a new key; the passphrase, if there is one, stays'],
    [
      'holdfast edge rekey --passphrase-from NEW_PASSPHRASE',
      'with the passphrase in that environment variable',
    ],
    ['holdfast edge rekey --keep-old-key /mnt/usb/store.key.2026', 'for the backups made before'],
  ],
  args: {
    config: { type: 'string', description: 'Configuration file', valueHint: 'FILE' },
    'passphrase-from': {
      type: 'string',
      description: 'Environment variable with the new passphrase',
      valueHint: 'NAME',
    },
    'clear-passphrase': { type: 'boolean', description: 'Write the new key file without a passphrase' },
    'keep-old-key': { type: 'string', description: 'File to keep the present key in', valueHint: 'FILE' },
    ...optionArgs(edgeOptions),
  },
  async run(args, shell) {
    const flag = typeof args.config === 'string' ? args.config : undefined;
    const configPath = findConfig('edge', { flag, shell });
    const options = await loadCommandOptions(edgeOptions, { args, shell, configPath });
    const passphrase = passphraseOf(args, shell, options.keyPassphrase);
    const keepOldKey =
      typeof args['keep-old-key'] === 'string' ? resolve(shell.cwd, args['keep-old-key']) : undefined;
    const progress = shell.progress('Encrypting the store anew');
    try {
      const { keyFile, keyId, oldKeyId } = await rekeyEdge({
        ...{ options, ports: shell.ports, passphrase, keepOldKey },
      });
      const old =
        keepOldKey === undefined
          ? `Backups made before need the old key (${oldKeyId}), which is no longer here.`
          : `Backups made before need the old key (${oldKeyId}): ${keepOldKey}.`;
      return {
        text: [
          `The store has a new key (${keyId}) in ${keyFile}: keep a copy of that file elsewhere.`,
          old,
          'Make a backup now: holdfast edge backup.',
        ].join('\n'),
        json: { key_file: keyFile, key_id: keyId, old_key_id: oldKeyId, old_key_file: keepOldKey ?? null },
      };
    } finally {
      progress.end();
    }
  },
});

/** The new passphrase; null for none. */
function passphraseOf(
  args: Readonly<Record<string, unknown>>,
  { env }: Shell,
  present: string | undefined,
): string | null {
  const from = args['passphrase-from'];
  if (args['clear-passphrase'] === true) {
    if (from !== undefined) throw usage('--passphrase-from and --clear-passphrase contradict each other.');
    return null;
  }
  if (typeof from !== 'string') return present ?? null;
  const passphrase = env[from] ?? '';
  if (passphrase === '') throw usage(`The environment variable ${from} holds no passphrase.`);
  return passphrase;
}
