import { expect, it } from 'vitest';
import { languageOf, learn } from './languages';
import { fill, isRtl } from './texts';
import { de } from './texts_de';
import { en } from './texts_more';

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it('every language says everything', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

it.each(Object.keys(en) as (keyof typeof en)[])('%s is said, with the same places, in every language', (key) => {
  expect(de[key].trim()).not.toBe('');
  expect(places(de[key])).toEqual(places(en[key]));
});

it.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['en-GB', 'en'],
  ['den', 'en'],
  ['xx', 'en'],
  ['', 'en'],
])('a contact of %j reads %s', async (locale, language) => {
  const words = await learn(languageOf(locale));

  expect((words ?? en).language).toBe(language);
});

it('places are filled, and what is filled in is not filled again', () => {
  expect(fill('{name} says {n}', { name: '{n}', n: 2 })).toBe('{n} says 2');
});

it('knows which languages run from right to left', () => {
  expect(['ar', 'he-IL', 'fa'].every(isRtl)).toBe(true);
  expect(['en', 'arn', 'de'].some(isRtl)).toBe(false);
});
