/** CVM lists: what is read is written as the same bytes. */
import { parseCvmList, toHex, writeCvmList } from '@holdfast/cards';
import { type FuzzTarget, hexBytes, holds } from '../target.ts';

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'cvm-list',
  bytesMax: 300,
  dictionary: ['1E03', '4201', '5F00', '0000', 'FFFFFFFF'].map(hexBytes),
  seeds: ['000186A0000003E81E03', '00000000000000004201440341035E0342031F03'].map(hexBytes),
  run(input) {
    const read = parseCvmList(input);
    if (!read.ok) return `refused: ${read.reason}`;
    holds(toHex(writeCvmList(read.list)) === toHex(input), 'what is read is written as it was');
    return `${read.list.x} ${read.list.y} ${read.list.rules.map(({ method }) => method).join(' ')}`;
  },
};
