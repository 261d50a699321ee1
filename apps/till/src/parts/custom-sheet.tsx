/** A custom article: any name, any price. A store sells what lies on the counter. */
import { Button, parseAmount, Sheet } from '@holdfast/ui';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import type { Article } from '../logic/cart.ts';
import { settled } from '../logic/entry.ts';
import { Field } from './field.tsx';
import { PriceEntry } from './price-entry.tsx';

/** The code under which the edge and the hub see articles that are in no catalogue. */
const CUSTOM_SKU = 'custom';

export type CustomSheetProps = { currency: string; onAdd: (article: Article) => void; onClose: () => void };

/** A price is needed; without a name it is called "Article". */
export function CustomSheet({ currency, onAdd, onClose }: CustomSheetProps) {
  const t = useT();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const priceMinor = parseAmount(settled(text), currency);
  const ready = priceMinor !== null && priceMinor > 0n;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    onAdd({ sku: CUSTOM_SKU, name: name.trim() || t('custom_name_default'), priceMinor });
    onClose();
  };
  return (
    <Sheet open onClose={onClose} title={t('custom')} closeLabel={t('close')}>
      <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
        <Field
          label={t('custom_name')}
          value={name}
          maxLength={200}
          placeholder={t('custom_name_default')}
          onChange={(event) => setName(event.target.value)}
        />
        <PriceEntry label={t('custom_price')} text={text} onText={setText} currency={currency} />
        <Button type="submit" look="primary" size="large" disabled={!ready}>
          {t('custom_add')}
        </Button>
      </form>
    </Sheet>
  );
}
