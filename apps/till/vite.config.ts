import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The till as static files, served by the edge. Addresses are relative, nothing is inlined into the page (its content
 * security policy allows scripts, styles and fonts of its own origin only), and nothing is fetched from elsewhere.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), tailwindcss()],
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
