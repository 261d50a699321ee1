/** Runs one seed, twice, and shows what happened in it. */
import { connectTo } from './hub-database.ts';
import { startServer } from './server.ts';
import { simulate } from './simulate.ts';

/** True when the seed is sound and did the same both times. `trace` prints every event of the first run to stdout. */
export async function runOne(options: { seed: number; trace: boolean; json: boolean }): Promise<boolean> {
  const { seed, trace, json } = options;
  const server = await startServer();
  const admin = await connectTo(server.url);
  try {
    const site = { admin, serverUrl: server.url, folder: server.folder };
    const show = (line: string) => process.stdout.write(`${line}\n`);
    const startedMs = performance.now();
    const first = await simulate(site, seed, trace ? { show } : {});
    const tookMs = Math.round(performance.now() - startedMs);
    const second = await simulate(site, seed);
    const isSame = first.traceHash === second.traceHash;
    for (const problem of first.problems) process.stderr.write(`${problem}\n`);
    if (!isSame) process.stderr.write('A second run of the seed did something else.\n');
    const { sales, virtualMs, seen, problems } = first;
    const failed = problems.length > 0 || !isSame ? 1 : 0;
    if (json) process.stdout.write(`${JSON.stringify({ seen })}\n`);
    process.stdout.write(
      json
        ? `${JSON.stringify({ seeds: 1, sales, failed, failing_seeds: failed ? [seed] : [] })}\n`
        : `seed ${seed}: ${sales} sales in ${Math.round(virtualMs / 1000)} virtual seconds, ${tookMs} ms, ${failed ? 'FAILED' : 'sound'}\n`,
    );
    return failed === 0;
  } finally {
    await admin.end();
    await server.stop();
  }
}
