/** The search: a text field that a scanner may type into as well. */
import { Search, X } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import { useT } from '../context.tsx';

export type SearchBoxProps = {
  ref: Ref<HTMLInputElement>;
  /** What is searched; articles unless given. */
  label?: string;
  text: string;
  onText: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

/** Shows its key, `/`, while it is empty. */
export function SearchBox({ ref, label, text, onText, onKeyDown }: SearchBoxProps) {
  const t = useT();
  const name = label ?? t('search');
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        aria-hidden
        size={20}
        className="pointer-events-none absolute inset-y-0 start-4 my-auto text-soft"
      />
      <input
        ref={ref}
        type="search"
        enterKeyHint="done"
        autoComplete="off"
        spellCheck={false}
        aria-label={name}
        placeholder={name}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
        className="peer appearance-none [&::-webkit-search-cancel-button]:hidden h-14 w-full rounded-card border border-line bg-surface ps-12 pe-14 text-15"
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute inset-y-0 end-4 my-auto hidden h-6 w-6 place-items-center rounded-md border border-line font-sans text-13 text-soft peer-placeholder-shown:grid peer-focus:hidden max-[899px]:hidden!"
      >
        /
      </kbd>
      {text !== '' && (
        <button
          type="button"
          aria-label={t('search_clear')}
          onClick={() => onText('')}
          className="absolute inset-y-0 end-0 grid size-14 place-items-center rounded-card text-soft"
        >
          <X aria-hidden size={20} />
        </button>
      )}
    </div>
  );
}
