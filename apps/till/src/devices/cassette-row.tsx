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
  const name = t('dev_cassette', { slot });
  const isIn = flagOf(cassette, 'is_in');
  return (
    <li aria-label={name} className="grid grid-cols-3 gap-2 py-3">
      <p className="col-span-3 flex items-baseline justify-between gap-2 text-15 tabular-nums">
        <MoneyText
          amountMinor={minorOf(cassette, 'denomination_minor')}
          currency={textOf(cassette, 'currency')}
          short
          className="font-medium"
        />
        <span className="text-13 text-soft">
          {isIn ? t('dev_notes', { n: notes }) : t('dev_out')}
          {isIn && notes !== counted && ` · ${t('dev_counted', { n: counted })}`}
        </span>
      </p>
      <Deed word={t('dev_short')} name={name} onDo={() => hand.press('miscount', { slot, notes: 1 })} />
      <Deed word={t('dev_fill')} name={name} onDo={() => hand.press('fill', { slot, notes: FULL_NOTES })} />
      <Deed
        word={isIn ? t('dev_take_out') : t('dev_put_in')}
        name={name}
        onDo={() => hand.press(isIn ? 'remove_cassette' : 'insert_cassette', { slot })}
      />
    </li>
  );
}

/** Named with its cassette, since there are several. */
function Deed({ word, name, onDo }: { word: string; name: string; onDo: () => void }) {
  return (
    <Button className="px-2" aria-label={`${word}: ${name}`} onClick={onDo}>
      {word}
    </Button>
  );
}
