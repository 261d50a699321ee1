/** Serves the built till. Files are read once; names come from the folder, never from the request. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { SECURITY_HEADERS } from '@holdfast/runtime';
import type { EdgeApi } from './index.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Everything the till needs comes from here; pictures of receipts come as data. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Adds the files of `folder` to the app; `index.html` also at `/`. */
export function serveTill(api: EdgeApi, folder: string): void {
  for (const path of filesOf(folder)) {
    const name = relative(folder, path).split(sep).join('/');
    const content = readFileSync(path);
    const headers = {
      ...SECURITY_HEADERS,
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      // Built names carry a hash of their content, index.html does not.
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    const send = () => new Response(content, { headers });
    api.app.get(`/${name}`, send);
    if (name === 'index.html') api.app.get('/', send);
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : [path];
  });
}
