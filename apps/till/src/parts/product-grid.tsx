/** Articles as tiles. Arrow keys walk the grid; Tab goes past it. */
import { MoneyText, Skeleton, Tile } from '@holdfast/ui';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { useT } from '../context.tsx';
import type { Article } from '../logic/cart.ts';
import { gridStep, type ShelfArticle } from '../logic/shelf.ts';

export type ProductGridProps = {
  /** Null while they load. */
  articles: readonly ShelfArticle[] | null;
  currency: string;
  onAdd: (article: Article) => void;
};

const GRID =
  'grid content-start gap-2 overflow-y-auto p-3 min-[900px]:gap-3 min-[900px]:p-4 flex-1 min-h-0 grid-cols-[repeat(auto-fill,minmax(148px,1fr))] max-[899px]:grid-cols-[repeat(auto-fill,minmax(108px,1fr))]';

/** One tile is in the tab order, as in every grid. */
export function ProductGrid({ articles, currency, onAdd }: ProductGridProps) {
  const t = useT();
  const [active, setActive] = useState(0);
  if (articles === null) {
    return (
      <div className={GRID} role="status" aria-label={t('loading')}>
        {Array.from({ length: 12 }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity but their place.
          <Skeleton key={place} className="h-32" />
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
        <li key={article.sku} className="grid">
          <ArticleTile
            article={article}
            currency={currency}
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
  inTabOrder: boolean;
  onFocus: () => void;
  onAdd: (article: Article) => void;
};

function ArticleTile({ article, currency, inTabOrder, onFocus, onAdd }: ArticleTileProps) {
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
      className="flex min-h-35 flex-col p-3 active:translate-y-px"
    >
      <Picture article={article} />
      <span className="mt-auto line-clamp-2 pt-2 text-15 leading-tight font-medium text-balance break-words">
        {article.name}
      </span>
      <MoneyText amountMinor={article.priceMinor} currency={currency} className="pt-1 text-15 text-soft" />
    </Tile>
  );
}

/** The article's own symbol, or its first letter. */
function Picture({ article }: { article: ShelfArticle }) {
  const own = article.symbol.trim();
  return own === '' ? (
    <span
      aria-hidden
      className="grid size-11 place-items-center rounded-lg bg-sunken text-22 font-semibold text-soft"
    >
      {[...article.name][0]?.toUpperCase()}
    </span>
  ) : (
    <span aria-hidden className="flex h-11 items-center text-32">
      {own}
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
