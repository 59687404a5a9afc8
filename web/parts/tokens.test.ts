import { describe, expect, it } from 'vitest';
import { parseMarkdown, parsePlain, safeHref, type Block, type Inline } from './tokens';

const TAGS = new Set(['strong', 'em', 'code', 'br', 'a', 'p', 'pre', 'ul', 'ol']);

type Found = { readonly tags: string[]; readonly links: string[]; readonly text: string };

const gather = (kids: readonly Inline[]): Found =>
  kids.reduce<Found>(
    (all, node) => {
      if (typeof node === 'string') return { ...all, text: all.text + node };
      const inner = gather(node.kids);
      return {
        tags: [...all.tags, node.tag, ...inner.tags],
        links: [...all.links, ...(node.tag === 'a' ? [node.href] : []), ...inner.links],
        text: all.text + inner.text,
      };
    },
    { tags: [], links: [], text: '' },
  );

const gatherBlocks = (blocks: readonly Block[]): Found =>
  blocks
    .map((block) => {
      const inner = gather(block.tag === 'p' ? block.kids : block.tag === 'pre' ? [block.text] : block.items.flat());
      return { ...inner, tags: [block.tag, ...inner.tags] };
    })
    .reduce((one, other) => ({
      tags: [...one.tags, ...other.tags],
      links: [...one.links, ...other.links],
      text: one.text + other.text,
    }));

const LABELLED = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  '\u0001javascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'java\u0000script:alert(1)',
  '&#106;avascript:alert(1)',
  '&#x6A;avascript:alert(1)',
  'javascript&colon;alert(1)',
  'javascript&#58;alert(1)',
  'javascript%3Aalert(1)',
  'javascript://example.com/%0Aalert(1)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'data:image/svg+xml,<svg onload=alert(1)>',
  'blob:https://example.com/1',
  'file:///etc/passwd',
  'filesystem:https://example.com/x',
  'about:blank',
  'view-source:https://example.com',
  'ftp://example.com',
  'ws://example.com',
  'intent://scan/#Intent;scheme=zxing;end',
  '//evil.example',
  '/relative',
  '\\\\evil.example',
  'https:/\\evil.example',
  'https:\\\\evil.example',
  'https:evil.example',
  'https://',
  'http:///x',
  'https://exa\u202emple.com',
  'https://example.com\\@evil.example',
  'https://example.com/\u0007',
  'mailto:',
  'mailto://x',
  'tel:',
  'tel:javascript:alert(1)',
  'sms:123',
  'ｊavascript:alert(1)',
  'javascript\u200b:alert(1)',
  '\u00a0javascript:alert(1)',
];

const TEXTS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '<style>@import "https://evil.example"</style>',
  '<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '![x](javascript:alert(1))',
  '![x](https://evil.example/pixel.png)',
  '[x](javascript:alert(1) "title")',
  '[x][1]\n\n[1]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '[<img src=x onerror=alert(1)>](https://example.com)',
  '[x](https://example.com" onmouseover="alert(1))',
  "[x](https://example.com' onclick='alert(1))",
  '[a](https://example.com)](javascript:alert(1))',
  '[[x](javascript:alert(1))](https://example.com)',
  '[x](<javascript:alert(1)>)',
  '**<b onmouseover=alert(1)>x</b>**',
  '`<script>alert(1)</script>`',
  '```html\n<script>alert(1)</script>\n```',
  '- <img src=x onerror=alert(1)>',
  '1. [x](data:text/html,1)',
  '# <script>alert(1)</script>',
  'https://example.com/"onmouseover="alert(1)',
  'https://example.com/<script>alert(1)</script>',
  'javascript:alert(1)//https://example.com',
  '\\[x](javascript:alert(1))',
  '[x]\\(javascript:alert(1))',
  '{{constructor.constructor("alert(1)")()}}',
  '\u0000<script>\u0000alert(1)</script>',
  '\ud800<img src=x onerror=alert(1)>',
];

