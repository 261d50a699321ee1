import type { WorkflowProblem } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { plainPaint as paint } from '../shell/testing.ts';
import { countProblems, renderProblem } from './render-problems.ts';

const at = (line: number, column: number, of: Partial<WorkflowProblem> = {}): WorkflowProblem => ({
  ...{ severity: 'error', code: 'c', message: 'm', line, column },
  ...of,
});

test('the mark stands under the column, tabs and all', () => {
  const text = 'a: 1\r\n\tb: no\n';
  expect(renderProblem(at(2, 5), { file: 'f.yaml', text, paint })).toBe(
    'f.yaml:2:5: error c: m\n  2 |  b: no\n    |     ^',
  );
});

test('a long line is cut around its problem', () => {
  const text = `${'x'.repeat(300)}!${'y'.repeat(300)}`;
  const [, shown = '', mark = ''] = renderProblem(at(1, 301), { file: 'f', text, paint }).split('\n');
  expect(shown.length).toBeLessThan(120);
  expect(shown[mark.indexOf('^')]).toBe('!');
});

test('a text of a stranger does not steer the terminal', () => {
  const hostile = '\u001b[2Jx';
  const shown = renderProblem(at(1, 1, { message: hostile }), { file: 'f', text: hostile, paint });
  expect(shown).not.toContain('\u001b');
});

test('without the text, or its line, the place alone is told', () => {
  expect(renderProblem(at(9, 1), { file: 'f', text: 'a', paint })).toBe('f:9:1: error c: m');
  expect(renderProblem(at(1, 1, { severity: 'warning' }), { file: 'f', paint })).toBe('f:1:1: warning c: m');
});

test('problems are counted by their weight', () => {
  const warning = at(1, 1, { severity: 'warning' });
  expect(countProblems([at(1, 1), at(2, 1), warning])).toBe('2 errors, 1 warning');
  expect(countProblems([warning])).toBe('1 warning');
});
