/** A hub in a process of its own, with its embedded PostgreSQL. */
import { must, systemPorts } from '@holdfast/base';
import { hubOptions, startHub } from '@holdfast/hub';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { serveParent } from './child.ts';
import { usageNow } from './usage.ts';

/** `authority` is a name of the hub beside its address: that of a proxy. */
export type HubSettings = { folder: string; authority?: string };

export type HubReady = { url: string; operatorToken: string; databaseUrl: string };

await serveParent('bench-hub', async (settings: HubSettings, signal: AbortSignal) => {
  const { folder, authority } = settings;
  const name = authority === undefined ? {} : { 'public-authorities': authority };
  const flags = { data: folder, port: '0', 'log-level': 'error', ...name };
  const options = loadOptions(hubOptions, { env: {}, flags });
  const logger = createLogger({ level: options.logLevel, service: 'hub' });
  const hub = await startHub({ options, ports: systemPorts, logger, signal });
  const ready: HubReady = {
    url: hub.url,
    operatorToken: hub.operatorToken,
    databaseUrl: must(hub.context.postgres, 'without a database.url the hub runs its own').url,
  };
  return { ready, answer: usageNow, close: () => hub.close() };
});
