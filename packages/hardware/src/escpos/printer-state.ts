/**
 * The state of a printer in the terms of who stands before it, from its status bytes. The printer is asked, or it tells
 * by itself; both say the same things with other bits.
 */
import type { AutomaticStatus, PrinterError, RealTimeStatus } from '@holdfast/commerce';
import type { PrintFailure } from '../ports/receipt-printer.ts';

/** What is known of a printer. */
export type PrinterState = {
  isOffline: boolean;
  isCoverOpen: boolean;
  isOut: boolean;
  isNearEnd: boolean;
  error: PrinterError;
  isCutterError: boolean;
  isDrawerPinHigh: boolean;
};

/** What keeps a printer from printing; `message` says what to do. */
export type PrinterProblem = { code: PrintFailure; message: string };

/** A printer that has told nothing is taken to be in order. */
export const UNTOLD: Readonly<PrinterState> = {
  isOffline: false,
  isCoverOpen: false,
  isOut: false,
  isNearEnd: false,
  error: 'none',
  isCutterError: false,
  isDrawerPinHigh: false,
};

/** Puts the answers to the four questions together. */
export function stateOfAnswers(answers: readonly RealTimeStatus[]): PrinterState {
  const state: PrinterState = { ...UNTOLD };
  for (const answer of answers) addAnswer(state, answer);
  return state;
}

/** What it told by itself, in the same terms. */
export function stateOfAutomatic(status: AutomaticStatus): PrinterState {
  const { isOffline, isCoverOpen, isOut, isNearEnd, error, isCutterError, isDrawerPinHigh } = status;
  return { isOffline, isCoverOpen, isOut, isNearEnd, error, isCutterError, isDrawerPinHigh };
}

/** Why it does not print; undefined while it does. What a person has to do first comes first. */
export function problemOf(state: PrinterState): PrinterProblem | undefined {
  if (state.error === 'unrecoverable')
    return { code: 'printer_error', message: 'The printer has failed: switch it off and on again.' };
  if (state.isCoverOpen) return { code: 'cover_open', message: 'Close the cover of the printer.' };
  if (state.isOut) return { code: 'paper_out', message: 'Put a new roll of paper into the printer.' };
  if (state.error === 'recoverable')
    return {
      code: 'printer_error',
      message: state.isCutterError
        ? 'The cutter of the printer is blocked: open the cover and take the paper out of it.'
        : 'The printer is blocked: open the cover, take out what is stuck, and close it.',
    };
  if (state.error === 'clears_itself')
    return { code: 'printer_error', message: 'The printer is too hot: wait a minute.' };
  if (state.isOffline)
    return { code: 'printer_error', message: 'The printer is offline: look at its lamps and its paper.' };
  return undefined;
}

/**
 * Why a job that has begun does not go on without a person; undefined while it may. A printer goes offline for a moment
 * when its feed button is pressed, and a hot head cools down.
 */
export function stopOf(state: PrinterState): PrinterProblem | undefined {
  const error = state.error === 'clears_itself' ? 'none' : state.error;
  return problemOf({ ...state, error, isOffline: false });
}

/** What a person should know of it, as a sentence; null while there is nothing. */
export function attentionOf(state: PrinterState): string | null {
  const problem = problemOf(state);
  if (problem !== undefined) return problem.message;
  return state.isNearEnd ? 'The paper is near its end: have a new roll ready.' : null;
}

function addAnswer(state: PrinterState, answer: RealTimeStatus): void {
  switch (answer.of) {
    case 'printer':
      state.isOffline = answer.isOffline;
      state.isDrawerPinHigh = answer.isDrawerPinHigh;
      return;
    case 'offline_cause':
      state.isCoverOpen = answer.isCoverOpen;
      state.isOut ||= answer.isStoppedByPaperEnd;
      return;
    case 'error_cause':
      state.error = answer.error;
      state.isCutterError = answer.isCutterError;
      return;
    case 'paper':
      state.isNearEnd = answer.isNearEnd;
      state.isOut ||= answer.isOut;
      return;
  }
}
