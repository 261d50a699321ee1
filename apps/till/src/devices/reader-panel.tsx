/** The card table: a wallet to take a card from, and a reader to insert it into, tap it on or swipe it through. */
import { Button, cx } from '@holdfast/ui';
import { CreditCard, MoveDown, Nfc, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useT } from '../context.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Card, type Device, type Hand, useHand } from './device-queries.ts';
import { flagOf, labelParts, type Seen, textOf, textsOf } from './device-view.ts';
import { PullControl } from './pull-control.tsx';
import { Wallet } from './wallet.tsx';

const OWN = ['insert', 'insert_and_pull', 'tap', 'swipe', 'pull_out', 'plug', 'unplug'];

export function ReaderPanel({ device, cards }: { device: Device; cards: readonly Card[] }) {
  const t = useT();
  const hand = useHand(device.kind);
  const [chosen, setChosen] = useState<string | null>(null);
  const seen: Seen = device.snapshot ?? {};
  const inSlot = cards.find(({ id }) => id === textOf(seen, 'card_in_slot'));
  const card = cards.find(({ id }) => id === chosen) ?? cards[0];
  const isPlugged = flagOf(seen, 'is_plugged');
  return (
    <DevicePanel icon={CreditCard} title={t('dev_reader')} device={device} hand={hand} own={OWN}>
      <ReaderFace seen={seen} cards={cards} />
      {card !== undefined && (
        <>
          <Face card={inSlot ?? card} isInSlot={inSlot !== undefined} />
          <Ways card={card} seen={seen} hand={hand} />
          <Wallet cards={cards} chosen={card.id} onChoose={setChosen} />
          <PullControl card={card.id} hand={hand} />
        </>
      )}
      <Button onClick={() => hand.press(isPlugged ? 'unplug' : 'plug')}>
        <Unplug aria-hidden size={18} /> {isPlugged ? t('dev_unplug') : t('dev_plug')}
      </Button>
    </DevicePanel>
  );
}

/** What a person sees on the reader: whether it wants a card, and which are in or on it. */
function ReaderFace({ seen, cards }: { seen: Seen; cards: readonly Card[] }) {
  const t = useT();
  const slot = textOf(seen, 'card_in_slot');
  const field = textsOf(seen, 'cards_in_field');
  const waits = textsOf(seen, 'waits_for');
  const nameOf = (id: string) => cards.find((each) => each.id === id)?.label ?? id;
  const ways = waits.map((way) =>
    way === 'chip' || way === 'contactless' || way === 'magstripe' ? t(`dev_way_${way}`) : way,
  );
  const isWaiting = waits.length > 0;
  const isEmpty = slot === '' && field.length === 0;
  return (
    <div
      role="status"
      className={cx(
        'flex min-h-24 flex-col justify-center gap-1 rounded-card border bg-sunken px-4 py-3 text-15',
        isWaiting ? 'border-accent' : 'border-line',
      )}
    >
      {isWaiting && (
        <p className="font-medium text-accent">{t('dev_reader_waits', { ways: ways.join(' · ') })}</p>
      )}
      {!isWaiting && isEmpty && <p className="font-medium text-soft">{t('dev_reader_idle')}</p>}
      {slot !== '' && <p>{t('dev_slot', { card: nameOf(slot) })}</p>}
      {field.length > 0 && <p>{t('dev_field', { card: field.map(nameOf).join(' + ') })}</p>}
      {flagOf(seen, 'is_powering_a_card') && <p className="text-13 text-soft">{t('dev_talks')}</p>}
    </div>
  );
}

/** The card that is in the slot, or else the one that is about to be used. */
function Face({ card, isInSlot }: { card: Card; isInSlot: boolean }) {
  const t = useT();
  const { name, rest } = labelParts(card.label);
  return (
    <div className="relative flex aspect-[1.9] max-h-40 flex-col justify-between rounded-card border border-line bg-ink p-4 text-paper">
      <div className="flex items-start justify-between gap-2">
        <span className="text-13 font-medium">{t(isInSlot ? 'dev_card_inside' : 'dev_card_chosen')}</span>
        {card.has_antenna && <Nfc aria-hidden size={22} />}
      </div>
      {card.has_chip && (
        <span
          aria-hidden
          className="h-7 w-9 rounded-md border border-paper bg-[repeating-linear-gradient(90deg,transparent_0_8px,currentColor_8px_9px)] opacity-70"
        />
      )}
      <div lang="en">
        <p className="text-17 font-semibold">{name}</p>
        <p className="line-clamp-2 text-13">{rest}</p>
      </div>
    </div>
  );
}

/** The first button only changes its word, so that the keyboard stays on it. */
function Ways({ card, seen, hand }: { card: Card; seen: Seen; hand: Hand }) {
  const t = useT();
  const isIn = textOf(seen, 'card_in_slot') !== '';
  const wantsChip = textsOf(seen, 'waits_for').includes('chip') && !isIn;
  const args = { card: card.id };
  return (
    <div className="grid grid-cols-3 gap-2">
      <Button
        look={wantsChip && card.has_chip ? 'primary' : 'secondary'}
        className={cx('px-2', isIn && 'col-span-3')}
        onClick={() => (isIn ? hand.press('pull_out') : hand.press('insert', args))}
      >
        {isIn && <MoveDown aria-hidden size={18} />}
        {t(isIn ? 'dev_pull' : 'dev_insert')}
      </Button>
      {!isIn && (
        <>
          <Button className="px-2" onClick={() => hand.press('tap', args)}>
            {t('dev_tap')}
          </Button>
          <Button className="px-2" onClick={() => hand.press('swipe', args)}>
            {t('dev_swipe')}
          </Button>
        </>
      )}
    </div>
  );
}
