/**
 * The pool of a simulated hub. Between a hub and PostgreSQL a COMMIT can be lost on its way, or its answer can; and the
 * hub can be killed at any query. What was killed hears nothing more: its queries never answer, and its transaction is
 * rolled back, as PostgreSQL does when a connection ends.
 */
import type { Pool, PoolClient } from 'pg';
import type { Seeded } from '../support/seeded.ts';
import type { World } from './world.ts';

/** As the product calls it: a text or a statement, with or without values. */
type Query = (...given: readonly unknown[]) => Promise<unknown>;

type Killing = { world: World; random: Seeded; kill(): void; isKilled(): boolean };

const NEVER = new Promise<never>(() => undefined);

/** A pool over `pool` for one life of a hub. */
export function faultyPool(pool: Pool, killing: Killing): Pool {
  const { world } = killing;
  const own = {
    query: (...given: readonly unknown[]) => {
      if (killing.isKilled()) return NEVER;
      return world.scheduler.atWork(queryOf(pool)(...given));
    },
    connect: async () => {
      if (killing.isKilled()) return NEVER;
      return faultyClient(await world.scheduler.atWork(pool.connect()), killing);
    },
  };
  // Everything else is the pool's own; the overloads of the two functions cannot be spelled.
  return Object.assign(Object.create(pool), own) as Pool;
}

function faultyClient(client: PoolClient, killing: Killing): PoolClient {
  const { world, random } = killing;
  const { rates } = world.plan;
  const ask = (...given: readonly unknown[]) => world.scheduler.atWork(queryOf(client)(...given));
  const die = async () => {
    killing.kill();
    await ask('ROLLBACK');
    client.release();
    return await NEVER;
  };
  const strikes = (rate: number) => world.isFaulty() && random.chance(rate);
  const commit = async () => {
    if (strikes(0.02 * rates.hub_crash)) {
      world.observer.saw('crash of the hub: before commit');
      return await die();
    }
    if (strikes(0.05 * rates.hub_doubt)) {
      world.observer.saw('commit at the hub in doubt: absent');
      await ask('ROLLBACK');
      throw new Error('Connection terminated unexpectedly');
    }
    const done = await ask('COMMIT');
    if (strikes(0.02 * rates.hub_crash)) {
      world.observer.saw('crash of the hub: after commit');
      return await die();
    }
    if (strikes(0.05 * rates.hub_doubt)) {
      world.observer.saw('commit at the hub in doubt: present');
      throw new Error('Connection terminated unexpectedly');
    }
    return done;
  };
  const own = {
    query: (...given: readonly unknown[]) => {
      if (killing.isKilled()) return NEVER;
      if (given[0] === 'COMMIT') return commit();
      if (!strikes(0.003 * rates.hub_crash)) return ask(...given);
      world.observer.saw('crash of the hub: in a request');
      return die();
    },
    release: (broken?: Error) => client.release(broken),
  };
  return Object.assign(Object.create(client), own) as PoolClient; // As above.
}

function queryOf(target: Pool | PoolClient): Query {
  return target.query.bind(target) as Query; // One of its overloads, whichever fits what was given.
}
