/** Card data that was given to the product's logger by mistake: the line is written, and nothing of the card is in it. */
import { AppError } from '@holdfast/base';
import { CardData } from '@holdfast/cards';
import { createLogger } from '@holdfast/runtime';
import { expect, test } from 'vitest';

const DIGITS = '4761739001010119';
const FORMS = [
  DIGITS,
  Buffer.from(DIGITS).toString('hex'),
  Buffer.from(DIGITS).toString('base64'),
  [...Buffer.from(DIGITS)].join(','),
];

function capture() {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ level: 'debug', service: 'edge', destination }) };
}

/** The only line, which shows the card in no form. */
function onlyLine(lines: readonly string[]): unknown {
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  for (const form of FORMS) expect(line).not.toContain(form);
  return JSON.parse(line);
}

test.each([
  ['the object', (pan: CardData) => ({ pan }), { pan: '[redacted]', do_not_log: ['pan'] }],
  [
    'nested',
    (pan: CardData) => ({ sale: { card: { pan }, total: '20.00' } }),
    { sale: { card: { pan: '[redacted]' }, total: '20.00' }, do_not_log: ['sale.card.pan'] },
  ],
  [
    'an array',
    (pan: CardData) => ({ cards: ['first', pan] }),
    { cards: ['first', '[redacted]'], do_not_log: ['cards.1'] },
  ],
  ['the whole line', (pan: CardData) => pan, { value: '[redacted]', do_not_log: ['(whole line)'] }],
] as const)('in %s it is redacted', (_where, given, written) => {
  const { lines, logger } = capture();
  logger.info(given(CardData.ofText(DIGITS)), 'paid');
  expect(onlyLine(lines)).toMatchObject({ level: 'info', msg: 'paid', ...written });
});

test('in the properties of an error and of its cause it is left out', () => {
  const pan = CardData.ofText(DIGITS);
  const cause = Object.assign(new Error('no answer'), { pan });
  const error = Object.assign(new AppError('offline', 'No link.', { cause }), { pan, cards: [pan] });
  for (const log of ['bare', 'member'] as const) {
    const { lines, logger } = capture();
    if (log === 'bare') logger.error(error);
    else logger.error({ err: error, cards: [error] }, 'No link.');
    expect(onlyLine(lines)).toMatchObject({
      msg: 'No link.',
      err: { code: 'offline', message: 'No link.', cause: { message: 'no answer' } },
    });
  }
});

test('in the arguments of a message and in the bindings of a child it is redacted', () => {
  const pan = CardData.ofText(DIGITS);
  for (const placeholder of ['%s', '%o', '%j', '%d']) {
    const { lines, logger } = capture();
    logger.warn({ till: 3 }, `card ${placeholder}`, pan);
    expect(onlyLine(lines)).toMatchObject({ level: 'warn', till: 3 });
  }
  const { lines, logger } = capture();
  logger.child({ pan }).info('read');
  expect(onlyLine(lines)).toMatchObject({ pan: '[redacted]', msg: 'read', do_not_log: ['pan'] });
});

test('what is no card data is written, so that the searches above can find something', () => {
  const { lines, logger } = capture();
  logger.info({ reference: DIGITS }, 'paid');
  expect(lines.join('')).toContain(DIGITS);
});
