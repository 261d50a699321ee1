/** A store of its own for a test, and an edge on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { generateSigningKey, toBase64Url } from '@holdfast/crypto';
import type { RegisterAnswer } from '@holdfast/protocol';
import { createLogger, loadOptions } from '@holdfast/runtime';
import { type EdgeOptions, edgeOptions } from './config/options.ts';
import { initEdge, storeKey } from './init.ts';
import { pathsOf } from './paths.ts';
import { type RunningEdge, startEdge } from './start.ts';
import type { EngineOptions } from './writer/engine.ts';

export const silent = createLogger({ level: 'silent', service: 'edge' });

/** What a hub with that root answers to a device that enrols; its generation is all `a`. */
export function registered(root = generateSigningKey()): RegisterAnswer {
  return {
    device_id: uuidV7(systemPorts),
    tenant_id: uuidV7(systemPorts),
    location_id: uuidV7(systemPorts),
    store_id: 'STHLM-001',
    store_name: 'Slussen',
    currency: 'SEK',
    time_zone: 'Europe/Stockholm',
    state: 'active',
    generation: 'a'.repeat(32),
    root_key: { key_id: root.keyId, public_key: toBase64Url(root.publicKey) },
    hub_key: { statement: '{}', signature: '' },
  };
}

/** A sale of one latte. */
export function saleText(price: string | number = '45.00', more: object = {}): string {
  const items = [{ sku: 'latte', name: 'Caffè latte', quantity: 1, unit_price: price }];
  return JSON.stringify({ cashier_id: 'astrid', items, currency: 'SEK', ...more });
}

/** A fresh data folder with a key and an empty store; `remove` when done. */
export async function testFolder(
  flags: Record<string, string> = {},
): Promise<{ options: EdgeOptions; engine: EngineOptions; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-edge-'));
  const options = loadOptions(edgeOptions, {
    env: {},
    flags: { '--data': folder, '--port': '0', '--reserve-bytes': '65536', ...flags },
  });
  await initEdge({ options, ports: systemPorts });
  const paths = pathsOf(options);
  const engine: EngineOptions = {
    store: storeKey(paths, options),
    sentinelPath: paths.sentinel,
    reservePath: paths.reserve,
    reserveBytes: options.reserveBytes,
    freeBytesMin: options.freeBytesMin,
    storeId: options.storeId,
  };
  return { options, engine, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A running edge on a fresh store, and a way to ask it with its API token. */
export async function testEdge(flags: Record<string, string> = {}): Promise<{
  edge: RunningEdge;
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}> {
  const folder = await testFolder(flags);
  const edge = await startEdge({ options: folder.options, ports: systemPorts, logger: silent });
  return {
    edge,
    ask: (path, init = {}) =>
      fetch(`${edge.url}${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${edge.apiToken}`,
          'content-type': 'application/json',
          ...init.headers,
        },
      }),
    async close() {
      await edge.close();
      folder.remove();
    },
  };
}
