/**
 * Deals the payments of a day to the tills of a chain. Every scene of the table is played a few times; the rest of the day
 * are payments that are approved, as on most days. A card that has paid little is preferred: there are as many of each as
 * tills. Some cards pay again and again, until their counters say no.
 */
import { must } from '@holdfast/base';
import { seeded } from '../support/seeded.ts';
import { DAY_SCENES, type DayCase, type Scene } from './day-cases.ts';

const ROUNDS = 4;
/** Cases that one card plays so many times in a row: beyond its limits by contact, and beyond those of taps. */
const SPREES: readonly (readonly [name: string, times: number])[] = [
  ['no verification', 8],
  ['PIN checked by the card', 8],
  ['tap of American Express', 5],
  ['never online', 9],
];

type Load = { cases: DayCase[]; uses: Map<string, number> };

/** The payments of each till, in their order; `payments` of them in all. */
export function planDay(of: { seed: number; tills: number; payments: number }): (readonly DayCase[])[] {
  const random = seeded(of.seed);
  const tills = Array.from({ length: of.tills }, (): Load => ({ cases: [], uses: new Map() }));
  const deal = (scene: Scene) => {
    const [{ card }] = scene;
    const burden = ({ cases, uses }: Load) => (uses.get(card) ?? 0) * of.payments + cases.length;
    const least = Math.min(...tills.map(burden));
    const till = random.pick(tills.filter((each) => burden(each) === least));
    till.cases.push(...scene);
    till.uses.set(card, (till.uses.get(card) ?? 0) + scene.length);
  };
  const rounds = Array.from({ length: ROUNDS }, () => DAY_SCENES).flat();
  // Scenes of several payments are about a card that has not paid yet.
  for (const scene of [...sprees(), ...rounds.filter((each) => each.length > 1)]) deal(scene);
  const single = rounds.filter((scene) => scene.length === 1);
  const dealt = tills.reduce((sum, { cases }) => sum + cases.length, 0) + single.length;
  const approved = DAY_SCENES.filter(([first, ...more]) => first.end === 'approved' && more.length === 0);
  const drawn = Array.from({ length: of.payments - dealt }, () => random.pick(approved));
  const order = [...single, ...drawn].map((scene) => ({ scene, at: random.unit() }));
  for (const { scene } of order.toSorted((a, b) => a.at - b.at)) deal(scene);
  return tills.map(({ cases }) => cases);
}

function sprees(): Scene[] {
  return SPREES.map(([name, times]) => {
    const [of] = must(
      DAY_SCENES.find(([first]) => first.name === name),
      `the table has "${name}"`,
    );
    return [of, ...Array.from({ length: times - 1 }, () => of)];
  });
}
