/** WebAssembly as far as modules need it. Node has it; its types come with those of a browser alone. */

/** A compiled module. */
export type WasmModule = { readonly compiled: unique symbol };

export type WasmExport = { name: string; kind: string };
export type WasmImport = WasmExport & { module: string };

/** Linear memory; `buffer` is another one after it has grown. */
export type WasmMemory = { readonly buffer: ArrayBuffer };

type Api = {
  Module: {
    new (bytes: Uint8Array<ArrayBuffer>): WasmModule;
    imports(module: WasmModule): WasmImport[];
    exports(module: WasmModule): WasmExport[];
  };
  Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, unknown>>,
  ) => { exports: Readonly<Record<string, unknown>> };
  Memory: abstract new () => WasmMemory;
};

// The global is there in every Node, and the types of Node do not say so.
const { WebAssembly: api } = globalThis as typeof globalThis & { WebAssembly: Api };

/** Compiles a module; throws when it is not valid. */
export function compileModule(bytes: Uint8Array<ArrayBuffer>): WasmModule {
  return new api.Module(bytes);
}

export function importsOf(module: WasmModule): WasmImport[] {
  return api.Module.imports(module);
}

export function exportsOf(module: WasmModule): WasmExport[] {
  return api.Module.exports(module);
}

/** Makes an instance, which runs the start function of the module, and gives its exports. */
export function instantiate(
  module: WasmModule,
  imports: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return new api.Instance(module, imports).exports;
}

export function isMemory(value: unknown): value is WasmMemory {
  return value instanceof api.Memory;
}
