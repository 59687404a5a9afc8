/** One item of the history: the one switch that picks a view for each kind. */

import { Component, type ComponentChildren } from 'preact';
import type { Item, MessageItem } from '../client/model';
import { authorName, because, says, type Chat } from './chat';
import { Bubbles, Carousel } from './Choices';
import { EmailForm } from './EmailForm';
import { Icon } from './Icon';
import { Markup } from './Markup';
import { lineOf } from './spoken';

export type ItemProps = {
  readonly chat: Chat;
  readonly item: Item;
  /** The first and the last of a run by one author; the name stands over the first, the time under the last. */
  readonly first: boolean;
  readonly last: boolean;
  /** It arrived while the contact watched, so it may move. */
  readonly entering: boolean;
  /** The newest item of all: an ended conversation offers another one here, a waiting one the e-mail form. */
  readonly newest: boolean;
  /** The contact may leave an e-mail address here. */
  readonly offer: boolean;
};

const Time = ({ chat, at }: { readonly chat: Chat; readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()}>{chat.clock.format(at)}</time>
);

const Failed = ({ chat, item }: { readonly chat: Chat; readonly item: MessageItem }) => (
  <div class="fault">
    <span>
      {chat.texts.failed} {item.reason && because(chat, item.reason)}
    </span>
    <button
      type="button"
      onClick={() => {
        chat.client.retry(item.key);
        chat.focus();
      }}
    >
      {chat.texts.retry}
    </button>
    <button
      type="button"
      onClick={() => {
        chat.client.discard(item.key);
        chat.focus();
      }}
    >
      {chat.texts.discard}
    </button>
  </div>
);

/** A slip of paper with an author, a time and, if it is the contact's own, how it got on. */
const Slip = (props: ItemProps & { readonly children: ComponentChildren; readonly class?: string }) => {
  const { chat, item, first, last, entering } = props;
  const status = item.mine && item.kind === 'message' ? item.status : null;
  const names = ['row', item.mine ? 'mine' : 'theirs', first && 'first', entering && 'in'];
  // Within a run only what is still under way shows its state; a time comes with the pointer or the focus.
  names.push(last ? 'last' : (status ?? 'sent') === 'sent' && 'quiet');
  return (
    <div class={names.filter(Boolean).join(' ')}>
      {first && !item.mine ? <b class="author">{authorName(chat, item)}</b> : <b class="sr">{says(chat, item)}</b>}
      <div class={`slip ${props.class ?? ''}`}>{props.children}</div>
      {item.kind === 'message' && status === 'failed' ? (
        <Failed chat={chat} item={item} />
      ) : (
        <div class="meta">
          <Time chat={chat} at={item.at} />
          {status && (
            <>
              <Icon is={status} />
              <span class={status === 'queued' ? '' : 'sr'}>{chat.texts[status]}</span>
            </>
          )}
        </div>
      )}
    </div>
  );
};

const Line = ({ entering, children }: ItemProps & { readonly children: ComponentChildren }) => (
  <div class={entering ? 'line in' : 'line'}>{children}</div>
);

const view = (props: ItemProps) => {
  const { chat, item } = props;
  const line = lineOf(chat, item);
  switch (item.kind) {
    case 'message':
      return (
        <Slip {...props}>
          <Markup text={item.body} format={item.format} />
        </Slip>
      );
    case 'bubbles':
      return (
        <Slip {...props} class="asks">
          {item.body && <Markup text={item.body} format="plain" />}
          <Bubbles chat={chat} item={item} />
        </Slip>
      );
    case 'carousel':
      return (
        <Slip {...props} class="shows">
          {item.body && <Markup text={item.body} format="plain" />}
          <Carousel chat={chat} item={item} />
        </Slip>
      );
    case 'navigate':
      if (item.outcome === 'pending') return null;
      return item.outcome === 'fallback' ? (
        <Slip {...props}>
          <Markup text={item.text} format="plain" />
        </Slip>
      ) : (
        <Line {...props}>
          <Markup text={line ?? ''} format="plain" />
        </Line>
      );
    case 'queued':
      return (
        <Line {...props}>
          {line}
          {props.offer && <EmailForm chat={chat} />}
        </Line>
      );
    case 'joined':
    case 'notice':
      return <Line {...props}>{line}</Line>;
    case 'ended':
      return (
        <Line {...props}>
          {line}
          {props.newest && (
            <button
              type="button"
              class="primary"
              onClick={() => {
                chat.client.openPanel('normal');
                chat.focus();
              }}
            >
              {chat.texts.again}
            </button>
          )}
        </Line>
      );
    default:
      return item satisfies never;
  }
};

/** Drawn anew only when something it shows has changed, so that a long history costs nothing. */
export class ItemView extends Component<ItemProps> {
  override shouldComponentUpdate(next: ItemProps): boolean {
    const now = this.props;
    return (
      next.item !== now.item ||
      next.first !== now.first ||
      next.last !== now.last ||
      next.newest !== now.newest ||
      next.offer !== now.offer ||
      next.chat !== now.chat
    );
  }

  override render() {
    return view(this.props);
  }
}
