import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  escPosAutomaticStatus,
  escPosCut,
  escPosDrawerKick,
  escPosInitialise,
  escPosProcessId,
  escPosStatusRequest,
} from './escpos-commands.ts';
import { EscPosPaper } from './escpos-paper.ts';
import type { PaperEvent } from './escpos-paper-commands.ts';

function print(hex: string, columns = 42): PaperEvent[] {
  return new EscPosPaper(columns).print(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const LINE = { kind: 'line', align: 'left', isBold: false, isBig: false, isWrapped: false } as const;

test.each<[string, Uint8Array, string, PaperEvent]>([
  ['initialise', escPosInitialise(), '1b40', { kind: 'initialised' }],
  ['a partial cut', escPosCut('partial'), '1d5601', { kind: 'cut', cut: 'partial' }],
  ['a full cut', escPosCut('full'), '1d5600', { kind: 'cut', cut: 'full' }],
  [
    'the drawer',
    escPosDrawerKick(),
    '1b700032fa',
    { kind: 'drawer', pulse: { pin: 2, onMs: 100, offMs: 500 } },
  ],
  [
    'the second drawer',
    escPosDrawerKick({ pin: 5, onMs: 50, offMs: 510 }),
    '1b700119ff',
    { kind: 'drawer', pulse: { pin: 5, onMs: 50, offMs: 510 } },
  ],
  ['printer status', escPosStatusRequest('printer'), '100401', { kind: 'status_request', of: 'printer' }],
  ['paper status', escPosStatusRequest('paper'), '100404', { kind: 'status_request', of: 'paper' }],
  [
    'automatic status',
    escPosAutomaticStatus(['paper', 'drawer', 'buttons']),
    '1d6149',
    { kind: 'automatic_status', reports: ['drawer', 'paper', 'buttons'] },
  ],
  ['a process id', escPosProcessId('J001'), '1d284806003030 4a303031', { kind: 'process_id', id: 'J001' }],
])('%s', (_, bytes, hex, event) => {
  expect(hexOf(bytes)).toBe(hex.replaceAll(' ', ''));
  expect(print(hex)).toEqual([event]);
});

test('pulses that a drawer cannot do, and ids that are none, assert', () => {
  for (const pulse of [
    { pin: 2, onMs: 101, offMs: 500 },
    { pin: 2, onMs: 0, offMs: 500 },
    { pin: 2, onMs: 100, offMs: 512 },
    { pin: 2, onMs: 100, offMs: 98 },
  ] as const)
    expect(() => escPosDrawerKick(pulse)).toThrow();
  for (const id of ['', 'J01', 'J0001', 'J\n01', 'Jö01']) expect(() => escPosProcessId(id)).toThrow();
});

test('text is of the page that is chosen, and styles are of the line', () => {
  expect(print('1b7400 84 86 94 0a')).toEqual([{ ...LINE, text: 'äåö' }]);
  expect(print('1b7413 d5 0a 1b7410 80 20 20 0a')).toEqual([
    { ...LINE, text: '€' },
    { ...LINE, text: '€' },
  ]);
  expect(print('1b6101 1b4501 41 1b4500 0a 1b6100 42 0a')).toEqual([
    { ...LINE, align: 'center', isBold: true, text: 'A' },
    { ...LINE, text: 'B' },
  ]);
});

test('a line that is full goes on in the next one; large type is full earlier', () => {
  expect(print('41414141 0a', 3)).toEqual([
    { ...LINE, text: 'AAA', isWrapped: true },
    { ...LINE, text: 'A' },
  ]);
  expect(print('1d2111 4141 0a', 3)).toEqual([
    { ...LINE, text: 'A', isBig: true, isWrapped: true },
    { ...LINE, text: 'A', isBig: true },
  ]);
});

test('a reset loses what was half printed, and every style', () => {
  expect(print('1b4501 1d2111 41 1b40 42 0a')).toEqual([{ kind: 'initialised' }, { ...LINE, text: 'B' }]);
});

test('a QR code is printed as it was stored', () => {
  const stored = '1d286b0400314132001d286b03003143061d286b03003145311d286b05003150304142';
  expect(print(`${stored}1d286b0300315130`)).toEqual([
    { kind: 'qr', value: 'AB', align: 'left', dots: 6, level: 'M' },
  ]);
});

test.each([
  ['00', 'unknown_command'],
  ['7f', 'unknown_command'],
  ['09', 'unknown_command'],
  ['0d', 'unknown_command'],
  ['1bff', 'unknown_command'],
  ['1014010001', 'unknown_command'],
  ['1d2841020030', 'unknown_command'],
  ['1d286b03003243', 'incomplete'],
  ['1d286b0300324306', 'unknown_command'],
  ['100405', 'argument_out_of_range'],
  ['100400', 'argument_out_of_range'],
  ['1b700232fa', 'argument_out_of_range'],
  ['1b6103', 'argument_out_of_range'],
  ['1b4d01', 'argument_out_of_range'],
  ['1d2188', 'argument_out_of_range'],
  ['1d5602', 'argument_out_of_range'],
  ['1d6110', 'argument_out_of_range'],
  ['1d286b0300314311', 'argument_out_of_range'],
  ['1d286b0300314534', 'argument_out_of_range'],
  ['1d286b0300315030', 'argument_out_of_range'],
  ['1d28480600303041424308', 'argument_out_of_range'],
  ['1d2848050030304142', 'incomplete'],
  ['1b7405', 'unknown_code_page'],
  ['1d286b0300315130', 'qr_data'],
  ['1d286bffff', 'qr_data'],
  ['411d5601', 'within_a_line'],
  ['411b6101', 'within_a_line'],
])('%s: %s', (hex, reason) => {
  const paper = new EscPosPaper(42);
  const events = paper.print(Buffer.from(hex, 'hex'));
  if (reason === 'incomplete') {
    expect(events).toEqual([]);
    expect(paper.pendingBytes).toBe(hex.length / 2);
    return;
  }
  expect(events).toEqual([{ kind: 'refused', reason, at: hex.startsWith('41') ? 1 : 0 }]);
  expect(paper.print(Buffer.from('1b40', 'hex'))).toEqual([]);
});

test('bytes of any kind in chunks of any size come to the same, and to nothing but events', () => {
  const bytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(
        ...[
          '1b40',
          '0a',
          '41',
          '1b7412',
          '1d286b05003150304142',
          '1d286b0300315130',
          '100402',
          '1b700032fa',
        ].map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))),
      ),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 9 })), (parts, sizes) => {
      const all = Buffer.concat(parts);
      const once = new EscPosPaper(8);
      const events = once.print(all);
      const piecemeal = new EscPosPaper(8);
      const pieces: PaperEvent[] = [];
      for (let from = 0, turn = 0; from < all.length; turn += 1) {
        const size = sizes[turn % Math.max(1, sizes.length)] ?? 1;
        pieces.push(...piecemeal.print(all.subarray(from, from + size)));
        from += size;
      }
      expect(pieces).toEqual(events);
      expect(piecemeal.pendingBytes).toBe(once.pendingBytes);
      expect(piecemeal.pendingColumns).toBe(once.pendingColumns);
    }),
  );
});
