/**
 * The API page at `/docs`: Swagger UI out of node_modules, without a request to any other machine. A policy makes
 * the browser hold to that.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { SECURITY_HEADERS } from './problem.ts';
import type { ApiEnv } from './route.ts';

/** What of the package is served; nothing else can be asked for. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

// Swagger UI sets style attributes and draws its icons from data: URLs.
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const START_SCRIPT = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  docExpansion: 'list',
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** Adds `/docs`, its assets and `/openapi.json` to `app`; all are open. `render` gives the finished document. */
export function serveDocs(app: OpenAPIHono<ApiEnv>, title: string, render: () => object): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  let document: string | undefined;
  app.get('/openapi.json', () => {
    document ??= JSON.stringify(render());
    return send(document, 'application/json');
  });
  app.get('/docs', () => send(page(title), 'text/html; charset=utf-8'));
  app.get('/docs/start.js', () => send(START_SCRIPT, 'text/javascript; charset=utf-8'));
  app.get('/docs/:name', async (context) => {
    const name = context.req.param('name');
    const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (type === undefined) return context.notFound();
    return send(new Uint8Array(await readFile(join(folder, name))), type);
  });
}

function send(body: string | Uint8Array<ArrayBuffer>, type: string): Response {
  return new Response(body, {
    headers: {
      ...SECURITY_HEADERS,
      'cache-control': 'no-cache',
      'content-security-policy': PAGE_POLICY,
      'content-type': type,
    },
  });
}

function page(title: string): string {
  const shown = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shown}</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
}
