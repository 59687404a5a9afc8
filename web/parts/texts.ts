/** The words that the panel says by itself, in English, as far as its first drawing needs them. */

export const en = {
  language: 'en',
  title: 'Chat',
  close: 'Close chat',
  ready: 'Usually answers at once',
  assistant: 'Digital assistant',
  waiting: 'Your message is with our team',
  connecting: 'Connecting…',
  reconnecting: 'No connection. Trying again…',
  offline: 'You are offline. Messages are kept and sent later.',
  message: 'Your message',
  placeholder: 'Write a message…',
  send: 'Send',
  left: '{n} characters left',
  refused: 'The chat is not available here',
};

export type Texts = Readonly<Record<keyof typeof en, string>>;

/** `text` with its `{name}` places filled. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place));

/** Whether a language is written from right to left. */
export const isRtl = (locale: string): boolean => /^(ar|dv|fa|he|ps|ur|yi)\b/i.test(locale);
