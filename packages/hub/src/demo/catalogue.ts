/** The articles of the demonstration store: a coffee bar in Stockholm. Prices are in SEK. */
import type { CatalogueItem } from '@holdfast/protocol';

type Article = [sku: string, name: string, price: string, symbol: string, barcode?: string];

const MENU: Record<string, readonly Article[]> = {
  Coffee: [
    ['COF-ESPRESSO', 'Espresso', '32.00', '☕'],
    ['COF-MACCHIATO', 'Macchiato', '36.00', '🥄'],
    ['COF-CORTADO', 'Cortado', '42.00', '🥃'],
    ['COF-CAPPUCCINO', 'Cappuccino', '46.00', '🍶'],
    ['COF-LATTE', 'Caffè latte', '49.00', '🥛'],
    ['COF-FLATWHITE', 'Flat white', '52.00', '🤍'],
    ['COF-BREW', 'Bryggkaffe', '35.00', '🫖'],
  ],
  'Tea & Cold': [
    ['TEA-BLACK', 'Earl Grey', '38.00', '🍵'],
    ['TEA-CHAI', 'Chai latte', '52.00', '🫚'],
    ['CLD-ICEDLATTE', 'Iced latte', '55.00', '🧊'],
    ['CLD-LEMONADE', 'Rabarberlemonad', '45.00', '🍋', '7310070001233'],
    ['CLD-WATER', 'Mineral water', '25.00', '💧', '7310070001240'],
  ],
  Bakery: [
    ['BAK-CINNAMON', 'Kanelbulle', '38.00', '🌀'],
    ['BAK-CARDAMOM', 'Kardemummabulle', '38.00', '🥨'],
    ['BAK-CROISSANT', 'Croissant', '36.00', '🥐'],
    ['BAK-CHOCBALL', 'Chokladboll', '29.00', '🍫'],
    ['BAK-PRINCESS', 'Prinsesstårta', '65.00', '🍰'],
  ],
  Lunch: [
    ['LUN-SHRIMP', 'Räksmörgås', '145.00', '🦐'],
    ['LUN-CHEESE', 'Ostfralla', '48.00', '🧀'],
    ['LUN-SOUP', "Today's soup", '95.00', '🍲'],
    ['LUN-SALAD', 'Halloumi salad', '119.00', '🥗'],
  ],
  Extras: [
    ['EXT-OAT', 'Oat milk', '6.00', '🌾'],
    ['EXT-SHOT', 'Extra shot', '9.00', '⚡'],
    ['EXT-BEANS', 'Beans, 250 g', '129.00', '🫘', '7310070001257'],
  ],
};

/** The catalogue, in the order of the menu. */
export const DEMO_CATALOGUE: readonly CatalogueItem[] = Object.entries(MENU)
  .flatMap(([category, articles]) =>
    articles.map(([sku, name, price, symbol, barcode]) => ({
      sku,
      name,
      price,
      currency: 'SEK',
      category,
      barcode: barcode ?? null,
      symbol,
    })),
  )
  .map((item, position) => ({ ...item, position }));
