/** What else the contact can do: end the conversation, once they said that they mean it. */

import { Component, createRef } from 'preact';
import type { Chat } from './chat';
import { Icon } from './Icon';

type State = { readonly step: 'closed' | 'open' | 'asking' };

export class Menu extends Component<{ readonly chat: Chat }, State> {
  override state: State = { step: 'closed' };
  private readonly more = createRef<HTMLButtonElement>();
  private readonly first = createRef<HTMLButtonElement>();

  private show(step: State['step']): void {
    this.setState({ step }, () => (this.first.current ?? this.more.current)?.focus());
  }

  private readonly toggle = (): void => {
    this.show(this.state.step === 'closed' ? 'open' : 'closed');
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.state.step === 'closed') return;
    // Only the menu closes, not the chat.
    event.stopPropagation();
    this.show('closed');
  };

  private readonly end = (): void => {
    const { chat } = this.props;
    if (this.state.step === 'open') {
      this.show('asking');
      return;
    }
    chat.client.end();
    this.setState({ step: 'closed' });
    chat.focus();
  };

  override render() {
    const { texts } = this.props.chat;
    const open = this.state.step !== 'closed';
    const asking = this.state.step === 'asking';
    return (
      <div onKeyDown={this.key}>
        <button
          type="button"
          class="round"
          ref={this.more}
          aria-label={texts.menu}
          aria-expanded={open}
          onClick={this.toggle}
        >
          <Icon is="more" />
        </button>
        {open && (
          <div class="menu" role="group" aria-label={texts.menu}>
            {asking && <p>{texts.endAsk}</p>}
            {asking && (
              <button type="button" onClick={this.toggle}>
                {texts.endKeep}
              </button>
            )}
            <button type="button" ref={this.first} class={asking ? 'danger' : ''} onClick={this.end}>
              {texts.end}
            </button>
          </div>
        )}
      </div>
    );
  }
}
