/** Who is here, how the connection is, and the way out. */

import { Component, createRef } from 'preact';
import type { Link, Phase } from '../client/model';
import type { Chat } from './chat';
import { Icon } from './Icon';

type Props = {
  readonly chat: Chat;
  readonly title: string;
  readonly link: Link;
  readonly phase: Phase;
  readonly close: () => void;
};

type State = { readonly menu: 'closed' | 'open' | 'asking' };

const status = (texts: Chat['texts'], link: Link, phase: Phase): string => {
  switch (link) {
    case 'idle':
    case 'connecting':
      return texts.connecting;
    case 'online':
      return phase === 'waiting' ? texts.waiting : phase === 'bot' ? texts.assistant : texts.ready;
    case 'reconnecting':
      return texts.reconnecting;
    case 'offline':
      return texts.offline;
    case 'refused':
      return texts.refused;
    default:
      return link satisfies never;
  }
};

export class Header extends Component<Props, State> {
  override state: State = { menu: 'closed' };
  private readonly more = createRef<HTMLButtonElement>();
  private readonly first = createRef<HTMLButtonElement>();

  private show(menu: State['menu']): void {
    this.setState({ menu }, () => (this.first.current ?? this.more.current)?.focus());
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.state.menu === 'closed') return;
    // Only the menu closes, not the chat.
    event.stopPropagation();
    this.show('closed');
  };

  override render() {
    const { chat, title, link, phase, close } = this.props;
    const { texts, client } = chat;
    const { menu } = this.state;
    const live = phase !== 'none' && phase !== 'ended';
    return (
      <header onKeyDown={this.key}>
        <span class="mark" aria-hidden="true" data-link={link}>
          {[...title][0]?.toUpperCase()}
        </span>
        <div class="who">
          <h2>{title}</h2>
          <p role="status">{status(texts, link, phase)}</p>
        </div>
        {live && (
          <button
            type="button"
            class="round"
            ref={this.more}
            aria-label={texts.menu}
            aria-expanded={menu !== 'closed'}
            onClick={() => {
              this.show(menu === 'closed' ? 'open' : 'closed');
            }}
          >
            <Icon is="more" />
          </button>
        )}
        <button type="button" class="round" aria-label={texts.close} onClick={close}>
          <Icon is="close" />
        </button>
        {live && menu !== 'closed' && (
          <div class="menu" role="group" aria-label={texts.menu}>
            {menu === 'asking' && <p>{texts.endAsk}</p>}
            {menu === 'asking' && (
              <button
                type="button"
                onClick={() => {
                  this.show('closed');
                }}
              >
                {texts.endKeep}
              </button>
            )}
            <button
              type="button"
              ref={this.first}
              class={menu === 'asking' ? 'danger' : ''}
              onClick={() => {
                if (menu === 'open') {
                  this.show('asking');
                  return;
                }
                client.end();
                this.setState({ menu: 'closed' });
                chat.focus();
              }}
            >
              {texts.end}
            </button>
          </div>
        )}
      </header>
    );
  }
}
