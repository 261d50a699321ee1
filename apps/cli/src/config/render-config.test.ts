import { edgeOptions } from '@holdfast/edge';
import { hubOptions } from '@holdfast/hub';
import { loadOptions } from '@holdfast/runtime';
import { describe, expect, test } from 'vitest';
import { setTomlValue } from './edit-toml.ts';
import { renderConfig } from './render-config.ts';

describe.each([
  ['edge', edgeOptions],
  ['hub', hubOptions],
])('the file of an %s', (_kind, table) => {
  const text = renderConfig(table, { title: 'A file.', values: { 'http.port': 4242 } });

  test('loads as it is, with what was set', () => {
    expect(loadOptions(table, { file: { path: 'x.toml', text }, env: {}, flags: {} })).toMatchObject({
      port: 4242,
    });
  });

  test('explains every option', () => {
    for (const option of Object.values(table)) {
      expect(text).toContain(option.describe);
      expect(text).toContain(`${option.key.split('.').at(-1)} = `);
    }
  });

  test('can be edited', () => {
    const edited = setTomlValue(setTomlValue(text, 'http.host', '::1'), 'log.level', 'debug');
    expect(loadOptions(table, { file: { path: 'x.toml', text: edited }, env: {}, flags: {} })).toMatchObject({
      host: '::1',
      logLevel: 'debug',
      port: 4242,
    });
    expect(edited.split('\n')).toHaveLength(text.split('\n').length);
  });
});
