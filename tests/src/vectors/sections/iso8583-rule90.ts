/** The parts of field 90, original data elements, against the sentence that a vector file says them in. */
import { encodeOriginalData } from '@holdfast/cards';
import { same } from '../compare.ts';

const ORIGINAL = {
  mti: '0200',
  systemTraceAuditNumber: '123456',
  transmissionDateTime: '0102030405',
  acquirer: '12345678901',
  forwarder: '10987654321',
};

/** The sentence names the digits of each part and of the whole. */
export function checkRule90(rule: string): void {
  const lengths = [...rule.matchAll(/\((\d+)\)/g)].map(([, length]) => Number(length));
  const text = encodeOriginalData(ORIGINAL);
  same(
    'the number of digits',
    `DE90 ${text.length} digits`,
    rule.replace(/^(DE\d+) = .* = (\d+ digits)$/, '$1 $2'),
  );
  same(
    'the lengths',
    lengths,
    Object.values(ORIGINAL).map(({ length }) => length),
  );
  let from = 0;
  const parts = lengths.map((length) => {
    from += length;
    return text.slice(from - length, from);
  });
  same('the parts', parts, Object.values(ORIGINAL));
}
