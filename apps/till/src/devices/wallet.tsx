/** The cards of the wallet by their labels, which name the PIN; numbers are never shown. */
import { cx } from '@holdfast/ui';
import { useState } from 'react';
import { useT } from '../context.tsx';
import type { Card } from './device-queries.ts';
import { cardsLike, labelParts } from './device-view.ts';
import { Entry } from './entry.tsx';

export type WalletProps = { cards: readonly Card[]; chosen: string; onChoose: (id: string) => void };

/** One stop of the Tab key for all cards; the arrows go from one to the next. */
export function Wallet({ cards, chosen, onChoose }: WalletProps) {
  const t = useT();
  const [search, setSearch] = useState('');
  const found = cardsLike(cards, search);
  return (
    <div className="flex flex-col gap-2">
      <Entry label={t('dev_wallet_find')} value={search} maxLength={64} onText={setSearch} />
      <fieldset className="max-h-72 overflow-y-auto rounded-card border border-line p-2">
        <legend className="sr-only">{t('dev_wallet')}</legend>
        {found.length === 0 && <p className="p-3 text-15 text-soft">{t('dev_wallet_none')}</p>}
        <div className="flex flex-col gap-2">
          {found.map((card) => (
            <CardChoice
              key={card.id}
              card={card}
              isChosen={card.id === chosen}
              onChoose={() => onChoose(card.id)}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

type CardChoiceProps = { card: Card; isChosen: boolean; onChoose: () => void };

/** The button of the choice is the whole tile, unseen: what scrolls to it shows all of it. */
function CardChoice({ card, isChosen, onChoose }: CardChoiceProps) {
  const t = useT();
  const { name, rest } = labelParts(card.label);
  const lacks = [
    ...(card.has_chip ? [] : [t('dev_no_chip')]),
    ...(card.has_antenna ? [] : [t('dev_no_antenna')]),
  ];
  return (
    <label
      className={cx(
        'relative flex min-h-14 flex-col rounded-card border bg-surface px-3 py-2 hover:border-line-strong',
        isChosen ? 'border-accent outline-2 -outline-offset-2 outline-accent' : 'border-line',
        'has-[:focus-visible]:outline-3 has-[:focus-visible]:-outline-offset-1 has-[:focus-visible]:outline-accent',
      )}
    >
      <input
        type="radio"
        name="card"
        checked={isChosen}
        onChange={onChoose}
        className="absolute inset-0 cursor-pointer opacity-0"
      />
      <span lang="en" className="text-15 font-medium">
        {name}
      </span>
      <span className="text-13 text-soft">
        {rest !== '' && <span lang="en">{rest}</span>}
        {rest !== '' && lacks.length > 0 && ' · '}
        {lacks.join(' · ')}
      </span>
    </label>
  );
}
