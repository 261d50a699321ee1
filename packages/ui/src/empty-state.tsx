/** What a view says while there is nothing in it, or when it failed: what will be here, and how to make it appear. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export type EmptyStateProps = {
  icon: LucideIcon;
  title: string;
  text: string;
  /** The code of a failure, small beside its words. */
  code?: string | undefined;
  children?: ReactNode;
};

/** Centred in whatever space its parent gives it; `children` are the actions. */
export function EmptyState({ icon: Icon, title, text, code, children }: EmptyStateProps) {
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-1 p-6 text-center">
      <span className="mb-2 grid size-14 place-items-center rounded-full bg-sunken text-soft">
        <Icon aria-hidden size={26} strokeWidth={1.75} />
      </span>
      <p className="text-17 font-semibold text-balance">{title}</p>
      <p className="max-w-80 text-15 text-soft text-balance">{text}</p>
      {code !== undefined && <code className="font-mono text-13 text-soft">{code}</code>}
      {children !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}
