import { readdirSync, readFileSync } from 'node:fs';
import { createVirtualPorts } from '@holdfast/base';
import { describe, expect, it } from 'vitest';
import { MODULE_BYTES_MAX, PAGES_MAX, refusalOf, TABLE_ENTRIES_MAX } from './module-bounds.ts';
import { type ModuleParts, section, text, unsigned, wasmModule } from './testing-modules.ts';

const FUNCREF = 0x70;
const limits = (min: number, max: number) => [1, unsigned(min), unsigned(max)];

describe('a module', () => {
  it.each([
    ['as small as can be', {}],
    ['of the largest memory', { memory: limits(1, PAGES_MAX) }],
    ['of the largest tables', { tables: [[FUNCREF, limits(0, TABLE_ENTRIES_MAX)]] }],
    ['with a section of its own', { more: [[0, 5, text('note')]] }],
  ] satisfies [string, ModuleParts][])('%s is within its bounds', (_, parts) => {
    expect(refusalOf(wasmModule(parts))).toBeUndefined();
  });

  it.each([
    ['no memory', { memory: null }, 'it has 0 memories, not one'],
    ['memory without a maximum', { memory: [0, 1] }, 'it has a memory without a maximum'],
    [
      'too much memory',
      { memory: limits(1, PAGES_MAX + 1) },
      'its memory can grow beyond 1024 pages of 64 KiB',
    ],
    [
      'a minimum above',
      { memory: limits(PAGES_MAX + 1, 1) },
      'its memory can grow beyond 1024 pages of 64 KiB',
    ],
    ['shared memory', { memory: [3, 1, 1] }, 'it has a memory of a kind that is not supported'],
    ['64-bit memory', { memory: [5, 1, 1] }, 'it has a memory of a kind that is not supported'],
    ['two memories', { more: [section(5, [[1, 1, 1]])] }, 'it has 2 memories, not one'],
    ['a table that grows', { tables: [[FUNCREF, 0, 1]] }, 'it has a table without a maximum'],
    [
      'tables that are too large together',
      {
        tables: [
          [FUNCREF, limits(1, TABLE_ENTRIES_MAX)],
          [FUNCREF, limits(0, 1)],
        ],
      },
      'its tables can hold more than 65536 entries',
    ],
    [
      'a table of another type',
      { tables: [[0x6e, 1, 1, 1]] },
      'it has a table of a type that is not supported',
    ],
    ['structures', { more: [section(1, [[0x5f, 0]])] }, 'it has types that are not of functions'],
    ['arrays', { more: [section(1, [[0x5e, 0x7f, 0]])] }, 'it has types that are not of functions'],
    ['types within types', { more: [section(1, [[0x4e, 0]])] }, 'it has types that are not of functions'],
    [
      'references that are collected',
      { more: [section(1, [[0x60, 1, 0x6e, 0]])] },
      'it has values of types that are not supported',
    ],
    [
      'exceptions',
      { more: [section(13, [[0, 0]])] },
      'it has a section 13, of an extension that is not supported',
    ],
    ['a section that ends too early', { more: [[0, 9, 1]] }, 'it ends too early'],
    [
      'a length without an end',
      { more: [[0, 0xff, 0xff, 0xff, 0xff, 0xff, 1]] },
      'it has a number that is too large',
    ],
    [
      'a length of 33 bits',
      { more: [[0, 0xff, 0xff, 0xff, 0xff, 0x1f]] },
      'it has a number that is too large',
    ],
  ] satisfies [string, ModuleParts, string][])('with %s is refused', (_, parts, why) => {
    expect(refusalOf(wasmModule(parts))).toBe(why);
  });

  it('of too many bytes is refused, and so is none', () => {
    expect(refusalOf(new Uint8Array(MODULE_BYTES_MAX + 1))).toBe('it is larger than 2097152 bytes');
    expect(refusalOf(new Uint8Array(8))).toBe('it is not a WebAssembly module');
    expect(refusalOf(new Uint8Array(0))).toBe('it ends too early');
  });
});

describe('the modules of the project', () => {
  const folder = new URL('../../../wasm/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.wasm'));

  it.each(files)('%s is within its bounds, and whatever becomes of its bytes is judged', (name) => {
    const bytes = readFileSync(new URL(name, folder));
    expect(refusalOf(bytes)).toBeUndefined();
    for (let length = 0; length < 200; length += 1)
      expect(refusalOf(bytes.subarray(0, length))).toBeTypeOf('string');
    const seed = 4;
    const { random } = createVirtualPorts({ seed });
    for (let round = 0; round < 500; round += 1) {
      const changed = Buffer.from(bytes);
      changed[Math.floor(random.unit() * 200)] = Math.floor(random.unit() * 256);
      expect(['string', 'undefined'], `seed ${seed}, round ${round}`).toContain(typeof refusalOf(changed));
    }
  });
});
