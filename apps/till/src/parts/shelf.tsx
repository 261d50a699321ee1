/** Everything one can sell: categories, search, articles. */
import { Button, EmptyState } from '@holdfast/ui';
import { PackageOpen, PackageSearch, PencilLine, TriangleAlert } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useT } from '../context.tsx';
import { isTyping, useKeys, useScanner } from '../hooks/use-keys.ts';
import type { Article } from '../logic/cart.ts';
import { findArticles, type Shelf as ShelfData } from '../logic/shelf.ts';
import { Age } from './age.tsx';
import { CategoryRail } from './category-rail.tsx';
import { ProductGrid } from './product-grid.tsx';
import { SearchBox } from './search-box.tsx';

export type ShelfProps = {
  shelf: ShelfData;
  query: { isPending: boolean; isError: boolean };
  currency: string;
  inCart: ReadonlyMap<string, number>;
  onAdd: (article: Article) => void;
  onCustom: () => void;
  /** A scanner read a code that no article has. */
  onUnknown: (code: string) => void;
  /** False while something floats above. */
  active: boolean;
};

/** `/` goes to the search, Enter there takes the first article found, Esc empties it; a scanner needs no search. */
export function Shelf(props: ShelfProps) {
  const { shelf, query, currency, inCart, onAdd, onCustom, onUnknown, active } = props;
  const t = useT();
  const [category, setCategory] = useState<string | null>(null);
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const found = findArticles(shelf.articles, { category, text });

  useScanner((code) => {
    // If the search had the focus, the code has been typed into it.
    setText('');
    const scanned = shelf.articles.find((article) => article.barcode === code || article.sku === code);
    if (scanned === undefined) onUnknown(code);
    else onAdd(scanned);
  }, active);
  useKeys((event) => {
    if (event.key !== '/' || isTyping(event.target)) return;
    event.preventDefault();
    search.current?.focus();
  }, active);
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      setText('');
      search.current?.blur();
    }
    const first = found[0];
    if (event.key !== 'Enter' || text.trim() === '' || first === undefined) return;
    onAdd(first);
    setText('');
  };
  const choose = (next: string | null) => {
    setCategory(next);
    setText('');
  };
  return (
    <div className="flex min-h-0 min-w-0 flex-1 max-[899px]:flex-col-reverse">
      <div className="flex min-h-0 min-w-0 flex-1 min-[900px]:flex-row max-[899px]:flex-col">
        <CategoryRail
          categories={shelf.categories}
          chosen={text === '' ? category : null}
          onChoose={choose}
        />
        <section aria-label={t('articles')} className="flex min-h-0 min-w-0 flex-1 flex-col">
          <div className="flex gap-2 border-b border-line p-3 min-[900px]:px-4">
            <SearchBox ref={search} text={text} onText={setText} onKeyDown={onSearchKey} />
            <Button onClick={onCustom} aria-label={t('custom')} className="max-[899px]:w-14 max-[899px]:px-0">
              <PencilLine aria-hidden size={20} />
              <span className="max-[899px]:hidden">{t('custom')}</span>
            </Button>
          </div>
          <Found
            found={found}
            query={query}
            text={text}
            currency={currency}
            inCart={inCart}
            onAdd={onAdd}
            onCustom={onCustom}
          />
          <p className="flex h-9 shrink-0 items-center px-4 text-13 text-soft">
            {shelf.asOf !== null && <Age at={shelf.asOf} words="prices_as_of" />}
          </p>
        </section>
      </div>
    </div>
  );
}

type FoundProps = Pick<ShelfProps, 'query' | 'currency' | 'inCart' | 'onAdd' | 'onCustom'> & {
  found: ReturnType<typeof findArticles>;
  text: string;
};

function Found({ found, query, text, currency, inCart, onAdd, onCustom }: FoundProps) {
  const t = useT();
  if (found.length > 0 || query.isPending) {
    const articles = query.isPending ? null : found;
    return <ProductGrid articles={articles} currency={currency} inCart={inCart} onAdd={onAdd} />;
  }
  const custom = <Button onClick={onCustom}>{t('custom')}</Button>;
  if (text !== '') {
    return (
      <EmptyState icon={PackageSearch} title={t('search_none', { text })} text={t('search_none_text')}>
        {custom}
      </EmptyState>
    );
  }
  const [icon, title, words] = query.isError
    ? ([TriangleAlert, t('articles_failed'), t('articles_failed_text')] as const)
    : ([PackageOpen, t('articles_none'), t('articles_none_text')] as const);
  return (
    <EmptyState icon={icon} title={title} text={words}>
      {custom}
    </EmptyState>
  );
}
