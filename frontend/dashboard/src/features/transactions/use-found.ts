'use client';

import { useState } from 'react';

/**
 * What is announced of a search: the first answer to it, and nothing of what new transactions make of that later. `search`
 * names the search and its page; `words` are undefined until it is answered.
 */
export function useFound(search: string, words: string | undefined): string {
  const [told, setTold] = useState<{ search: string; words: string } | null>(null);
  if (told?.search === search) return told.words;
  if (words !== undefined) setTold({ search, words });
  return ''; // a silence between, so that the same words are read out again
}
