/** The generated pages: where each is, and how it is made. */
import { CODES } from '@holdfast/base';
import { createFunctionSet, edgeOptions, WORKFLOW_MODELS } from '@holdfast/edge';
import { hubOptions } from '@holdfast/hub';
import { workflowSchema } from '@holdfast/workflow';
import { ERRORS_PAGE, renderErrors } from './errors-page.ts';
import { FUNCTIONS_PAGE, renderFunctions } from './functions-page.ts';
import { OPTIONS_PAGE, renderOptions } from './options-page.ts';
import { renderSchema, WORKFLOW_SCHEMA_PAGE } from './schema-page.ts';

export type Page = { path: string; render: () => string };

/** Every page that `npm run docs:generate` writes. */
export const PAGES: readonly Page[] = [
  { path: ERRORS_PAGE, render: () => renderErrors(CODES) },
  { path: OPTIONS_PAGE, render: () => renderOptions({ edge: edgeOptions, hub: hubOptions }) },
  {
    path: FUNCTIONS_PAGE,
    render: () => renderFunctions({ functions: createFunctionSet().table.values(), models: WORKFLOW_MODELS }),
  },
  { path: WORKFLOW_SCHEMA_PAGE, render: () => renderSchema(workflowSchema()) },
];
