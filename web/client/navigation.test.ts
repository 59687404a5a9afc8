import { expect, test } from 'vitest';
import { fallbackText, mayFollow } from './navigation';

const PAGE = 'https://shop.example/cart?step=2';

test.each([
  'https://shop.example/offers',
  '/offers',
  'offers?page=2#top',
  '//shop.example/x',
  'https:evil',
  'http://shop.example/old',
  'HTTPS://SHOP.EXAMPLE/',
])('%s is on the host of the page and may be followed', (url) => {
  expect(mayFollow(url, PAGE)).toBe(true);
});

test.each([
  'https://evil.com/',
  'https://evil.com\\@shop.example/',
  '/\\evil.com',
  'https:/\\evil.com',
  '//evil.com/x',
  'https://shop.example\t.evil.com/',
  'https://shop.example%2eevil.com/',
  'https://shop.example\u3002evil.com/',
  'java\nscript:alert(1)',
  'javascript:alert(1)',
  'blob:https://shop.example/1',
  'data:text/html,hi',
  'https://shop.example@evil.com/',
  'https://user:secret@shop.example/',
  'https://shop.example:8443/',
  'https://sub.shop.example/',
  'ftp://shop.example/',
  'https://',
  'http://[',
])('%s leads elsewhere and may not be followed', (url) => {
  expect(mayFollow(url, PAGE)).toBe(false);
});

test('a page on another port is another host', () => {
  expect(mayFollow('http://localhost:8001/', 'http://localhost:8000/')).toBe(false);
  expect(mayFollow('http://localhost:8000/x', 'http://localhost:8000/')).toBe(true);
});

test('the link is put into the fallback as it is, at every place', () => {
  expect(fallbackText('https://a.example/?$&', 'See {{link}} or {{link}}')).toBe(
    'See https://a.example/?$& or https://a.example/?$&',
  );
});

test('without a fallback the link itself is the text', () => {
  expect(fallbackText('https://a.example/', null)).toBe('https://a.example/');
});
