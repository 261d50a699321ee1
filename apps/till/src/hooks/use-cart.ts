/** The cart of this till, kept through reloads. */
import { useCallback, useState } from 'react';
import { useTill } from '../context.tsx';
import { type Article, addArticle, type Cart, EMPTY_CART } from '../logic/cart.ts';
import { keepCart, keptCart } from '../logic/keeping.ts';
import { uuidV7 } from '../logic/uuid.ts';

export type CartControl = {
  cart: Cart;
  change: (edit: (cart: Cart) => Cart) => void;
  add: (article: Article) => void;
  clear: () => void;
};

/** State and its keeping go together: what is on the screen is what a reload brings back. */
export function useCart(): CartControl {
  const { platform } = useTill();
  const [cart, setCart] = useState(() => keptCart(platform.lasting));
  const change = useCallback(
    (edit: (cart: Cart) => Cart) =>
      setCart((current) => {
        const next = edit(current);
        keepCart(platform.lasting, next);
        return next;
      }),
    [platform],
  );
  const add = useCallback(
    (article: Article) => change((current) => addArticle(current, { article, id: uuidV7(platform) })),
    [change, platform],
  );
  const clear = useCallback(() => change(() => EMPTY_CART), [change]);
  return { cart, change, add, clear };
}
