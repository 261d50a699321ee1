/** The share of a campaign that one process runs: its seeds one after the other, some of them twice. */
import { type Outcome, type Site, simulate } from './simulate.ts';

/** One seed in so many runs twice, and the one after it, and must do the same both times. */
const TWICE_EVERY = 40;

/** Runs the seeds in order; `tell` hears each outcome. */
export async function runSeeds(
  site: Site,
  seeds: Iterable<number>,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  for (const seed of seeds) {
    const outcome = await simulate(site, seed);
    if (seed % TWICE_EVERY < 2) {
      const again = await simulate(site, seed);
      if (again.traceHash !== outcome.traceHash)
        outcome.problems.push(`a second run did something else: ${outcome.traceHash} and ${again.traceHash}`);
    }
    tell(outcome);
  }
}
