import { expect, it } from 'vitest';
import { lines, planted } from './planted.ts';
import { checkWords } from './words.ts';

const words = (text: string, path = 'docs/a.md') => lines(checkWords(planted({ [path]: text })));

it.each([
  [`Co-${'authored'}-by: someone`, 'a credit: the history keeps those'],
  [`${'Generated'} with a tool`, 'how it was written'],
  [`see /${'work'}/main/a.ts`, 'a path of one machine'],
  [`see /${'home'}/someone/a.ts`, 'a path of one machine'],
  [`Ask ${'Co'}${'Pilot'}.`, `"co${'pilot'}" is the name of a writing tool`],
  [`${'registry'}=https://npm.${'example'}.net/`, 'a registry of one network'],
])('finds %s', (text, message) => {
  expect(words(`one\n${text}\n`)).toEqual([`docs/a.md:2 ${message}`]);
});

it('checks the lock file for registries alone', () => {
  const text = `"${'resolved'}": "https://npm.${'example'}.net/a.tgz"\n"co${'pilot'}"`;
  expect(words(text, 'package-lock.json')).toEqual(['package-lock.json:1 a registry of one network']);
  expect(words('"resolved": "https://registry.npmjs.org/a.tgz"', 'package-lock.json')).toEqual([]);
});

it('accepts addresses, routes and system paths', () => {
  expect(words('https://example.com/work/a, /var/lib/holdfast, ./home/a, /api/work')).toEqual([]);
});
