/** The offer to be answered by e-mail while nobody is in charge. */

import { Component, createRef } from 'preact';
import type { Chat } from './chat';

type State = { readonly step: 'asking' | 'bad' | 'saving' | 'failed' };

export class EmailForm extends Component<{ readonly chat: Chat }, State> {
  override state: State = { step: 'asking' };
  private readonly field = createRef<HTMLInputElement>();

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.state.step === 'saving') return;
    const email = this.field.current?.value.trim() ?? '';
    if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(email)) {
      this.setState({ step: 'bad' });
      this.field.current?.focus();
      return;
    }
    this.setState({ step: 'saving' });
    const { chat } = this.props;
    // The platform's own line says thank you, and may come before its answer does.
    chat.address = email;
    const { ok } = await chat.client.leaveEmail(email);
    if (!ok) return this.setState({ step: 'failed' });
    chat.focus();
  };

  override render() {
    const { texts } = this.props.chat;
    const { step } = this.state;
    const fault = step === 'bad' ? texts.emailBad : step === 'failed' ? texts.emailFailed : '';
    return (
      <form class="email" noValidate onSubmit={(event) => void this.submit(event)}>
        <label for="fd-email">{texts.emailOffer}</label>
        <input
          id="fd-email"
          ref={this.field}
          type="email"
          autocomplete="email"
          maxLength={254}
          dir="ltr"
          placeholder="name@example.com"
          aria-label={texts.email}
          aria-invalid={!!fault}
          aria-describedby="fd-email-fault"
        />
        <p id="fd-email-fault" role="alert">
          {fault}
        </p>
        <button type="submit" class="primary" aria-disabled={step === 'saving'}>
          {step === 'saving' ? texts.emailSaving : texts.emailSend}
        </button>
      </form>
    );
  }
}
