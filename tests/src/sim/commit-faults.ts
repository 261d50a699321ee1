/**
 * Where the commits of an edge can go wrong: the process is killed before a command is written, before its COMMIT, or
 * after it and before anybody is answered; or the COMMIT throws, done or not done.
 */
import type { Command } from '@holdfast/edge';
import Database from 'better-sqlite3-multiple-ciphers';
import { Killed } from './life.ts';
import { isSometimes } from './sometimes.ts';
import type { World } from './world.ts';

type Kind = Command['type'];

export type CommitFaults = {
  /** A command is about to be handed to the writer. Throws {@link Killed} when the process ends here. */
  onSubmit(kind: Kind): void;
  /** Runs the COMMIT of commands of these kinds, or does what it will to it. */
  aroundCommit(kinds: readonly Kind[], commit: () => void): void;
};

/** Sales are many and the rest is rare: a fault that strikes all alike would never meet the rest. */
const STRIKES: Partial<Record<Kind, number>> = {
  sale: 1,
  ack: 10,
  feed: 12,
  hub_marks: 10,
  attention: 4,
  workflow: 1,
  workflow_definition: 12,
};
const STRIKES_OTHERS = 40;

export function createCommitFaults(
  world: World,
  edge: { name: string; kill(): void; isDiskFull(): boolean },
): CommitFaults {
  const random = world.randomFor(`commits of ${edge.name}`);
  const { rates } = world.plan;
  const { observer } = world;
  const strikes = (rate: number, kind: Kind) =>
    world.isFaulty() && random.chance(Math.min(0.4, rate * (STRIKES[kind] ?? STRIKES_OTHERS)));
  const killAt = (kind: Kind, place: string): never => {
    const name = `crash: ${kind} ${place}`;
    if (isSometimes(name)) observer.saw(name);
    edge.kill();
    throw new Killed();
  };
  const mayKill = (kind: Kind) => strikes(0.008 * rates.crash, kind);
  return {
    onSubmit(kind) {
      if (mayKill(kind)) killAt(kind, 'submitted');
    },
    aroundCommit(kinds, commit) {
      const kind = kinds.find((each) => each !== 'sale') ?? 'sale';
      if (mayKill(kind)) killAt(kind, 'before commit');
      if (strikes(0.02 * rates.doubt, kind)) {
        observer.saw('commit at the edge in doubt: absent');
        throw new Database.SqliteError('simulated', edge.isDiskFull() ? 'SQLITE_FULL' : 'SQLITE_IOERR_FSYNC');
      }
      commit();
      if (mayKill(kind)) killAt(kind, 'after commit');
      if (strikes(0.02 * rates.doubt, kind)) {
        observer.saw('commit at the edge in doubt: present');
        throw new Database.SqliteError('simulated', 'SQLITE_IOERR_FSYNC');
      }
    },
  };
}
