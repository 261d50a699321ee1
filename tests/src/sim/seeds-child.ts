/** A worker of a campaign: simulates the seeds it is given, one after the other. */
import { must, systemTimers } from '@holdfast/base';
import { connectTo } from './hub-database.ts';
import { runSeeds } from './seeds.ts';
import type { Outcome, Site } from './simulate.ts';

export type ToWorker =
  | { kind: 'site'; serverUrl: string; folder: string }
  | { kind: 'seed'; seed: number }
  | { kind: 'end' };

export type FromWorker = { kind: 'ready' } | { kind: 'outcome'; outcome: Outcome };

/** By the real clock: virtual time cannot tell that it stands still. */
const HANGS_MS = 600_000;

const send = (message: FromWorker) => process.send?.(message);
let site: Site | undefined;

process.on('message', (message: ToWorker) => {
  void take(message);
});

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'site') {
    const { serverUrl, folder } = message;
    site = { admin: await connectTo(serverUrl), serverUrl, folder };
    send({ kind: 'ready' });
  } else if (message.kind === 'seed') {
    const stop = systemTimers.after(HANGS_MS, () => {
      throw new Error(`seed ${message.seed} has not ended within ${HANGS_MS / 1000} s`);
    });
    await runSeeds(must(site, 'the site comes first'), [message.seed], (outcome) =>
      send({ kind: 'outcome', outcome }),
    );
    stop();
  } else {
    await site?.admin.end();
    process.disconnect();
  }
}
