/**
 * The articles of a store in memory. A store sells what lies on the counter: the catalogue never refuses a sale, it
 * only tells what was unusual about it, and a broken article in it must not stop the others.
 */
import { isAppError } from '@holdfast/base';
import { toMinor } from '@holdfast/money';
import type { CatalogueItem, SaleRequest } from '@holdfast/protocol';

/** What may be unusual about a sale. */
export const SALE_FLAGS = ['free_price', 'unknown_article'] as const;
export type SaleFlag = (typeof SALE_FLAGS)[number];

export type Category = { name: string; items: CatalogueItem[] };

export type Catalogue = {
  bySku(sku: string): CatalogueItem | undefined;
  byBarcode(barcode: string): CatalogueItem | undefined;
  /** In the order in which the items name them first; items keep their order. */
  readonly categories: readonly Category[];
  /**
   * Sorted and unique: `unknown_article` if a sku is not in the catalogue, `free_price` if the price of an article
   * is not the catalogue's. Amounts must be those of a sale that could be priced; others throw as pricing would.
   */
  flagsFor(request: Pick<SaleRequest, 'items' | 'currency'>): SaleFlag[];
};

type Article = { item: CatalogueItem; priceMinor: bigint | null };

/** Indexes the items. Of two with one sku or one barcode the later is found. */
export function createCatalogue(items: readonly CatalogueItem[]): Catalogue {
  const articles = new Map<string, Article>();
  for (const item of items) articles.set(item.sku, { item, priceMinor: readPrice(item) });
  const barcodes = new Map<string, CatalogueItem>();
  const categories = new Map<string, Category>();
  for (const { item } of articles.values()) {
    if (item.barcode !== null) barcodes.set(item.barcode, item);
    const category = categories.get(item.category) ?? { name: item.category, items: [] };
    category.items.push(item);
    categories.set(item.category, category);
  }
  return {
    bySku: (sku) => articles.get(sku)?.item,
    byBarcode: (barcode) => barcodes.get(barcode),
    categories: [...categories.values()],
    flagsFor: (request) => flagsFor(articles, request),
  };
}

function flagsFor(
  articles: ReadonlyMap<string, Article>,
  { items, currency }: Pick<SaleRequest, 'items' | 'currency'>,
): SaleFlag[] {
  let freePrice = false;
  let unknownArticle = false;
  for (const { sku, unit_price } of items) {
    const article = articles.get(sku);
    if (article === undefined) unknownArticle = true;
    else if (article.item.currency !== currency || article.priceMinor !== toMinor(unit_price, currency)) {
      freePrice = true;
    }
  }
  return SALE_FLAGS.filter((flag) => (flag === 'free_price' ? freePrice : unknownArticle));
}

/** Null for a price that cannot be read: the article then has none, and every price asked for it is a free one. */
function readPrice(item: CatalogueItem): bigint | null {
  try {
    return toMinor(item.price, item.currency);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
