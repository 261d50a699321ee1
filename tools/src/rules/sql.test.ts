import { expect, it } from 'vitest';
import { lines, planted } from './planted.ts';
import { checkSql } from './sql.ts';

const PATH = 'packages/base/src/a.ts';
const sql = (text: string, path = PATH) => lines(checkSql(planted({ [path]: text })));

it.each([
  ["db.exec('INSERT INTO a VALUES (now())')", 'now('],
  [`const a = \`CREATE TABLE a (b timestamptz DEFAULT CURRENT_TIMESTAMP, c \${type})\``, 'CURRENT_TIMESTAMP'],
  ['const a = `\nUPDATE a SET b = random()`', 'random('],
  ['const a = "SELECT datetime(\'now\')"', "'now'"],
  [`const a = \`INSERT INTO a VALUES (\${x}, gen_random_uuid())\``, 'gen_random_uuid('],
])('finds what asks the database: %s', (text, what) => {
  expect(sql(text)).toEqual([`${PATH}:1 ${what} in SQL: take the value as an argument`]);
});

it('accepts arguments, comments of SQL, other texts, and suites', () => {
  expect(sql("db.prepare('UPDATE a SET at = ? WHERE known = $1')")).toEqual([]);
  expect(sql('const a = `CREATE TABLE a (b integer) -- not now()`')).toEqual([]);
  expect(sql("const a = 'call now() if you like'")).toEqual([]);
  expect(sql("db.exec('SELECT now()')", 'packages/base/src/a.test.ts')).toEqual([]);
});
