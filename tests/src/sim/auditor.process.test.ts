/** The auditor sees: damage of every kind, done to a world that it has found sound, is told. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { openKey } from '@holdfast/crypto';
import { pathsOf } from '@holdfast/edge';
import Database from 'better-sqlite3-multiple-ciphers';
import { expect, test } from 'vitest';
import { audit } from './auditor.ts';
import type { Stage } from './disasters.ts';
import type { EdgeNode } from './edge-node.ts';
import { connectTo, withClient } from './hub-database.ts';
import { drawPlan } from './plan.ts';
import { randomnessOf } from './randomness.ts';
import { startServer } from './server.ts';
import { simulate } from './simulate.ts';

/** Seeds with workflows whose edges keep all they sold, on the disks they began with. */
function* plainSeeds(): Generator<number> {
  for (let seed = 1; ; seed += 1) {
    const { retentionDays, rates, workflows } = drawPlan(randomnessOf(seed)('plan'), seed);
    const disks = rates.restore_disk + rates.clone_disk + rates.restore_hub;
    if (retentionDays > 0 && disks === 0 && workflows > 0) yield seed;
  }
}

const inLedger = (sql: string) => (stage: Stage) =>
  withClient(stage.database.url, async (client) => {
    // The rules of the ledger are switched off: what shall be seen is damage from beside the product.
    await client.query('SET session_replication_role = replica');
    const { rowCount } = await client.query(sql);
    expect(rowCount).toBeGreaterThan(0);
  });

const inStore = (sql: string) => async (stage: Stage) => {
  expect(changeIn(must(stage.fleet.first[0], 'a world has edges'), sql)).toBeGreaterThan(0);
};

const inStores = (sql: string) => async (stage: Stage) => {
  const changes = stage.fleet.all.map((edge) => changeIn(edge, sql));
  expect(Math.max(...changes)).toBeGreaterThan(0);
};

function changeIn({ options }: EdgeNode, sql: string): number {
  const { database, key } = pathsOf(options);
  const opened = openKey({ text: readFileSync(key, 'utf8') });
  const db = new Database(database);
  db.pragma("cipher = 'chacha20'");
  db.key(Buffer.concat([Buffer.from('raw:'), opened.kind === 'ok' ? opened.secret : Buffer.alloc(0)]));
  const { changes } = db.prepare(sql).run();
  db.close();
  return changes;
}

/** Of a till; clerks number their references otherwise. */
const OF_A_TILL = "customer_reference NOT LIKE '%/w%'";
const ONE_BOOKING = `(SELECT booking_no FROM booking WHERE ${OF_A_TILL} ORDER BY booking_no LIMIT 1)`;

const DAMAGE: [string, (stage: Stage) => Promise<void>, RegExp][] = [
  [
    'a posting that was changed',
    inLedger(
      `UPDATE posting SET amount_minor = amount_minor + 1 WHERE line = 1 AND booking_no = ${ONE_BOOKING}`,
    ),
    /its postings do not sum to zero/,
  ],
  [
    'a booking that was doubled',
    inLedger(`INSERT INTO booking SELECT tenant_id, location_id, 999999, op_id, device_id, incarnation, lane, seq, cashier_id,
      customer_reference, currency, amount_minor, receipt_code, created_at, received_at FROM booking WHERE booking_no = ${ONE_BOOKING}`),
    /is in the ledger 2 times/,
  ],
  [
    'a booking that is gone',
    inLedger(
      `DELETE FROM booking WHERE booking_no = (SELECT max(booking_no) FROM booking WHERE booking_no < 999999 AND ${OF_A_TILL})`,
    ),
    /was saved and is not in the ledger/,
  ],
  [
    'a body at the hub',
    inLedger(`UPDATE entry SET body = convert_to(convert_from(body, 'UTF8') || ' ', 'UTF8') WHERE seq = 1`),
    /entry 1 has another body/,
  ],
  [
    'an article at the hub',
    inLedger(`UPDATE feed_item SET value = '{"sku":"x"}' WHERE value IS NOT NULL`),
    /lacks of the feed/,
  ],
  [
    'an entry of an edge that is gone',
    inStore('DELETE FROM entry WHERE entry_id = (SELECT max(entry_id) FROM entry)'),
    /ends at \d+, its row says/,
  ],
  [
    'a receipt of an edge',
    inStore("UPDATE edge_transactions SET receipt_code = '00000-00000'"),
    /the receipt code of .* is not its own/,
  ],
  ['a sale of an edge that is gone', inStore('DELETE FROM edge_transactions'), /no edge has/],
  [
    'a sale that no till made',
    async ({ book }) => book.forget(must(book.saved()[0], 'a sale').reference),
    /which no till made/,
  ],
  [
    'a workflow whose sale is gone',
    inLedger(`DELETE FROM booking WHERE NOT (${OF_A_TILL})`),
    /was sold and is not in the ledger/,
  ],
  [
    'a workflow that has not ended as it should',
    inStores(`UPDATE workflow_instance SET status = 'failed' WHERE workflow_type = 'Errand'`),
    /is failed, not completed/,
  ],
  [
    'a workflow with another state',
    inStores(`UPDATE workflow_instance SET body = replace(body, '"agreed":true', '"agreed":false')`),
    /has agreed false, not true/,
  ],
  [
    'a call that nobody heard',
    async ({ outside }) => outside.forget(must([...outside.done.keys()][0], 'a call')),
    /has ended, and \w+ was not done/,
  ],
  [
    'a call under a key of its own',
    async ({ outside }) => {
      const { asked } = must([...outside.done.values()][0], 'a call');
      const headers = { 'idempotency-key': 'another' };
      const body = Buffer.from(JSON.stringify(asked));
      await outside.handle({ method: 'POST', url: 'http://outside.sim/do', headers, body, timeoutMs: 0 });
    },
    /which no workflow has asked for/,
  ],
  [
    'what was undone in another order',
    async ({ fleet }) => {
      for (const { devices } of fleet.all) devices.deeds.reverse();
    },
    /came too late/,
  ],
  [
    'what a device did twice',
    async ({ fleet }) => {
      for (const { devices } of fleet.all) devices.deeds.push(...devices.deeds);
    },
    /was done twice/,
  ],
  [
    'a start that is gone',
    inStores('DELETE FROM workflow_instance WHERE business_key IS NOT NULL'),
    /was told to be .*, which is not there/,
  ],
  [
    'an archive that is gone',
    async ({ hub }) => {
      for (const name of readdirSync(hub.archiveFolder))
        rmSync(join(hub.archiveFolder, name), { recursive: true });
    },
    /the archive lacks/,
  ],
];

test('damage of every kind is told', async () => {
  const server = await startServer();
  const admin = await connectTo(server.url);
  try {
    const site = { admin, serverUrl: server.url, folder: server.folder };
    let looked = false;
    const look = async (stage: Stage) => {
      if (stage.world.observer.seen['workflow: compensated'] === undefined) return;
      looked = true;
      for (const [what, damage, told] of DAMAGE) {
        expect(await audit(stage), what).not.toContainEqual(expect.stringMatching(told));
        await damage(stage);
        expect(await audit(stage), what).toContainEqual(expect.stringMatching(told));
      }
    };
    for (const seed of plainSeeds()) {
      const { problems } = await simulate(site, seed, { look });
      expect(problems, `seed ${seed}`).toEqual([]);
      if (looked) break;
    }
  } finally {
    await admin.end();
    await server.stop();
  }
}, 120_000);
