/** What a command that works on the hub itself, and not over its API, is set to. */
import { type HubSettings, hubOptions, loadHubSettings as loadSettings } from '@holdfast/hub';
import type { LogLevel } from '@holdfast/runtime';
import { findConfig } from './config/config-file.ts';
import { loadCommandOptions } from './config/option-args.ts';
import type { Shell } from './shell/shell.ts';

/** The settings of flags, environment and file, as `hub start` would have them. Throws AppError `config_invalid`. */
export async function loadHubSettings(
  args: Readonly<Record<string, unknown>>,
  shell: Shell,
): Promise<{ settings: HubSettings; logLevel: LogLevel }> {
  const flag = typeof args.config === 'string' ? args.config : undefined;
  const configPath = findConfig('hub', { flag, shell });
  const options = await loadCommandOptions(hubOptions, { args, shell, configPath });
  // What a command did is its answer; the log of a hub is for what nobody watches.
  const isQuiet = args['log-level'] === undefined && options.logLevel === 'info';
  return { settings: await loadSettings(options), logLevel: isQuiet ? 'warn' : options.logLevel };
}
