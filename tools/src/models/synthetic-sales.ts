/**
 * Sales that nobody made, with the answer whether each is fraud: enough like a shop's for a model to have something to
 * learn. The same seed gives the same sales. A model for a real shop is trained on that shop's outcomes.
 */
import { createVirtualPorts, type Random } from '@holdfast/base';

/** In the order in which the model takes them. */
export const FEATURES = [
  // In units of the currency.
  'amount',
  // Of the day, local time.
  'hour',
  // Since the device last reached the hub.
  'offline_minutes',
  // Earlier sales with this card on this day, at this device.
  'card_uses_today',
  // Since the last of them; a day when there was none.
  'minutes_since_last_use',
  // 1 when the number of the card was typed in.
  'is_manual_entry',
] as const;

/** `features` in the order of {@link FEATURES}. */
export type Example = { features: readonly number[]; isFraud: boolean };

const DAY_MINUTES = 1_440;

export function syntheticSales(count: number, seed: number): Example[] {
  const { random } = createVirtualPorts({ seed });
  return Array.from({ length: count }, () => draw(random));
}

function draw(random: Random): Example {
  const amount = Math.round(Math.exp(3.2 + 1.1 * gaussian(random)) * 100) / 100;
  const hour = Math.floor(random.unit() * 24);
  const offline = random.unit() < 0.7 ? 0 : Math.round(-120 * Math.log(1 - random.unit()));
  const uses = Math.floor(-1.2 * Math.log(1 - random.unit()));
  const since = uses === 0 ? DAY_MINUTES : Math.round(random.unit() * (DAY_MINUTES / (uses + 1)));
  const isManual = random.unit() < 0.08 ? 1 : 0;
  // High amounts while offline, and cards that come back at once: more than the sum of their parts.
  const risk =
    1.1 * Math.log(1 + amount / 60) * (1 + offline / 180) +
    (since < 20 ? 2.2 : 0) +
    0.5 * uses +
    1.8 * isManual +
    (hour < 5 ? 1.2 : 0);
  const isFraud = random.unit() < 1 / (1 + Math.exp(2 * (4 - risk)));
  return { features: [amount, hour, offline, uses, since, isManual], isFraud };
}

/** Box and Muller's. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}
