/** A cassette: what is in it, what the machine believes is in it, and a hand that fills it or takes it out. */
import { Button, MoneyText } from '@holdfast/ui';
import { useT } from '../context.tsx';
import type { Hand } from './device-queries.ts';
import { flagOf, minorOf, numberOf, type Seen, textOf } from './device-view.ts';

const FULL_NOTES = 500;

export function CassetteRow({ cassette, hand }: { cassette: Seen; hand: Hand }) {
  const t = useT();
  const slot = numberOf(cassette, 'slot') ?? 0;
  const [notes, counted] = [numberOf(cassette, 'notes') ?? 0, numberOf(cassette, 'counted_notes') ?? 0];
  const isIn = flagOf(cassette, 'is_in');
  return (
    <li aria-label={t('dev_cassette', { slot })} className="flex flex-wrap items-center gap-2 py-2">
      <p className="min-w-28 flex-1 text-15 tabular-nums">
        <MoneyText
          amountMinor={minorOf(cassette, 'denomination_minor')}
          currency={textOf(cassette, 'currency')}
          short
          className="block text-start! font-medium"
        />
        <span className="block text-13 text-soft">
          {isIn ? t('dev_notes', { n: notes }) : t('dev_out')}
          {isIn && notes !== counted && ` · ${t('dev_counted', { n: counted })}`}
        </span>
      </p>
      <Button className="px-3" onClick={() => hand.press('miscount', { slot, notes: 1 })}>
        {t('dev_short', { slot })}
      </Button>
      <Button className="px-3" onClick={() => hand.press('fill', { slot, notes: FULL_NOTES })}>
        {t('dev_fill', { slot })}
      </Button>
      <Button
        className="px-3"
        onClick={() => hand.press(isIn ? 'remove_cassette' : 'insert_cassette', { slot })}
      >
        {isIn ? t('dev_take_out', { slot }) : t('dev_put_in', { slot })}
      </Button>
    </li>
  );
}
