/** The other words in English, which come with the second file. */

import { en as first, type Texts } from './texts';

const rest = {
  log: 'Conversation',
  loading: 'Loading the conversation',
  earlier: 'Show earlier messages',
  fresh: 'New messages',
  says: '{name} says:',
  youSay: 'You say:',
  typing: '{name} is writing',
  queued: 'Waiting for a connection',
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent.',
  dismiss: 'Dismiss',
  choose: 'Choose an answer',
  chosen: 'chosen',
  refusedWhy: 'This website has not been set up for it yet.',
  menu: 'More',
  end: 'End conversation',
  endAsk: 'End this conversation?',
  endKeep: 'Keep chatting',
  retry: 'Try again',
  discard: 'Discard',
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
};

/** Every word that the panel says. */
export type FullTexts = Texts & Readonly<Record<keyof typeof rest, string>>;

export const en: FullTexts = { ...first, ...rest };
