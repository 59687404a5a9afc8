/** Where the contact writes. */

import { Component, createRef } from 'preact';
import type { Shell } from './chat';
import { Icon } from './Icon';
import { fill } from './texts';

const AT_MOST = 10_000;
const COUNT_FROM = 500;

export class Composer extends Component<{ readonly chat: Shell; readonly draft: string }> {
  readonly field = createRef<HTMLTextAreaElement>();

  override componentDidMount(): void {
    this.fit();
  }

  override componentDidUpdate(): void {
    this.fit();
  }

  /** As tall as its text; the style sheet says where that ends. */
  private fit(): void {
    const field = this.field.current;
    if (!field) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${String(field.scrollHeight)}px`;
  }

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const { chat, draft } = this.props;
    if (!draft.trim()) return;
    chat.client.say(draft);
    chat.client.setDraft('');
    this.field.current?.focus();
  };

  private readonly key = (event: KeyboardEvent): void => {
    // 229: Safari ends a composition before it reports its Enter.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.send(event);
  };

  override render() {
    const { chat, draft } = this.props;
    const { texts, client } = chat;
    const left = AT_MOST - draft.length;
    return (
      <form class="composer" onSubmit={this.send}>
        <textarea
          ref={this.field}
          rows={1}
          maxLength={AT_MOST}
          value={draft}
          dir={draft ? 'auto' : undefined}
          enterkeyhint="send"
          aria-label={texts.message}
          placeholder={texts.placeholder}
          onInput={(event) => {
            client.setDraft(event.currentTarget.value);
          }}
          onKeyDown={this.key}
        />
        <button type="submit" class="round" aria-label={texts.send} aria-disabled={!draft.trim()}>
          <Icon is="send" />
        </button>
        {left <= COUNT_FROM && (
          <p class="left" role="status">
            {fill(texts.left, { n: left.toLocaleString(texts.language) })}
          </p>
        )}
      </form>
    );
  }
}
