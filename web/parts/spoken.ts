/** What a screen reader is told when an item arrives: who, and what, once. */

import type { Item } from '../client/model';
import { authorName, says, type Chat } from './chat';
import { parseMarkdown, type Inline } from './tokens';
import { fill } from './texts';

const plain = (kids: readonly Inline[]): string =>
  kids.map((node) => (typeof node === 'string' ? node : node.tag === 'br' ? ' ' : plain(node.kids))).join('');

const unmarked = (text: string): string =>
  parseMarkdown(text)
    .map((block) =>
      block.tag === 'p' ? plain(block.kids) : block.tag === 'pre' ? block.text : block.items.map(plain).join(', '),
    )
    .join(' ');

/** The line for a platform's own words, as it is drawn and as it is read out; null for what somebody said. */
export const lineOf = (chat: Chat, item: Item): string | null => {
  const { texts, address } = chat;
  switch (item.kind) {
    case 'joined':
      return fill(texts.joined, { name: authorName(chat, item) });
    case 'queued':
      return texts[`queued_${item.reason}`];
    case 'notice':
      if (item.text) return item.text;
      return item.code === 'email_left' && address
        ? fill(texts.emailThanks, { email: address })
        : texts[`notice_${item.code}`];
    case 'ended':
      return texts[`ended_${item.reason}`];
    case 'navigate':
      return item.outcome === 'followed' ? `${texts.wentTo} ${item.url}` : null;
    case 'message':
    case 'bubbles':
    case 'carousel':
      return null;
    default:
      return item satisfies never;
  }
};

/** The announcement of `item`; null for the contact's own, which they know. */
export const spoken = (chat: Chat, item: Item): string | null => {
  if (item.mine) return null;
  const line = lineOf(chat, item);
  if (line !== null) return line;
  switch (item.kind) {
    case 'message':
      return `${says(chat, item)} ${item.format === 'markdown' ? unmarked(item.body) : item.body}`;
    case 'bubbles':
    case 'carousel': {
      const options = item.options.map((option) => (typeof option === 'string' ? option : option.headline));
      return `${says(chat, item)} ${item.body} ${chat.texts.choose}: ${options.join(', ')}`;
    }
    case 'navigate':
      return `${says(chat, item)} ${item.text}`;
    default:
      return null;
  }
};
