import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exchange, type Part } from './page.ts';

const PARTS = ['peers', 'workflow', 'recovery'] as const satisfies readonly Part[];

describe('exchange', () => {
  it.each(PARTS)('replaces what stands between the markers of %s, again and again', (part) => {
    const page = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
    const once = exchange(page, part, 'TEXT ONE');
    expect(once).toContain('\n\nTEXT ONE\n\n');
    const twice = exchange(once, part, 'TEXT TWO');
    expect(twice).not.toContain('TEXT ONE');
    expect(exchange(twice, part, 'TEXT ONE')).toBe(once);
    for (const other of PARTS) expect(twice).toContain(`<!-- ${other}: end -->`);
  });

  it('refuses a page without them', () => {
    expect(() => exchange('# Page', 'peers', 'text')).toThrow('needs the lines');
  });
});
