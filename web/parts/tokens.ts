/** Message text → a small tree of known nodes. No HTML string exists at any point, so there is nothing to sanitise. */

export type Inline =
  | string
  | { readonly tag: 'strong' | 'em' | 'code' | 'br'; readonly kids: readonly Inline[] }
  | { readonly tag: 'a'; readonly href: string; readonly kids: readonly Inline[] };

export type Block =
  | { readonly tag: 'p'; readonly kids: readonly Inline[] }
  | { readonly tag: 'pre'; readonly text: string }
  | { readonly tag: 'ul'; readonly items: readonly (readonly Inline[])[] }
  | { readonly tag: 'ol'; readonly start: number; readonly items: readonly (readonly Inline[])[] };

/**
 * The address if a contact may be sent there, else null.
 *
 * The scheme must be spelled out: what a URL parser would forgive (leading blanks, tabs and newlines inside, entities,
 * backslashes) is exactly how a refused scheme is smuggled in, so none of it is accepted.
 */
export const safeHref = (address: string): string | null =>
  /^(https?:\/\/[^/?#]|mailto:[^/]|tel:[+\d])[^\s\\\p{C}]*$/iu.test(address) ? address : null;

// Spans are bounded so that a hostile text of unmatched marks costs linear, not quadratic, time.
const MARKS = new RegExp(
  [
    /\\([!-/:-@[-`{-~])/, // 1 an escaped mark
    /(?<fence>`{1,3})(?!`)(.{0,2000}?[^`])\k<fence>(?!`)/, // 2, 3 code
    /\[([^[\]\n]{1,500})\]\(<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500})?)>?\)/, // 4, 5 link
    /(https?:\/\/[^\s<>"`]{1,2000})/, // 6 bare address
    /\*\*(?=\S)(.{0,2000}?\S)\*\*(?!\*)/, // 7 strong
    /(?<mark>__|[*_])(?=[^\s*_])(.{0,2000}?[^\s*_])\k<mark>(?!\w)/, // 8, 9 emphasis, strong for two
  ]
    .map((mark) => mark.source)
    .join('|'),
  'giu',
);

/** A sentence's own punctuation at the end of an address, and a bracket that was opened before it, aren't part of it. */
const trimAddress = (found: string): string => {
  let address = found.replace(/[.,;:!?'"*_~]+$/, '');
  while (address.endsWith(')') && address.split(')').length > address.split('(').length) {
    address = address.slice(0, -1).replace(/[.,;:!?'"*_~]+$/, '');
  }
  return address;
};

const link = (address: string, kids: readonly Inline[], otherwise: string): Inline => {
  const href = safeHref(address);
  return href === null ? otherwise : { tag: 'a', href, kids };
};

const spans = (line: string, inLink: boolean, depth: number): Inline[] => {
  const out: Inline[] = [];
  let at = 0;
  const put = (until: number): void => {
    if (until > at) out.push(line.slice(at, until));
  };
  const marks = new RegExp(MARKS);
  for (let found = marks.exec(line); found; found = marks.exec(line)) {
    const [whole, escaped, , code, label, target, bare, strong, mark, marked] = found;
    let end = found.index + whole.length;
    let node: Inline | undefined;
    if (escaped) node = escaped;
    else if (code) node = { tag: 'code', kids: [code.trim() || code] };
    else if (label && target) node = inLink ? label : link(target, spans(label, true, depth + 1), whole);
    else if (bare && !inLink) {
      const address = trimAddress(bare);
      end = found.index + address.length;
      node = link(address, [address], address);
    } else if (depth < 6 && (strong || !/\w/.test(line.charAt(found.index - 1)))) {
      // Not inside a word: `snake_case` and `2*3` stay as they are. Two asterisks may, for scripts without spaces.
      const inside = strong ?? marked ?? '';
      node = { tag: strong || mark === '__' ? 'strong' : 'em', kids: spans(inside, inLink, depth + 1) };
    }
    if (node === undefined) {
      marks.lastIndex = found.index + 1;
    } else {
      put(found.index);
      out.push(node);
      at = marks.lastIndex = end;
    }
  }
  put(line.length);
  return out;
};

const BREAK: Inline = { tag: 'br', kids: [] };
const ITEM = /^\s{0,8}(?:[-*+•]|(\d{1,6})[.)])\s+(.+)$/;

/** Markdown as bots write it: strong, emphasis, code, links, lists, headings as strong lines. Never fails. */
export const parseMarkdown = (text: string): Block[] => {
  const blocks: Block[] = [];
  let paragraph: Inline[] = [];
  let items: Inline[][] | undefined;
  let fence: string[] | undefined;
  const flush = (): void => {
    if (paragraph.length) blocks.push({ tag: 'p', kids: paragraph });
    paragraph = [];
    items = undefined;
  };
  for (const line of text.split(/\r\n?|\n/)) {
    const item = ITEM.exec(line);
    if (/^\s*```/.test(line) && !/```.*```/.test(line)) {
      if (fence) blocks.push({ tag: 'pre', text: fence.join('\n') });
      flush();
      fence = fence ? undefined : [];
    } else if (fence) fence.push(line);
    else if (!line.trim()) flush();
    else if (item?.[2]) {
      const content = spans(item[2], false, 0);
      const tag = item[1] ? 'ol' : 'ul';
      if (items && blocks.at(-1)?.tag === tag) items.push(content);
      else {
        flush();
        items = [content];
        blocks.push(tag === 'ol' ? { tag, start: Number(item[1]), items } : { tag, items });
      }
    } else {
      const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1];
      if (items || heading) flush();
      if (paragraph.length) paragraph.push(BREAK);
      paragraph.push(
        ...(heading ? [{ tag: 'strong' as const, kids: spans(heading, false, 0) }] : spans(line, false, 0)),
      );
    }
  }
  // A fence that was never closed still shows its text.
  if (fence) blocks.push({ tag: 'pre', text: fence.join('\n') });
  flush();
  return blocks;
};

/** Plain text with its http and https addresses as links; everything else stays as it was written. */
export const parsePlain = (text: string): Inline[] => {
  const out: Inline[] = [];
  let at = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"`]{1,2000}/giu)) {
    const address = trimAddress(found[0]);
    const href = safeHref(address);
    if (!href || found.index < at) continue;
    if (found.index > at) out.push(text.slice(at, found.index));
    out.push({ tag: 'a', href, kids: [address] });
    at = found.index + address.length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
};
