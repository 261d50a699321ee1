/**
 * The modules of the project: AssemblyScript in `wasm/<name>/`, built into `wasm/<sha256>.wasm`. Workflows name a
 * module by that hash; `wasm/modules.json` says which hash is which module. Building again gives the same bytes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, must } from '@holdfast/base';
import { sha256Hex } from '@holdfast/crypto';
import asc from 'assemblyscript/asc';
import { ROOT } from '../tree.ts';

export const WASM_FOLDER = 'wasm';
const MODULES = ['loyalty-points'];
const OUT = 'module.wasm';
/** Of 64 KiB. */
const PAGES_MAX = 16;
/** What of the standard library is replaced by calls of WASI. */
const SHIMS = ['ASC_WASI=1', 'abort=wasi_abort', 'seed=wasi_seed', 'process=wasi_process'];

/** Every file by its path from the root: the modules, and the list of them. */
export async function moduleFiles(): Promise<Map<string, Uint8Array | string>> {
  const files = new Map<string, Uint8Array | string>();
  const hashes: Record<string, string> = {};
  for (const name of MODULES) {
    const bytes = await build(name);
    hashes[name] = sha256Hex(bytes);
    files.set(`${WASM_FOLDER}/${hashes[name]}.wasm`, bytes);
  }
  files.set(`${WASM_FOLDER}/modules.json`, `${JSON.stringify(hashes, null, 2)}\n`);
  return files;
}

/**
 * Compiles `assembly/index.ts`; paths are relative, since they become part of the module. Nothing is ever freed
 * (`stub`): an instance lives for one call. Throws what the compiler says.
 */
async function build(name: string): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array | string>();
  const baseDir = join(ROOT, WASM_FOLDER, name);
  const shim = dirname(fileURLToPath(import.meta.resolve('@assemblyscript/wasi-shim/package.json')));
  const { error, stderr } = await asc.main(
    [
      ...['assembly/index.ts', '--baseDir', baseDir, '--config', 'none', '--outFile', OUT],
      ...['--lib', relative(baseDir, join(shim, 'assembly')), '--exportStart', '_initialize'],
      ...SHIMS.flatMap((use) => ['--use', use]),
      ...['--runtime', 'stub', '--initialMemory', '1', '--maximumMemory', `${PAGES_MAX}`],
      ...['--optimizeLevel', '3', '--shrinkLevel', '1'],
    ],
    {
      // The compiler's own looks for libraries in two places, of which only one is below `baseDir`.
      readFile: (path, folder) => readIfThere(resolve(baseDir, folder, path)),
      listFiles: (folder) => readdirSync(resolve(baseDir, folder)).filter((path) => path.endsWith('.ts')),
      writeFile: (path, contents) => void written.set(path, contents),
    },
  );
  if (error !== null) throw new Error(`${name} does not compile: ${stderr.toString()}`, { cause: error });
  const bytes = must(written.get(OUT), `the compiler writes ${OUT}`);
  assert(typeof bytes !== 'string', 'a module is bytes');
  return bytes;
}

/** The compiler tries names until one is there. */
function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
