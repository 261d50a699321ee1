/** The two halves of a payment step: what is done now, and the column whose foot has the one big button. */
import type { ReactNode } from 'react';

export type PayFrameProps = {
  children: ReactNode;
  /** Fills the column above its foot; left out on a phone. */
  aside: ReactNode;
  /** Figures and the button. */
  foot: ReactNode;
};

/** The foot has the padding and the height of the cart's foot, so that the button does not move between steps. */
export function PayFrame({ children, aside, foot }: PayFrameProps) {
  return (
    <div className="flex min-h-0 flex-1 max-[899px]:flex-col">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto bg-ground p-4 min-[900px]:p-6">
        {children}
      </div>
      <div className="flex shrink-0 flex-col border-line min-[900px]:w-(--cart-width) min-[900px]:border-s max-[899px]:border-t">
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto max-[899px]:hidden">{aside}</div>
        <div className="shrink-0 border-line p-4 min-[900px]:border-t">{foot}</div>
      </div>
    </div>
  );
}
