import { AppError } from '@holdfast/base';
import { expect, test } from 'vitest';
import { createLogger, DO_NOT_LOG } from './logger.ts';

function capture(strict = false) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ level: 'info', service: 'edge', destination, strict }) };
}

test('lines are JSON with service, level name and ISO time', () => {
  const { lines, logger } = capture();
  logger.info({ count: 3, amount: 12n }, 'counted');
  logger.debug('not shown');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'info', service: 'edge', count: 3, amount: '12', msg: 'counted' });
  expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('members with telling names are masked at depth, also in children', () => {
  const { lines, logger } = capture();
  const request = { headers: { Authorization: 'Bearer x', accept: 'y' } };
  logger
    .child({ token: 't' })
    .info({ pin: '1', a: { claimToken: 'x', client_secret: 'x', b: { passphrase: 'x' } }, request }, 'm');
  expect(lines[0]).toMatchObject({
    token: '[redacted]',
    pin: '[redacted]',
    a: { claimToken: '[redacted]', client_secret: '[redacted]', b: { passphrase: '[redacted]' } },
    request: { headers: { Authorization: '[redacted]', accept: 'y' } },
  });
  logger.info({ pins: 4, tokens_used: 2, spin: 1 }, 'm');
  expect(lines[1]).toMatchObject({ pins: 4, tokens_used: 2, spin: 1 });
});

test('branded objects never appear, and are reported or refused', () => {
  const card = { [DO_NOT_LOG]: true, number: '4111' };
  const { lines, logger } = capture();
  logger.info({ sale: { cards: [card] } }, 'paid with %j', card);
  expect(JSON.stringify(lines)).not.toContain('4111');
  expect(lines[0]).toMatchObject({ sale: { cards: ['[redacted]'] }, do_not_log: ['sale.cards.0'] });
  expect(() => capture(true).logger.info({ card }, 'paid')).toThrow(/do-not-log value was logged at 'card'/);
});

test('errors have code, message, stack and causes', () => {
  const { lines, logger } = capture();
  const error = new AppError('offline', 'No link.', { cause: new Error('refused') });
  logger.warn({ err: error }, 'sync');
  logger.error(error);
  for (const line of lines) {
    expect(line).toMatchObject({
      err: { code: 'offline', message: 'No link.', cause: { message: 'refused' } },
    });
    expect(line.err).toHaveProperty('stack');
  }
  expect(lines[1]?.msg).toBe('No link.');
});

test('cycles end', () => {
  const { lines, logger } = capture();
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  logger.info(loop, 'round');
  expect(lines).toHaveLength(1);
});
