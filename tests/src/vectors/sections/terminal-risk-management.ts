/** Terminal risk management: the bits it sets for an amount, a log and the counters of a card. */

import { lastLoggedAmount, manageTerminalRisk, TSI, TVR } from '@holdfast/cards';
import { Mismatch, same, type Values } from '../case-values.ts';
import { casesOf, type Section } from '../section.ts';

export const terminalRiskManagement: Section = (section) =>
  casesOf(section, 'cases', (it) => {
    const { tvr, tsi } = manageTerminalRisk({
      amount: BigInt(it.number('amount')),
      floorLimit: BigInt(it.number('floor')),
      lastAmount: lastAmountOf(it),
      velocity: velocityOf(it),
    });
    same('the TVR', TVR.write(tvr), it.hex('tvr'));
    same('the TSI', TSI.write(tsi), it.hex('tsi'));
  });

function lastAmountOf(it: Values): bigint | undefined {
  if (!it.has('log')) {
    if (it.has('pan')) it.digits('pan');
    return undefined;
  }
  const log = it.list('log').map((entry) => {
    const [token, amount] = Array.isArray(entry) ? entry : [];
    if (typeof token !== 'string' || typeof amount !== 'number')
      throw new Mismatch('an entry of the log is no pair of a number and an amount');
    return { token, amount: BigInt(amount) };
  });
  return lastLoggedAmount(log, it.text('pan'));
}

function velocityOf(it: Values) {
  if (!it.has('lower') && !it.has('upper')) return undefined;
  return {
    lowerLimit: it.number('lower'),
    upperLimit: it.number('upper'),
    atc: counterOf(it, 'atc'),
    lastOnlineAtc: counterOf(it, 'lastOnline'),
  };
}

/** A counter of null is one that the card did not tell. */
function counterOf(it: Values, name: string): number | undefined {
  return it.raw(name) === null ? undefined : it.number(name);
}
