/**
 * Cuts every answer of the hub that an edge reads at every byte. The edge and the hub are real, and so is each request:
 * it reaches the hub, which carries it out, and what the edge reads breaks off. An answer that a sound edge does not get
 * was kept whole before, and its beginning is put in the place of the hub's. After each cut the edge asks again and is
 * answered. A cut costs a few milliseconds: nothing is waited for but in a sample of cuts after which the line hangs.
 */
import { must } from '@holdfast/base';
import { ACTS, renewClaim, type Sweep, shortenCatalogue, untilPushed } from './asking.ts';
import { cutAt, cutUnseen, type Fault, PASS } from './faults.ts';
import { endedByClose, frame } from './http-framing.ts';
import { stillPorts } from './hurried.ts';
import { gatherOddAnswers } from './odd-answers.ts';
import { type Belief, beliefOf, judgeLedger, type ProxiedWorld, startProxiedWorld } from './proxied-world.ts';
import { SWEPT_ANSWERS, type SweptAnswer } from './swept-answers.ts';

/** What a sweep of one answer found; `problems` are sentences. */
export type SweepTally = {
  endpoint: string;
  /** Places at which the answer broke off with its connection: every byte of it, or a sample. */
  offsets: number;
  /** Further cuts: of the body alone, unseen by the transport; and followed by silence. */
  unseen: number;
  hanging: number;
  lost: number;
  doubled: number;
  problems: string[];
};

/** Every `step`-th byte and those where a part ends; 1 is every byte. */
export type SweepDensity = { step: number };

const EDGES = 3;
/** Every so many cuts one hangs. */
const HANG_EVERY = 97;
const HANG_PATIENCE_MS = 60;
const PATIENCE_MS = 5_000;
/** Sales are pushed by the sweep alone, and pauses last so long that nothing is asked but by the sweep. */
const QUIET = {
  flags: { '--sync-strategy': 'schedule', '--sync-schedule-seconds': '86400' },
  ports: stillPorts,
};
/** A batch is cut with a sale in it; of the other cuts every so many is followed by one. */
const CUTS_A_SALE = 4;

/** Sweeps every answer; `tell` hears after each one. */
export async function runTruncationSweep(input: {
  density: SweepDensity;
  signal?: AbortSignal;
  tell?: (tally: SweepTally) => void;
}): Promise<SweepTally[]> {
  const proxied = await startProxiedWorld({ edges: EDGES });
  try {
    const sweep = await prepareSweep(proxied);
    const tallies: SweepTally[] = [];
    for (const answer of SWEPT_ANSWERS) {
      if (input.signal?.aborted) break;
      const tally = await sweepAnswer(sweep, answer, input);
      input.tell?.(tally);
      tallies.push(tally);
    }
    return tallies;
  } finally {
    await proxied.close();
  }
}

async function prepareSweep(proxied: ProxiedWorld): Promise<Sweep> {
  const { world } = proxied;
  const at = await proxied.addEdge(QUIET);
  at.setPatience(PATIENCE_MS);
  await shortenCatalogue(world);
  const odd = await gatherOddAnswers(world, proxied.addProxy());
  const newcomer = await proxied.addEdge({ ...QUIET, enrol: false });
  let snapshot: Buffer | undefined;
  newcomer.proxy.setPlan(({ path }) => ({
    kind: 'answer',
    ending: 'keep',
    change: (answer) => {
      if (path === '/api/v1/sync/changes') snapshot = answer;
      return answer;
    },
  }));
  const { claim_token } = await world.operator.createClaim('STHLM-001');
  await newcomer.edge.client.enrol({ hub_url: world.hub.url, claim_token });
  await newcomer.edge.running.context.feed.look();
  await newcomer.edge.close();
  await at.sell(3);
  await untilPushed(at);
  await at.edge.running.context.feed.look();
  const kept = { ...odd, snapshot: must(snapshot, 'the first page was read') };
  return { ...at, world, kept, claim: '', cuts: 0, problems: [] };
}

async function sweepAnswer(
  sweep: Sweep,
  answer: SweptAnswer,
  { density, signal }: { density: SweepDensity; signal?: AbortSignal },
): Promise<SweepTally> {
  sweep.problems = [];
  const whole = await peek(sweep, answer);
  const made = { closed: 0, unseen: 0, hanging: 0 };
  for (const cut of cutsOf(whole, density)) {
    if (signal?.aborted) break;
    await cutOnce(sweep, answer, cut);
    made[cut.how] += 1;
  }
  await goOn(sweep, answer);
  const { lost, doubled } = await judgeLedger(sweep.world, sweep.sold);
  return {
    endpoint: answer.name,
    offsets: made.closed,
    unseen: made.unseen,
    hanging: made.hanging,
    lost: lost.length,
    doubled: doubled.length,
    problems: sweep.problems,
  };
}

function cutsOf(whole: Buffer, density: SweepDensity): Cut[] {
  const { bodyAt } = must(frame(whole), 'the answer is whole');
  const unframed = endedByClose(whole);
  const closed = offsetsUpTo(whole.length, density, bodyAt);
  const unseen = offsetsUpTo(unframed.bytes.length - unframed.bodyAt, density, 0);
  const hanging = closed.filter((_, index) => index % HANG_EVERY === HANG_EVERY - 1 || index === 1);
  const cuts = (offsets: number[], how: Cut['how']) => offsets.map((at): Cut => ({ at, how }));
  return [...cuts(closed, 'closed'), ...cuts(unseen, 'unseen'), ...cuts(hanging, 'hanging')];
}

