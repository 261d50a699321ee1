/** Data object lists: as many bytes are answered as the list asks for, whatever the values are. */
import { buildDolData, dolDataLength, parseDol, parseTagList, toHex } from '@holdfast/cards';
import { type FuzzTarget, hexBytes, holds } from '../target.ts';

const VALUE = hexBytes('0102030405060708');

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'dol',
  bytesMax: 300,
  dictionary: ['9F0206', '9F3704', '9A03', '5F2A02', '95', 'FF', '9F4E14', '700A'].map(hexBytes),
  seeds: ['9F02069F03069F1A0295055F2A029A039C019F3704', '9F6604', '8A0295059F3704'].map(hexBytes),
  run(input) {
    const tags = parseTagList(input);
    const read = parseDol(input);
    if (!read.ok) return `refused: ${read.reason} ${tags.ok}`;
    const data = buildDolData(read.entries, (tag) => (tag.endsWith('2') ? VALUE : undefined));
    holds(data.length === dolDataLength(read.entries), 'as much is answered as was asked for');
    return `${tags.ok} ${read.entries.map(({ tag, length }) => `${tag}:${length}`).join(' ')} ${toHex(data)}`;
  },
};
