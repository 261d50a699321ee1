/** How an edge is brought to ask its hub, call by call, and what it takes to go on afterwards. */
import { DEMO_CATALOGUE } from '@holdfast/hub';
import { untilSynced } from '../system/constellation.ts';
import type { OddAnswer } from './odd-answers.ts';
import type { ProxiedEdge, ProxiedWorld } from './proxied-world.ts';
import type { SweptAnswer } from './swept-answers.ts';

/** Answers that were kept whole. */
export type Kept = Record<OddAnswer | 'snapshot', Buffer>;

/** The edge that asks, and what the sweep knows. */
export type Sweep = ProxiedEdge & {
  world: ProxiedWorld['world'];
  kept: Kept;
  claim: string;
  cuts: number;
  problems: string[];
};

const ARTICLES = 4;
/** How many cuts are made while the same page of own entries is outstanding. */
const CUTS_A_PULL = 16;
const PUSHES_MAX = 20;

/** Pushes until nothing waits. A link that is told to be down takes two good probes, and a push makes one. */
export async function untilPushed({ edge }: Pick<ProxiedEdge, 'edge'>): Promise<void> {
  for (let tries = 0; tries < PUSHES_MAX; tries += 1) {
    const result = await edge.running.context.sync.push().catch(() => undefined); // Refused while the link is down.
    if (result?.pending === 0) return;
  }
  await untilSynced(edge);
}

export type Act = {
  /** Before the request: what makes the edge have a reason to ask. */
  prepare(sweep: Sweep): Promise<void>;
  /** Makes the edge ask. */
  ask(sweep: Sweep): Promise<unknown>;
  /** Asks again, for good. */
  finish(sweep: Sweep): Promise<unknown>;
};

const nothing = async () => undefined;

/** By the call of the client. */
export const ACTS: Record<SweptAnswer['call'], Act> = {
  probe: { prepare: nothing, ask: probe, finish: probe },
  sendBatch: { prepare: nothing, ask: push, finish: nothing },
  sendHeartbeat: { prepare: nothing, ask: look, finish: look },
  readChanges: { prepare: changePrice, ask: look, finish: look },
  readEntries: { prepare: beginRepull, ask: pull, finish: pullAll },
  // The same token and key: the hub answers as before, and the edge goes on as who it is.
  register: { prepare: nothing, ask: enrol, finish: nothing },
};

async function probe({ edge }: Sweep): Promise<void> {
  await edge.running.context.link.probeNow();
}

async function push({ edge }: Sweep): Promise<void> {
  await edge.running.context.sync.push();
}

async function look({ edge }: Sweep): Promise<void> {
  await edge.running.context.feed.look();
}

async function enrol({ edge, proxy, claim }: Sweep): Promise<void> {
  await edge.client.enrol({ hub_url: proxy.url, claim_token: claim });
}

/** What a page of the feed holds is long, and the same again and again. */
export async function shortenCatalogue({ hub }: Sweep['world']): Promise<void> {
  for (const { sku } of DEMO_CATALOGUE.slice(ARTICLES)) {
    const answer = await fetch(`${hub.url}/api/v1/catalogue/${sku}?store_id=STHLM-001`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${hub.operatorToken}` },
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** A token that nobody has used. */
export async function renewClaim(sweep: Sweep): Promise<void> {
  const { claim_token } = await sweep.world.operator.createClaim('STHLM-001');
  sweep.claim = claim_token;
}

async function changePrice({ world, cuts }: Sweep): Promise<void> {
  const { url, operatorToken } = world.hub;
  const answer = await fetch(`${url}/api/v1/catalogue/COF-ESPRESSO?store_id=STHLM-001`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Espresso',
      price: `${cuts}.00`,
      currency: 'SEK',
      category: 'Coffee',
      symbol: '☕',
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** As after a fork one entry before the end of the stream: its last entries are asked for again. */
async function beginRepull(sweep: Sweep): Promise<void> {
  const { writer, db } = sweep.edge.running.context;
  if (db.prepare("SELECT 1 FROM stream WHERE closed_why = 'repull'").get() !== undefined) return;
  await untilPushed(sweep);
  const open = db.prepare('SELECT stream_no, tip_seq FROM stream WHERE closed_at IS NULL').get() as {
    stream_no: number;
    tip_seq: number;
  }; // The columns asked for; there is one lane.
  const seq = Math.max(1, open.tip_seq - 1);
  await writer.submit({ type: 'rewrap', why: 'fork', from: { stream_no: open.stream_no, seq } });
}

async function pull({ edge }: Sweep): Promise<boolean> {
  return await edge.running.context.repull.step();
}

async function pullAll(sweep: Sweep): Promise<void> {
  if (sweep.cuts % CUTS_A_PULL !== 0) return;
  while (await pull(sweep));
}
