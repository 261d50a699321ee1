/** The cards of the wallet by their labels, which name the PIN; numbers are never shown. */
import { Tile } from '@holdfast/ui';
import { useState } from 'react';
import { useT } from '../context.tsx';
import { Scroller } from '../parts/scroller.tsx';
import type { Card } from './device-queries.ts';
import { cardsLike, labelParts } from './device-view.ts';
import { Entry } from './entry.tsx';

export type WalletProps = { cards: readonly Card[]; chosen: string; onChoose: (id: string) => void };

export function Wallet({ cards, chosen, onChoose }: WalletProps) {
  const t = useT();
  const [search, setSearch] = useState('');
  const found = cardsLike(cards, search);
  return (
    <div className="flex flex-col gap-2">
      <Entry label={t('dev_wallet_find')} value={search} maxLength={64} onText={setSearch} />
      <Scroller
        label={t('dev_wallet')}
        className="max-h-72 overflow-y-auto rounded-card border border-line p-2"
      >
        {found.length === 0 && <p className="p-3 text-15 text-soft">{t('dev_wallet_none')}</p>}
        <ul className="flex flex-col gap-2">
          {found.map((card) => (
            <li key={card.id}>
              <CardTile card={card} selected={card.id === chosen} onChoose={() => onChoose(card.id)} />
            </li>
          ))}
        </ul>
      </Scroller>
    </div>
  );
}

function CardTile({ card, selected, onChoose }: { card: Card; selected: boolean; onChoose: () => void }) {
  const t = useT();
  const { name, rest } = labelParts(card.label);
  const lacks = [
    ...(card.has_chip ? [] : [t('dev_no_chip')]),
    ...(card.has_antenna ? [] : [t('dev_no_antenna')]),
  ];
  return (
    <Tile selected={selected} onClick={onChoose} className="flex min-h-14 w-full flex-col px-3 py-2">
      <span className="text-15 font-medium">{name}</span>
      <span className="text-13 text-soft">{[rest, ...lacks].filter((each) => each !== '').join(' · ')}</span>
    </Tile>
  );
}