const allowed = (found: Found): void => {
  for (const tag of found.tags) expect(TAGS).toContain(tag);
  for (const href of found.links) expect(href).toMatch(/^(https?:\/\/[^/]|mailto:|tel:[+\d])[^\s\\<>"]*$/i);
};

describe('hostile text', () => {
  it.each(LABELLED)('a link to %j is not made', (address) => {
    const found = gatherBlocks(parseMarkdown(`[click here](${address})`));

    allowed(found);
    expect(safeHref(address)).toBeNull();
  });

  it.each(TEXTS)('%j makes nothing but the known elements', (text) => {
    allowed(gatherBlocks(parseMarkdown(text)));
    allowed(gather(parsePlain(text)));
  });

  it.each(['**a ', '[', '[a](', '`', '``a`', '*a', '_a ', '__', '> ', '(((', 'https://', '[a](b(', '\\'])(
    'ten thousand characters of %j are read in no time',
    (piece) => {
      const text = piece.repeat(Math.ceil(10_000 / piece.length));
      const before = performance.now();

      parseMarkdown(text);
      parsePlain(text);

      expect(performance.now() - before).toBeLessThan(1000);
    },
  );

  it('emphasis within emphasis ends somewhere', () => {
    expect(() => parseMarkdown(`${'*_'.repeat(400)}x${'_*'.repeat(400)}`)).not.toThrow();
  });
});

describe('Markdown', () => {
  const only = (text: string): Block | undefined => parseMarkdown(text)[0];
  const p = (...kids: Inline[]): Block => ({ tag: 'p', kids });

  it.each<[string, Block]>([
    ['**bold**', p({ tag: 'strong', kids: ['bold'] })],
    ['__bold__', p({ tag: 'strong', kids: ['bold'] })],
    ['*it* and _it_', p({ tag: 'em', kids: ['it'] }, ' and ', { tag: 'em', kids: ['it'] })],
    ['**a *b* c**', p({ tag: 'strong', kids: ['a ', { tag: 'em', kids: ['b'] }, ' c'] })],
    ['a `b*c*` d', p('a ', { tag: 'code', kids: ['b*c*'] }, ' d')],
    ['`x`', p({ tag: 'code', kids: ['x'] })],
    ['snake_case_name and 2*3*4', p('snake_case_name and 2*3*4')],
    ['你好**世界**吗', p('你好', { tag: 'strong', kids: ['世界'] }, '吗')],
    ['\\*not\\*', p('*', 'not', '*')],
    ['one\ntwo', p('one', { tag: 'br', kids: [] }, 'two')],
    ['# Title', p({ tag: 'strong', kids: ['Title'] })],
    ['[a](https://b.example/c_(d))', p({ tag: 'a', href: 'https://b.example/c_(d)', kids: ['a'] })],
    ['[mail](mailto:a@b.example)', p({ tag: 'a', href: 'mailto:a@b.example', kids: ['mail'] })],
    ['[call](tel:+49221)', p({ tag: 'a', href: 'tel:+49221', kids: ['call'] })],
    ['```js\na < b\n```', { tag: 'pre', text: 'a < b' }],
    ['```\nnever closed', { tag: 'pre', text: 'never closed' }],
    ['- a\n- **b**', { tag: 'ul', items: [['a'], [{ tag: 'strong', kids: ['b'] }]] }],
    ['3. a\n4. b', { tag: 'ol', start: 3, items: [['a'], ['b']] }],
  ])('%j', (text, block) => {
    expect(only(text)).toEqual(block);
  });

  it('text after a list is a paragraph of its own', () => {
    expect(parseMarkdown('- a\n- b\nafter').map((block) => block.tag)).toEqual(['ul', 'p']);
  });

  it('nothing is nothing', () => {
    expect(parseMarkdown('')).toEqual([]);
  });
});

describe('plain text', () => {
  it.each([
    ['See https://a.example/b.', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['https://a.example/b_(c)', 'https://a.example/b_(c)'],
  ])('the address in %j ends where it should', (text, href) => {
    expect(gather(parsePlain(text)).links).toEqual([href]);
  });

  it('stays as it was written', () => {
    const text = ' **a**\n\n  https://a.example  <b> ';

    expect(gather(parsePlain(text)).text).toBe(text);
  });
});
