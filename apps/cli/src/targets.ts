/** Which running edge or hub a command talks to, and with which token. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '@holdfast/base';
import {
  createEdgeClient,
  createHubOperatorClient,
  type EdgeClient,
  type HubOperatorClient,
} from '@holdfast/client';
import { edgeOptions } from '@holdfast/edge';
import { hubOptions } from '@holdfast/hub';
import type { ArgsDef } from 'citty';
import { findConfig, isMissing } from './config/config-file.ts';
import { loadCommandOptions } from './config/option-args.ts';
import type { Shell } from './shell/shell.ts';

/** Flags of every command that talks to a running process. */
export const TARGET_ARGS = {
  config: {
    type: 'string',
    description: 'Configuration file it runs with, to find address and token',
    valueHint: 'FILE',
  },
  url: { type: 'string', description: 'Its address, instead of the configured one', valueHint: 'URL' },
  token: { type: 'string', description: 'Its token, instead of the file api-token in its data folder' },
} satisfies ArgsDef;

type TargetArgs = { config?: string | undefined; url?: string | undefined; token?: string | undefined };

/** Where a process answers and what it wants to see. */
export type Target = { baseUrl: string; token: string };

/** A client of the edge that the flags and the configuration name. */
export async function openEdge(args: TargetArgs, shell: Shell, timeoutMs?: number): Promise<EdgeClient> {
  const target = await edgeTarget(args, shell);
  return createEdgeClient({
    ...target,
    transport: shell.transport,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** A client of the hub that the flags and the configuration name. */
export async function openHub(args: TargetArgs, shell: Shell): Promise<HubOperatorClient> {
  const configPath = findConfig('hub', { flag: args.config, shell });
  const options = await loadCommandOptions(hubOptions, { args: {}, shell, configPath });
  return createHubOperatorClient({
    baseUrl: args.url === undefined ? addressOf(options) : checkedUrl(args.url),
    token: args.token ?? (await readToken(resolve(shell.cwd, options.data))),
    transport: shell.transport,
  });
}

async function edgeTarget(args: TargetArgs, shell: Shell): Promise<Target> {
  const configPath = findConfig('edge', { flag: args.config, shell });
  const options = await loadCommandOptions(edgeOptions, { args: {}, shell, configPath });
  return {
    baseUrl: args.url === undefined ? addressOf(options) : checkedUrl(args.url),
    token: args.token ?? (await readToken(resolve(shell.cwd, options.dataFolder))),
  };
}

/** An address without the slash at its end. Throws AppError `usage` for what is none. */
export function checkedUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new AppError('usage', `'${text}' is no address; one such as http://127.0.0.1:4100 is expected.`);
  return text.replace(/\/+$/, '');
}

/** Where a process with these options answers, as seen from this machine; without a slash at its end. */
export function addressOf(options: { host: string; port: number; tlsCert?: string | undefined }): string {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const host = everywhere[options.host] ?? (options.host.includes(':') ? `[${options.host}]` : options.host);
  return `${options.tlsCert === undefined ? 'http' : 'https'}://${host}:${options.port}`;
}

async function readToken(folder: string): Promise<string> {
  const path = join(folder, 'api-token');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const why = isMissing(cause) ? 'There is no token file' : 'The token file cannot be read:';
    throw new AppError('config_invalid', `${why} ${path}. Say --config FILE or --token TOKEN.`, { cause });
  }
}
