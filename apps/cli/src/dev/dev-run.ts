/**
 * One run of everything: PostgreSQL in a guard, a hub, edges. Edges depend on neither of the others; they are told
 * where the hub will be, and sell meanwhile. All children are known from the beginning, so that stopping in the middle
 * of a start finds each of them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, must } from '@holdfast/base';
import { createEdgeClient } from '@holdfast/client';
import { DEMO_CATALOGUE, DEMO_STAFF } from '@holdfast/hub';
import type { Shell } from '../shell/shell.ts';
import type { DevReport } from './banner.ts';
import { writeEdgeConfig, writeHubConfig } from './config-files.ts';
import { type DemoHub, demoStoreId, ensureDemoStore, operatorOf } from './demo-stores.ts';
import type { DevEdge, DevOptions } from './dev-options.ts';
import { type ChildSpec, ManagedChild, type Ready } from './managed-child.ts';
import { type Orphan, quitOrphan, stopOrphan } from './postmaster.ts';
import { buildTill } from './till-build.ts';

/** How long each may take to stop, in order; together below ten seconds. */
const GRACE_MS = { edge: 4_500, hub: 2_000, postgres: 1_000 };
const ENROL_TIMEOUT_MS = 20_000;

export class DevRun {
  readonly #options: DevOptions;
  readonly #shell: Shell;
  readonly #hubUrl: string;
  readonly #postgres: ManagedChild | undefined;
  readonly #hub: ManagedChild;
  readonly #edges: readonly { edge: DevEdge; child: ManagedChild }[];
  readonly #stop = new AbortController();
  #databaseUrl: string | undefined;
  /** A PostgreSQL on the folder is this run's to stop only if it came as far as starting one. */
  #ownsFolder = false;

