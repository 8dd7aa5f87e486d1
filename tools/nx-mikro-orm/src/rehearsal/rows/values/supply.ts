/** The values that a type offers to rows, as texts that its input reads. */
export interface Supply {
  /** Different from each other, none of them remarkable. */
  ordinary: string[];
  /** Where types have their limits, and programs their mistakes. */
  extreme: string[];
  /** Each of the ordinary ones has to occur: there are no others. */
  every?: true;
  /** Whether a text found elsewhere is a value too. It may say no where the server would say yes. */
  fits: (text: string) => boolean;
}

/** How many ordinary values are offered: enough for every row, and for others where some are refused. */
export const plenty = 40;

export const numbers = (count = plenty): number[] => Array.from({ length: count }, (_, at) => at + 1);

export const supply = (ordinary: string[], extreme: string[] = [], fits?: (text: string) => boolean): Supply => ({
  ordinary,
  extreme,
  fits: fits ?? ((text) => ordinary.includes(text) || extreme.includes(text)),
});

/** In the order in which rows take them: first some that every program can take. */
export const inOrder = ({ ordinary, extreme, every }: Supply, extremes: boolean): string[] => {
  const first = every ? ordinary.length : 3;
  return [...new Set([...ordinary.slice(0, first), ...(extremes ? extreme : []), ...ordinary.slice(first)])];
};
