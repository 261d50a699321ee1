/** Requests against their schemas: faults become JSON pointers, as the problem document lists them. */
import { AppError, type ErrorCode, faultsOf } from '@holdfast/base';
import type { HonoRequest } from 'hono';
import { z } from 'zod';

/** The value as `schema` gives it; throws AppError `code` with at most twenty faults. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  failure: { code: ErrorCode; message: string },
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError(failure.code, failure.message, { faults: faultsOf(result.error.issues) });
}

/**
 * The query as an object: a parameter given once is a string, given again an array; one whose schema is an array is
 * an array always.
 */
export function queryReader(
  schema: z.ZodObject,
): (request: HonoRequest) => Record<string, string | string[]> {
  const lists = new Set(
    Object.entries(schema.shape)
      .filter(([, member]) => isList(member))
      .map(([name]) => name),
  );
  return (request) => {
    const query: Record<string, string | string[]> = {};
    for (const [name, values] of Object.entries(request.queries())) {
      if (name === '__proto__') continue;
      query[name] = values.length === 1 && !lists.has(name) ? (values[0] ?? '') : values;
    }
    return query;
  };
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodArray) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return isList(schema.unwrap());
  }
  return false;
}
