/** The languages of the panel: English is in its first file, each other one in a file of its own. */

import type { FullTexts } from './texts_more';

const FOREIGN = {
  de: () => import('./texts_de').then(({ de }) => de),
};

export type Language = 'en' | keyof typeof FOREIGN;

/** The language for a BCP 47 tag; English where we do not speak it. */
export const languageOf = (locale: string): Language => {
  const [primary = ''] = locale.toLowerCase().split('-');
  return Object.hasOwn(FOREIGN, primary) ? (primary as Language) : 'en';
};

/** The words of a language; null for English. */
export const learn = async (language: Language): Promise<FullTexts | null> =>
  language === 'en' ? null : FOREIGN[language]();
