import { expect, it } from 'vitest';
import { contrast, DEFAULT_ACCENT, inkOn, safeAccent, textOn } from './contrast';

const ACCENTS = Array.from({ length: 216 }, (_, n) =>
  [Math.floor(n / 36), Math.floor(n / 6) % 6, n % 6].reduce(
    (all, c) => all + (c * 51).toString(16).padStart(2, '0'),
    '#',
  ),
);

it('knows the ratios of the standard', () => {
  expect(contrast('#000', '#fff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

it.each(ACCENTS)('text on %s can be read', (accent) => {
  expect(contrast(accent, textOn(accent))).toBeGreaterThanOrEqual(4.5);
});

it.each(ACCENTS)('%s as text can be read on light and on dark ground', (accent) => {
  for (const ground of ['#ffffff', '#f5f3ee', '#17181a', '#232529']) {
    expect(contrast(inkOn(accent, ground), ground)).toBeGreaterThanOrEqual(4.5);
  }
});

it('leaves an accent alone that can be read already', () => {
  expect(inkOn('#1f5e56', '#ffffff')).toBe('#1f5e56');
});

it.each(['', 'red', '#12', '#1234567', '#12345g', 'url(https://evil.example)', '#fff}*{display:none', '#fff\n'])(
  'does not let %j into a style sheet',
  (accent) => {
    expect(safeAccent(accent)).toBe(DEFAULT_ACCENT);
  },
);