/** 0 to `length` − 1, or a sample that has the places beside each end of a part. */
function offsetsUpTo(length: number, { step }: SweepDensity, bodyAt: number): number[] {
  const edges = new Set([0, 1, bodyAt - 1, bodyAt, bodyAt + 1, length - 2, length - 1]);
  return Array.from({ length }, (_, at) => at).filter((at) => at % step === 0 || edges.has(at));
}

/** The whole answer, as it is cut later: asked for once and let through, or the one that was kept. */
async function peek(sweep: Sweep, answer: SweptAnswer): Promise<Buffer> {
  if (answer.kept !== undefined) return sweep.kept[answer.kept];
  let seen: Buffer | undefined;
  const hit = arm(sweep, answer, {
    kind: 'answer',
    ending: 'keep',
    change: (bytes) => {
      seen = bytes;
      return bytes;
    },
  });
  await sweep.sell(1);
  await ACTS[answer.call].prepare(sweep);
  if (answer.call === 'register') await renewClaim(sweep);
  await askUntil(sweep, answer, hit);
  await goOn(sweep, answer);
  // The token is used up; with another one the edge asks to become another device.
  if (answer.call === 'register') await renewClaim(sweep);
  return must(seen, `${answer.name} was asked for`);
}

type Cut = { at: number; how: 'closed' | 'unseen' | 'hanging' };

function faultOf({ kept }: Sweep, answer: SweptAnswer, { at, how }: Cut): Fault {
  const cut = how === 'unseen' ? cutUnseen(at) : cutAt(at, how === 'closed' ? 'close' : 'hang');
  if (answer.kept === undefined || cut.kind !== 'answer') return cut;
  return { kind: 'instead', bytes: cut.change(kept[answer.kept]), ending: cut.ending };
}

/** One cut: nothing of it is believed, and afterwards everything goes on. */
async function cutOnce(sweep: Sweep, answer: SweptAnswer, cut: Cut): Promise<void> {
  const { proxy, edge } = sweep;
  const act = ACTS[answer.call];
  sweep.cuts += 1;
  if (answer.call === 'sendBatch' || sweep.cuts % CUTS_A_SALE === 0) await sweep.sell(1);
  // A kept answer is cut whatever was asked for.
  if (answer.kept === undefined) await act.prepare(sweep);
  const before = await beliefOf(edge);
  const deliveredBefore = wholeAnswers(sweep);
  const hit = arm(sweep, answer, faultOf(sweep, answer, cut));
  if (cut.how === 'hanging') sweep.setPatience(HANG_PATIENCE_MS);
  await askUntil(sweep, answer, hit);
  sweep.setPatience(PATIENCE_MS);
  const after = await beliefOf(edge);
  // Beside what this asks, the edge probes by itself: an answer that came whole may be believed.
  const others = wholeAnswers(sweep) - deliveredBefore;
  const changed = differences(before, after, others > 0);
  if (changed.length > 0)
    sweep.problems.push(`${answer.name} cut at ${cut.at} (${cut.how}) changed ${changed.join(', ')}`);
  proxy.setPlan();
  await goOn(sweep, answer);
}

function differences(before: Belief, after: Belief, heardWholeAnswers: boolean): string[] {
  const changed: string[] = [];
  for (const key of Object.keys(before) as (keyof Belief)[]) {
    const mayChange = key === 'last_contact_at' && heardWholeAnswers;
    if (before[key] !== after[key] && !mayChange) changed.push(`${key} from ${before[key]} to ${after[key]}`);
  }
  return changed;
}

function wholeAnswers({ proxy }: Sweep): number {
  let count = 0;
  for (const asked of proxy.asked) count += proxy.delivered(asked.split(' ')[1] ?? '');
  return count;
}

/** The next request for `answer` meets `fault`, and no other does; says whether it has come. */
function arm({ proxy }: Sweep, answer: SweptAnswer, fault: Fault): () => boolean {
  let hit = false;
  proxy.setPlan(({ path }) => {
    if (hit || !path.endsWith(answer.path)) return PASS;
    hit = true;
    return fault;
  });
  return () => hit;
}

const TRIES_MAX = 10;

async function askUntil(sweep: Sweep, answer: SweptAnswer, hit: () => boolean): Promise<void> {
  for (let tries = 0; !hit() && tries < TRIES_MAX; tries += 1) await ask(sweep, answer);
  if (!hit()) sweep.problems.push(`${answer.name} was not asked for`);
}

/** Asks once; how it ends is seen in what the edge believes afterwards. */
async function ask(sweep: Sweep, { call }: SweptAnswer): Promise<void> {
  await ACTS[call].ask(sweep).catch(() => undefined);
}

/** The same request again, whole this time, and the sales that wait. */
async function goOn(sweep: Sweep, { call }: SweptAnswer): Promise<void> {
  sweep.proxy.setPlan();
  await ACTS[call].finish(sweep);
  await untilPushed(sweep);
}
