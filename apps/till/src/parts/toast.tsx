/** A passing word about something that is done; it covers nothing one taps, and says nothing one needs. */

/** The live region stays in the page, so that its words are read out. */
export function Toast({ text }: { text: string | null }) {
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-24 z-50 flex justify-center min-[900px]:bottom-6 min-[900px]:end-[calc(var(--cart-width)+16px)]"
    >
      {text !== null && (
        <span className="animate-rise rounded-card bg-text px-4 py-3 text-15 font-medium text-ground shadow-float">
          {text}
        </span>
      )}
    </div>
  );
}
