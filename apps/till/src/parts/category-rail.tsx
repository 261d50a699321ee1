/** Categories: a rail at the inline start, a row that scrolls on a phone. */
import { cx } from '@holdfast/ui';
import { useT } from '../context.tsx';

export type CategoryRailProps = {
  categories: readonly string[];
  /** Null is all. */
  chosen: string | null;
  onChoose: (category: string | null) => void;
};

/** One is always chosen. */
export function CategoryRail({ categories, chosen, onChoose }: CategoryRailProps) {
  const t = useT();
  return (
    <nav
      aria-label={t('categories')}
      className="flex shrink-0 gap-2 overflow-auto p-3 max-[899px]:order-2 max-[899px]:border-t max-[899px]:border-line max-[899px]:py-2 min-[900px]:w-34 min-[900px]:flex-col min-[900px]:border-e min-[900px]:border-line"
    >
      {[null, ...categories].map((category) => (
        <button
          key={category ?? ''}
          type="button"
          aria-pressed={category === chosen}
          onClick={() => onChoose(category)}
          className={cx(
            'min-h-14 min-w-14 shrink-0 rounded-card px-3 py-2 text-start text-15 font-medium break-words hyphens-auto transition-colors duration-120 max-[899px]:px-4',
            category === chosen ? 'bg-text text-ground' : 'text-soft hover:bg-sunken max-[899px]:bg-sunken',
          )}
        >
          {category ?? t('all')}
        </button>
      ))}
    </nav>
  );
}