  constructor(options: DevOptions, shell: Shell) {
    this.#options = options;
    this.#shell = shell;
    this.#hubUrl = `http://127.0.0.1:${options.hub.port}`;
    this.#databaseUrl = options.databaseUrl;
    this.#postgres =
      options.databaseUrl === undefined
        ? this.#child(
            'postgres',
            ['postgres', 'start', '--folder', join(options.hub.folder, 'postgres')],
            (ready) => this.#useDatabase(ready.url),
          )
        : undefined;
    const { hub } = options;
    const at = ['--config', hub.configFile, '--data', hub.folder, '--port', String(hub.port)];
    this.#hub = this.#child('hub', ['hub', 'start', '--demo', ...at]);
    this.#edges = options.edges.map((edge) => {
      const place = ['--config', edge.configFile, '--data', edge.folder, '--port', String(edge.port)];
      return { edge, child: this.#child(edge.name, ['edge', 'start', '--create', ...place]) };
    });
  }

  /** Starts everything; resolves when sales can be made and reach the hub. Throws what a child failed with. */
  async start(): Promise<DevReport> {
    const { ports } = this.#shell;
    const startedMs = ports.clock.monotonicMs();
    const [, till] = await Promise.all([this.#startHub(), this.#startEdges()]);
    const hub = { baseUrl: this.#hubUrl, token: await this.#token('hub'), transport: this.#shell.transport };
    const edges: DevReport['edges'] = [];
    for (const { edge } of this.#edges)
      edges.push(await this.#welcome(edge, { hub, hasTill: till !== undefined }));
    const { folder, logsFolder } = this.#options;
    return {
      folder,
      logs_folder: logsFolder,
      ready_ms: Math.round(ports.clock.monotonicMs() - startedMs),
      hub: {
        url: this.#hubUrl,
        docs_url: `${this.#hubUrl}/docs`,
        token_file: join(this.#options.hub.folder, 'api-token'),
        config_file: this.#options.hub.configFile,
      },
      edges,
      staff: DEMO_STAFF.map((person) => ({ ...person })),
      example_sale: exampleSale(),
    };
  }

  /** Stops edges, hub and PostgreSQL, in that order, within ten seconds. */
  async stop(): Promise<void> {
    this.#stop.abort();
    // A Ctrl-C of the terminal has reached PostgreSQL too, which knows no parent to leave it to.
    this.#hub.retire();
    this.#postgres?.retire();
    await Promise.all(this.#edges.map(({ child }) => child.stop(GRACE_MS.edge)));
    await this.#hub.stop(GRACE_MS.hub);
    if (this.#postgres === undefined) return;
    await this.#postgres.stop(GRACE_MS.postgres);
    if (this.#ownsFolder) await stopOrphan(this.#orphan(), this.#shell.ports);
  }

  /** Ends everything at once. */
  force(): void {
    this.#stop.abort();
    for (const { child } of this.#edges) child.kill();
    this.#hub.kill();
    this.#postgres?.kill();
    if (this.#postgres !== undefined && this.#ownsFolder) quitOrphan(this.#orphan());
  }

  #orphan(): Orphan {
    const dataFolder = join(this.#options.hub.folder, 'postgres', 'data');
    return { dataFolder, knownPid: this.#postgres?.servicePid };
  }

  async #startHub(): Promise<void> {
    this.#ownsFolder = true;
    await writeHubConfig(this.#options);
    await this.#postgres?.start();
    await this.#hub.start();
  }

  /** Starts the edges once there is a till to serve; returns its folder. */
  async #startEdges(): Promise<string | undefined> {
    const { ports, note } = this.#shell;
    const logFile = join(this.#options.logsFolder, 'till-build.log');
    const till = await buildTill({ logFile, ports, signal: this.#stop.signal });
    if (till.outcome === 'failed' && !this.#stop.signal.aborted)
      note(`The till could not be built, the rest goes on without its changes; see ${logFile}.`);
    await Promise.all(
      this.#edges.map(async ({ edge, child }) => {
        await writeEdgeConfig(edge, { hubUrl: this.#hubUrl, tillFolder: till.folder });
        await child.start();
      }),
    );
    return till.folder;
  }

  /** Enrols an edge that is not enrolled yet, and makes the code its till pairs with. */
  async #welcome(
    edge: DevEdge,
    { hub, hasTill }: { hub: DemoHub; hasTill: boolean },
  ): Promise<DevReport['edges'][number]> {
    const url = `http://127.0.0.1:${edge.port}`;
    const client = createEdgeClient({
      baseUrl: url,
      token: await this.#token(edge.name),
      transport: this.#shell.transport,
      timeoutMs: ENROL_TIMEOUT_MS,
    });
    let status = await client.status();
    if (!status.enrolled) {
      await ensureDemoStore(hub, edge.location);
      const { claim_token } = await operatorOf(hub).createClaim(demoStoreId(edge.location));
      status = await client.enrol({ hub_url: this.#hubUrl, claim_token, device_name: edge.name });
    }
    const { pairing_code } = await client.createPairingCode();
    return {
      name: edge.name,
      url,
      till_url: hasTill ? `${url}/#pair=${pairing_code}` : null,
      docs_url: `${url}/docs`,
      token_file: join(edge.folder, 'api-token'),
      config_file: edge.configFile,
      store_id: status.store_id,
      store_name: status.store_name,
      pairing_code,
    };
  }

  /** A PostgreSQL that was started again has another port: the hub is started again to use it. */
  #useDatabase(url: string): void {
    const before = this.#databaseUrl;
    this.#databaseUrl = url;
    if (before !== undefined && before !== url) this.#hub.restart();
  }

  #child(name: string, words: readonly string[], onReady?: (ready: Ready) => void): ManagedChild {
    const { env, cwd, ports, note } = this.#shell;
    const spec: ChildSpec = {
      name,
      words,
      env: () => ({ ...env, DATABASE_URL: this.#databaseUrl }),
      cwd,
      logFile: join(this.#options.logsFolder, `${name}.log`),
    };
    return new ManagedChild(spec, { ports, note, ...(onReady !== undefined && { onReady }) });
  }

  async #token(folder: string): Promise<string> {
    const path = join(this.#options.folder, folder, 'api-token');
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (cause) {
      throw new AppError('internal', `The token file ${path} cannot be read.`, { cause });
    }
  }
}

function exampleSale(): DevReport['example_sale'] {
  const { sku, name, price } = must(DEMO_CATALOGUE[0], 'the demonstration sells something');
  return { cashier_id: DEMO_STAFF[0].staff_id, items: [{ sku, name, quantity: 2, unit_price: price }] };
}
