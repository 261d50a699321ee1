/** `holdfast init`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '@holdfast/base';
import { edgeOptions, initEdge } from '@holdfast/edge';
import { defineCommand } from '../command.ts';
import { findConfig, writeConfig } from '../config/config-file.ts';
import type { TomlValue } from '../config/edit-toml.ts';
import { loadCommandOptions, optionArgs } from '../config/option-args.ts';
import { renderConfig } from '../config/render-config.ts';

export const init = defineCommand({
  name: 'init',
  summary: 'Makes the encrypted store of an edge and the key that opens it.',
  details:
    'A store that is there is never overwritten. With --config and no such file, one is written that explains every\noption and holds the flags given here.',
  examples: [
    ['holdfast init --config edge.toml --store-id STHLM-001', 'a store, and the file that starts it'],
    ['holdfast init --data /var/lib/holdfast', 'a store in a folder of its own'],
  ],
  args: {
    config: {
      type: 'string',
      description: 'Configuration file; written if it is missing',
      valueHint: 'FILE',
    },
    'replace-lost-store': {
      type: 'boolean',
      description: 'Give up a store that is gone, and make a new one, which is a new device',
    },
    ...optionArgs(edgeOptions),
  },
  async run(args, shell) {
    const flag = typeof args.config === 'string' ? args.config : undefined;
    const known = findConfig('edge', { flag, shell });
    const configPath = known !== undefined && existsSync(known) ? known : undefined;
    const options = await loadCommandOptions(edgeOptions, { args, shell, configPath });
    const replaceLostStore = args['replace-lost-store'] === true;
    const made = await initEdge({ options, ports: shell.ports, replaceLostStore });
    if (!made.created) {
      throw new AppError('store_exists', `There is a store in ${made.folder} already; nothing was changed.`);
    }
    const written = flag !== undefined && configPath === undefined ? resolve(shell.cwd, flag) : undefined;
    if (written !== undefined)
      await writeConfig(written, configText(args, resolve(shell.cwd, options.dataFolder)));
    const start = written === undefined ? 'holdfast start' : `holdfast edge start --config ${flag}`;
    return {
      text: [
        `The store is ready in ${made.folder}.`,
        ...(made.aside === undefined
          ? []
          : [`What was left of the lost store is in ${made.aside}. Enrol this edge again: holdfast enroll.`]),
        `Its key is ${made.keyFile}: keep a copy of it elsewhere, for nothing opens the store without it.`,
        ...(written === undefined ? [] : [`The configuration is ${written}.`]),
        `Next: ${start}`,
      ].join('\n'),
      json: {
        folder: made.folder,
        key_file: made.keyFile,
        config_file: written ?? configPath ?? null,
        aside: made.aside ?? null,
      },
    };
  },
});

/** The file holds what was said by flags, and no secret of them but the claim token's option as a comment. */
function configText(args: Readonly<Record<string, unknown>>, dataFolder: string): string {
  const values: Record<string, TomlValue> = { 'data.folder': dataFolder };
  for (const option of Object.values(edgeOptions)) {
    const value = args[option.flag.replace(/^--/, '')];
    if (value === undefined || option.key === 'data.folder' || 'secret' in option) continue;
    if (typeof value === 'boolean') values[option.key] = value;
    else if (typeof value === 'string')
      values[option.key] = typedAs('default' in option ? option.default : '', value);
  }
  return renderConfig(edgeOptions, { title: 'Configuration of a Holdfast edge.', values });
}

/** A flag's text as the kind of value the option's default has. */
function typedAs(example: unknown, text: string): TomlValue {
  if (typeof example === 'number') return Number(text);
  return Array.isArray(example) ? text.split(',').map((part) => part.trim()) : text;
}
