import { systemPorts } from '@holdfast/base';
import { EdgeStatus } from '@holdfast/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from './api.ts';
import { createLogger } from './logger.ts';

const api = createApi<{ kind: 'api' | 'device' }>({
  title: 'Edge <1>',
  description: 'The edge.',
  version: '0.1.0',
  logger: createLogger({ level: 'silent', service: 'test' }),
  ports: systemPorts,
  authenticate: () => undefined,
  securitySchemes: { device: { type: 'apiKey', in: 'header', name: 'Signature' } },
});
api.route(
  {
    method: 'post',
    path: '/sales/{id}',
    summary: 'Takes a sale',
    tags: ['sales'],
    access: ['api', 'device'],
    params: z.object({ id: z.uuid() }),
    query: z.object({ limit: z.coerce.number().optional() }),
    body: { schema: z.object({ name: z.string() }) },
    responses: { 200: { description: 'Status.', schema: EdgeStatus }, 409: { description: 'Conflict.' } },
    example: { name: 'a' },
  },
  () => ({ body: {} }),
);

type Operation = { responses: Record<string, unknown>; security: unknown; requestBody: unknown };
type Document = {
  openapi: string;
  info: unknown;
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
};

test('the document has each route, the shared problems and the security schemes', async () => {
  const response = await api.app.request('/openapi.json');
  const document = (await response.json()) as Document;
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'Edge <1>', version: '0.1.0' });
  const operation = document.paths['/sales/{id}']?.post;
  expect(Object.keys(operation?.responses ?? {})).toEqual([
    '200',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ]);
  expect(operation?.responses['401']).toMatchObject({ $ref: '#/components/responses/Problem401' });
  expect(operation?.security).toEqual([{ api: [] }, { device: [] }]);
  expect(operation?.requestBody).toMatchObject({
    content: { 'application/json': { example: { name: 'a' } } },
  });
  expect(document.components.securitySchemes).toEqual({
    api: { type: 'http', scheme: 'bearer' },
    device: { type: 'apiKey', in: 'header', name: 'Signature' },
  });
});

test('every reference in the document leads somewhere', async () => {
  const document = await (await api.app.request('/openapi.json')).json();
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(references.length).toBeGreaterThan(5);
  for (const path of references) {
    const found = path
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document);
    expect(found, path).toBeDefined();
  }
});

test('the page is open, loads nothing from elsewhere and is policed', async () => {
  const response = await api.app.request('/docs');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'");
  const html = await response.text();
  expect(html).toContain('<title>Edge &lt;1></title>');
  expect(html).not.toMatch(/https?:/);
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(assets).toHaveLength(4);
  for (const path of assets) {
    const asset = await api.app.request(path);
    expect([path, asset.status]).toEqual([path, 200]);
    if (path.endsWith('.css')) {
      const addresses = (await asset.text()).match(/url\([^)]{0,20}|@import/g) ?? [];
      expect(addresses.filter((address) => !/^url\(["']?data:/.test(address))).toEqual([]);
    }
  }
});

test('nothing else of the package can be fetched', async () => {
  for (const path of [
    '/docs/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/__proto__',
    '/docs/toString',
  ]) {
    expect((await api.app.request(path)).status, path).toBe(404);
  }
});
