/** Flags of a command, made of a table of options: an option is described once. */
import { loadOptions, type OptionTable, type OptionValues } from '@holdfast/runtime';
import type { ArgsDef } from 'citty';
import type { Shell } from '../shell/shell.ts';
import { readConfig } from './config-file.ts';

/** One flag for each option of `table`, but those in `without`. */
export function optionArgs(table: OptionTable, without: readonly string[] = []): ArgsDef {
  const options = Object.values(table).filter(({ flag }) => !without.includes(flag));
  return Object.fromEntries(
    options.map((option) => [
      option.flag.replace(/^--/, ''),
      {
        type: typeof option.default === 'boolean' ? ('boolean' as const) : ('string' as const),
        description: `${option.describe}${showDefault(option.default)}`,
      },
    ]),
  );
}

/**
 * The options of `table` for a command: its flags over the environment over the file at `configPath`. Flags of the
 * command that are no options are ignored. Throws AppError `config_invalid`.
 */
export async function loadCommandOptions<T extends OptionTable>(
  table: T,
  {
    args,
    shell,
    configPath,
  }: { args: Readonly<Record<string, unknown>>; shell: Shell; configPath: string | undefined },
): Promise<OptionValues<T>> {
  const flags: Record<string, string | undefined> = {};
  for (const { flag } of Object.values(table)) {
    const value = args[flag.replace(/^--/, '')];
    if (typeof value === 'string' || typeof value === 'boolean') flags[flag] = String(value);
  }
  const file = configPath === undefined ? undefined : await readConfig(configPath);
  return loadOptions(table, { file, env: shell.env, flags });
}

function showDefault(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
  return text === '' || value === false ? '' : ` (default ${text})`;
}
