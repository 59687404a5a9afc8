/** Draws the text of a message as elements. */

import { createElement, type ComponentChildren } from 'preact';
import { parseMarkdown, parsePlain, type Block, type Inline } from './tokens';

const draw = (kids: readonly Inline[]): ComponentChildren[] =>
  kids.map((node) =>
    typeof node === 'string'
      ? node
      : node.tag === 'a'
        ? createElement(
            'a',
            { href: node.href, target: '_blank', rel: 'noopener noreferrer nofollow' },
            draw(node.kids),
          )
        : createElement(node.tag, null, draw(node.kids)),
  );

const block = (one: Block) => {
  switch (one.tag) {
    case 'pre':
      // Wide code scrolls by itself, so it has to be reachable by keyboard.
      return (
        <pre tabIndex={0}>
          <code>{one.text}</code>
        </pre>
      );
    case 'ol':
    case 'ul':
      return createElement(
        one.tag,
        one.tag === 'ol' ? { start: one.start } : null,
        one.items.map((item) => <li>{draw(item)}</li>),
      );
    case 'p':
      return <p>{draw(one.kids)}</p>;
  }
};

/** The text as it was written, or as Markdown. The direction of each text is its own. */
export const Markup = ({ text, format }: { readonly text: string; readonly format: 'plain' | 'markdown' }) => (
  <div class="text" dir="auto">
    {format === 'markdown' ? parseMarkdown(text).map(block) : <p>{draw(parsePlain(text))}</p>}
  </div>
);
