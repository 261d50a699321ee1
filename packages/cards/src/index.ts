export { CardData } from './card-data.ts';
export { readCompressed, readNumeric, writeCompressed, writeNumeric } from './encoding/bcd.ts';
export { fromHex, parseHex, toHex } from './encoding/hex.ts';
