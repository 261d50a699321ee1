/** Which file `holdfast config` works on, and the table its keys come from. */

import { resolve } from 'node:path';
import { edgeOptions } from '@holdfast/edge';
import { hubOptions } from '@holdfast/hub';
import type { Option, OptionTable } from '@holdfast/runtime';
import { nearest } from '@holdfast/runtime';
import type { ArgsDef } from 'citty';
import { usage } from '../check-words.ts';
import type { Shell } from '../shell/shell.ts';
import { findConfig } from './config-file.ts';

/** Flags of the `config` commands. */
export const CONFIG_ARGS = {
  config: { type: 'string', description: 'The file; edge.toml unless given', valueHint: 'FILE' },
  hub: { type: 'boolean', description: 'The options are those of a hub, the file hub.toml' },
} satisfies ArgsDef;

/** A file, which may not be there yet, and what may stand in it. */
export type ConfigTarget = { path: string; options: OptionTable; title: string };

/** The target that the flags name. */
export function configTarget(
  args: { config?: string | undefined; hub?: boolean | undefined },
  shell: Pick<Shell, 'cwd'>,
): ConfigTarget {
  const kind = args.hub === true ? 'hub' : 'edge';
  return {
    path: findConfig(kind, { flag: args.config, shell }) ?? resolve(shell.cwd, `${kind}.toml`),
    options: kind === 'hub' ? hubOptions : edgeOptions,
    title: `Configuration of a Holdfast ${kind}.`,
  };
}

/** The option of a key. Throws AppError `usage` with the nearest known key. */
export function optionOf(target: ConfigTarget, key: string): Option {
  const known = Object.values(target.options);
  const found = known.find((option) => option.key === key);
  if (found !== undefined) return found;
  const near = nearest(
    key,
    known.map((option) => option.key),
  );
  throw usage(
    `Unknown option '${key}'${near === undefined ? '.' : `; is '${near}' meant?`} See: holdfast config list`,
  );
}
