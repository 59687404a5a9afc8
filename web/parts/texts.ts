/** Every word the panel says by itself, in English, and the way to the other languages. */

import { de } from './texts_de';

export const en = {
  language: 'en',
  title: 'Chat',
  close: 'Close chat',
  menu: 'More',
  end: 'End conversation',
  endAsk: 'End this conversation?',
  endKeep: 'Keep chatting',
  ready: 'Usually answers at once',
  assistant: 'Digital assistant',
  waiting: 'Your message is with our team',
  connecting: 'Connecting…',
  reconnecting: 'No connection. Trying again…',
  offline: 'You are offline. Messages are kept and sent later.',
  log: 'Conversation',
  loading: 'Loading the conversation',
  earlier: 'Show earlier messages',
  fresh: 'New messages',
  says: '{name} says:',
  youSay: 'You say:',
  typing: '{name} is writing',
  message: 'Your message',
  placeholder: 'Write a message…',
  send: 'Send',
  left: '{n} characters left',
  queued: 'Waiting for a connection',
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent.',
  retry: 'Try again',
  discard: 'Discard',
  dismiss: 'Dismiss',
  choose: 'Choose an answer',
  chosen: 'chosen',
  previous: 'Previous',
  next: 'Next',
  wentTo: 'You were taken to',
  joined: '{name} joined the conversation',
  queued_forwarded: 'You are being passed on to our team.',
  queued_aborted: 'A person from our team will take over.',
  queued_failed: 'A person from our team will take over.',
  queued_nobody: 'Your message is with us.',
  emailOffer: 'We can also answer by e-mail, so you need not wait here.',
  email: 'Your e-mail address',
  emailSend: 'Leave address',
  emailBad: 'Please check the address. It should look like name@example.com.',
  emailSaving: 'Saving…',
  emailFailed: 'The address could not be saved. Please try again.',
  emailThanks: 'Thank you. We will answer at {email}.',
  notice_patience: 'Still working on it. One moment, please.',
  notice_failed: 'Sorry, that did not work.',
  notice_waiting: 'Nobody is free right now. We answer as soon as we can.',
  notice_email_left: 'Thank you. We will answer by e-mail.',
  ended_bot_ended: 'This conversation is over.',
  ended_contact_ended: 'You ended this conversation.',
  ended_expired: 'This conversation ended after a quiet while.',
  ended_failed: 'This conversation ended because of a fault on our side.',
  again: 'Start a new conversation',
  refused: 'The chat is not available here',
  refusedWhy: 'This website has not been set up for it yet.',
};

export type Texts = Readonly<Record<keyof typeof en, string>>;

/** The texts for a BCP 47 tag; English where we do not speak the language. */
export const textsFor = (locale: string): Texts => (/^de\b/i.test(locale) ? de : en);

/** `text` with its `{name}` places filled. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));

/** Whether a language is written from right to left. */
export const isRtl = (locale: string): boolean => /^(ar|dv|fa|he|ps|ur|yi)\b/i.test(locale);
