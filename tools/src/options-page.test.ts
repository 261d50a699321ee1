import { defineOptions } from '@holdfast/runtime';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { renderOptions } from './options-page.ts';

it('lists the options of both programs, each under its heading', () => {
  const edge = defineOptions({
    port: {
      key: 'http.port',
      env: 'EDGE_PORT',
      flag: '--port',
      schema: z.number(),
      default: 1,
      describe: 'Of the edge.',
    },
  });
  const hub = defineOptions({
    data: {
      key: 'data.folder',
      env: 'HUB_DATA',
      flag: '--data',
      schema: z.string(),
      default: 'a',
      describe: 'Of the hub.',
    },
  });
  const [before, ofEdge, ofHub] = renderOptions({ edge, hub }).split(/^## .*$/m);
  expect(before).toContain('# Options');
  expect(ofEdge).toContain('| `http.port` | `EDGE_PORT` | `--port` | `1` | Of the edge. |');
  expect(ofHub).toContain('| `data.folder` | `HUB_DATA` | `--data` | `a` | Of the hub. |');
});
