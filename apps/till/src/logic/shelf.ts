/** The articles as they stand on the shelf: those of the store's currency, by category, findable. */
import { parseAmount } from '@holdfast/ui';
import type { Catalogue } from '../hooks/queries.ts';
import type { Article } from './cart.ts';

export type ShelfArticle = Article & { symbol: string; category: string; barcode: string | null };
export type Shelf = { articles: ShelfArticle[]; categories: string[]; asOf: string | null };

/** Leaves out articles of other currencies and prices that are none: a cart has one currency. */
export function shelfOf(catalogue: Catalogue | undefined, currency: string): Shelf {
  const articles = (catalogue?.items ?? []).flatMap((item) => {
    const priceMinor = item.currency === currency ? parseAmount(item.price, currency) : null;
    return priceMinor === null ? [] : [{ ...item, priceMinor }];
  });
  return { articles, categories: catalogue?.categories ?? [], asOf: catalogue?.as_of ?? null };
}

/** Articles of a category (null: all) whose name has every word of `text`, or whose code it is. */
export function findArticles(
  articles: readonly ShelfArticle[],
  { category, text }: { category: string | null; text: string },
): ShelfArticle[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  // A search looks everywhere: who types does not want to think about categories.
  const pool =
    words.length > 0 || category === null ? articles : articles.filter((a) => a.category === category);
  return pool.filter((article) => {
    const name = fold(article.name);
    return (
      words.every((word) => name.includes(word)) ||
      article.barcode === text.trim() ||
      article.sku === text.trim()
    );
  });
}

/** Lower case without accents, so that "creme" finds "Crème". */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Where an arrow key leads in a grid of `count` cells; null if the key is no arrow or leads out. */
export function gridStep(
  key: string,
  { index, count, columns }: { index: number; count: number; columns: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
  };
  const ends: Record<string, number> = { Home: 0, End: count - 1 };
  const step = steps[key];
  const next = step === undefined ? ends[key] : index + step;
  return next === undefined || next < 0 || next >= count ? null : next;
}
