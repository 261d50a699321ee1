/** Articles as tiles. Arrow keys walk the grid; Tab goes past it. */
import { cx, MoneyText, Skeleton, Tile } from '@holdfast/ui';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { useT } from '../context.tsx';
import type { Article } from '../logic/cart.ts';
import { gridStep, type ShelfArticle } from '../logic/shelf.ts';

export type ProductGridProps = {
  /** Null while they load. */
  articles: readonly ShelfArticle[] | null;
  currency: string;
  /** How many pieces of each article lie in the cart, by its SKU. */
  inCart: ReadonlyMap<string, number>;
  onAdd: (article: Article) => void;
};

const GRID =
  'grid content-start gap-2 overflow-y-auto p-3 min-[900px]:gap-3 min-[900px]:p-4 flex-1 min-h-0 grid-cols-[repeat(auto-fill,minmax(148px,1fr))] max-[899px]:grid-cols-[repeat(auto-fill,minmax(108px,1fr))]';

/** One tile is in the tab order, as in every grid. */
export function ProductGrid({ articles, currency, inCart, onAdd }: ProductGridProps) {
  const t = useT();
  const [active, setActive] = useState(0);
  if (articles === null) {
    return (
      <div className={GRID} role="status" aria-label={t('loading')}>
        {Array.from({ length: 12 }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity but their place.
          <Skeleton key={place} className="h-34.5" />
        ))}
      </div>
    );
  }
  const current = Math.min(active, articles.length - 1);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = gridStep(logicalKey(event), {
      index: current,
      count: articles.length,
      columns: columnsOf(event.currentTarget),
    });
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    event.currentTarget.querySelectorAll('button')[next]?.focus();
  };
  return (
    <ul className={GRID} onKeyDown={onKeyDown}>
      {articles.map((article, index) => (
        <li key={article.sku} className="grid min-w-0">
          <ArticleTile
            article={article}
            currency={currency}
            pieces={inCart.get(article.sku) ?? 0}
            inTabOrder={index === current}
            onFocus={() => setActive(index)}
            onAdd={onAdd}
          />
        </li>
      ))}
    </ul>
  );
}

type ArticleTileProps = {
  article: ShelfArticle;
  currency: string;
  pieces: number;
  inTabOrder: boolean;
  onFocus: () => void;
  onAdd: (article: Article) => void;
};

function ArticleTile({ article, currency, pieces, inTabOrder, onFocus, onAdd }: ArticleTileProps) {
  const onClick = (event: MouseEvent) => {
    onAdd(article);
    // After a tap, Enter pays: it must not go into a search field that still has the focus.
    if (event.detail > 0 && document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  };
  return (
    <Tile
      tabIndex={inTabOrder ? 0 : -1}
      onFocus={onFocus}
      onClick={onClick}
      className="relative flex min-h-34.5 min-w-0 flex-col overflow-hidden active:translate-y-px"
    >
      <Picture article={article} />
      {pieces > 0 && <Pieces count={pieces} />}
      <span className="flex min-w-0 flex-1 flex-col justify-between gap-1 p-2.5 pt-2">
        <span className="line-clamp-2 text-15 leading-tight font-medium text-balance break-words hyphens-auto max-[899px]:text-13">
          {article.name}
        </span>
        <MoneyText amountMinor={article.priceMinor} currency={currency} className="text-15 text-soft" />
      </span>
    </Tile>
  );
}

/** The cart has it: seen where the finger is, and on a phone the only place. The cart itself says it in words. */
function Pieces({ count }: { count: number }) {
  return (
    <span
      aria-hidden
      className="absolute end-2 top-2 grid h-7 min-w-7 place-items-center rounded-full bg-text px-2 text-13 font-semibold text-ground tabular-nums"
    >
      {count}
    </span>
  );
}

/** The article's own symbol, or its first letter. */
function Picture({ article }: { article: ShelfArticle }) {
  const own = article.symbol.trim();
  return (
    <span
      aria-hidden
      className={cx(
        'grid h-14 shrink-0 place-items-center bg-sunken',
        own === '' ? 'text-22 font-semibold text-soft' : 'text-32',
      )}
    >
      {own === '' ? [...article.name][0]?.toUpperCase() : own}
    </span>
  );
}

/** Left and right change places in a right-to-left script. */
function logicalKey(event: KeyboardEvent<HTMLElement>): string {
  if (getComputedStyle(event.currentTarget).direction !== 'rtl') return event.key;
  const mirrored: Record<string, string> = { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' };
  return mirrored[event.key] ?? event.key;
}

function columnsOf(grid: HTMLElement): number {
  return getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}
