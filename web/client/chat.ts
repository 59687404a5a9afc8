/** One contact's chat: puts connection, history, outbox and tabs together into the state that is drawn. */

import type { Hello, PlatformFrame, Refused, Welcome, WidgetEntry } from '../protocol/frames';
import { createApproach } from './approach';
import { createAttention } from './attention';
import { createConnection } from './connection';
import { createEmitter } from './events';
import { createErrands, type Errand } from './errands';
import { firstSeq, lastSeq } from './fold';
import type { ChatOptions } from './ground';
import { createHistory } from './history';
import { createMemory } from './memory';
import type { ChatClient, ChatState, PageView, Reason } from './model';
import { createOutbox } from './outbox';
import { isNews, picture } from './picture';
import { sayable } from './stand_in';
import { createState } from './state';
import { createAlarm, type Surroundings } from './surroundings';
import { createTabs } from './tabs';
import { createTravels } from './travels';
import { createTurn } from './turn';

const ENTRY_WITHIN = 5_000;

/** A chat that stands still until `start`. */
export function createChat(around: Surroundings, { key, origin }: ChatOptions): ChatClient {
  const { clock } = around;
  const memory = createMemory(around.store, key);
  const history = createHistory();
  const tabs = createTabs(around);
  const turn = createTurn(around, key);
  const { on, emit, clear: forgetListeners } = createEmitter(around.report);
  const state = createState(memory, () => {
    emit('change', {});
  });
  const typingAlarm = createAlarm(clock);
  const entryAlarm = createAlarm(clock);
  let token = memory.recall().token ?? null;
  /** Whose log is here: the platform has another one after a backup was restored. */
  let epoch: string | null = null;
  let page = around.page();
  let emailKnown = false;
  let ready = false;
  /** Called once the first welcome is drawn. */
  let afterReady: (() => void) | null = null;

  const hello = (): Hello => {
    const newest = history.newest();
    token = memory.recall().token ?? token;
    return {
      type: 'hello',
      token,
      page,
      locale: around.locale(),
      conversation: newest?.conversation ?? null,
      after: newest ? lastSeq(newest) : 0,
      epoch,
    };
  };

  const connection = createConnection(around, {
    hello(say) {
      const greeting = hello();
      if (greeting.token) say(greeting);
      else turn.take(() => say(hello()));
    },
    received,
    linkChanged(link) {
      if (state.link.value === link) return;
      state.link.value = link;
      emit('state', { phase: state.phase.value, link });
    },
    down() {
      turn.end();
      state.loadingEarlier.value = false;
      state.typing.value = false;
      outbox.down();
      draw();
    },
    forgotten() {
      token = null;
      memory.remember({ token: undefined, live: false, unread: 0 });
      history.forget();
      draw();
    },
  });

  const errands = createErrands(clock, connection.send);
  const approach = createApproach(clock, memory, () => {
    if (!isLive()) emit('approach', {});
  });
  const travels = createTravels(around, errands);
  const attention = createAttention(clock, history, tabs, connection.send);

  const outbox = createOutbox(clock, around.store, key, {
    send: connection.send,
    changed: draw,
    tooOld(texts) {
      if (texts.length) setDraft([...texts, state.draft.value].filter(Boolean).join('\n'));
    },
    clickRefused: fail,
    tell: tabs.tell,
  });

  function fail({ code, detail }: Reason): void {
    state.failure.value = { code, detail };
    emit('error', { code, message: detail });
  }

  function setDraft(text: string): void {
    state.draft.value = text;
    memory.keepDraft(text);
  }

  // ------------------------------------------------------------ drawing

  function draw(): void {
    const known = {
      logs: history.logs(),
      sending: outbox.list(),
      seen: attention.seen(),
      emailKnown,
      shown: state.items.value,
    };
    const { phase, unread, ...next } = picture(known);
    const changed = phase !== state.phase.value;
    const counted = ready && unread !== state.unread.value;
    state.items.value = next.items;
    state.conversation.value = next.conversation;
    state.phase.value = phase;
    state.operator.value = sameOperator(state.operator.value, next.operator);
    state.emailOffer.value = next.emailOffer;
    state.atBeginning.value = next.atBeginning;
    if (counted) state.unread.value = unread;
    if (counted) emit('unread', { count: unread });
    if (changed) emit('state', { phase, link: state.link.value });
    if (counted || changed) rememberHow();
  }

  const isLive = (): boolean => state.phase.value !== 'none' && state.phase.value !== 'ended';

  function rememberHow(): void {
    const live = isLive() || state.look.value?.approach_mode === 'proactive';
    if (ready) memory.remember({ unread: state.unread.value, live });
  }

  // ------------------------------------------------------------ what the platform says

  function received(frame: PlatformFrame): void {
    switch (frame.type) {
      case 'welcome':
        welcomed(frame);
        break;
      case 'entries': {
        const before = history.newest()?.conversation;
        const { hole, added } = history.grown(frame);
        if (hole) connection.helloAgain();
        if (history.newest()?.conversation !== before) attention.restart(0);
        arrived(added);
        added.forEach((entry) => {
          heard(frame.conversation, entry);
        });
        break;
      }
      case 'history':
        history.lookedBack(frame);
        state.loadingEarlier.value = false;
        draw();
        break;
      case 'ack':
        if (!errands.answered(frame)) outbox.answered(frame);
        expect(frame.conversation, frame.seq);
        break;
      case 'refused':
        refused(frame);
        break;
      case 'typing':
        state.typing.value = frame.seconds > 0;
        typingAlarm.set(frame.seconds * 1000, () => {
          state.typing.value = false;
        });
        break;
      case 'pong':
        break;
      default:
        frame satisfies never;
    }
  }

  function welcomed(frame: Welcome): void {
    const { hole, added } = history.welcomed(frame);
    ({ token, epoch } = frame);
    memory.remember({ token, look: frame.widget });
    turn.end();
    tabs.tell({ note: 'token', token });
    state.look.value = frame.widget;
    emailKnown = frame.email_known ?? false;
    if (!frame.resumed) outbox.settle();
    if (hole && frame.resumed) {
      // What came does not follow what is here: start over with nothing, so that the next answer is whole.
      history.forget();
      connection.helloAgain();
    }
    const seen = frame.conversation?.seen_seq ?? 0;
    if (frame.resumed) attention.learn(seen);
    else attention.restart(seen);
    const first = !ready;
    ready = true;
    arrived(added);
    rememberHow();
    errands.resend();
    outbox.flush();
    if (frame.conversation) travels.found(frame.conversation.id, added, isPending);
    if (first) {
      emit('ready', { conversation: state.conversation.value });
      afterReady?.();
      approach.plan(frame.widget);
    }
  }

  const isPending = (seq: number): boolean =>
    state.items.value.some(
      (item) => item.kind === 'navigate' && item.seq === seq && !item.past && item.outcome === 'pending',
    );

  /** New entries are in the history: whatever waited for them, ends. */
  function arrived(added: readonly WidgetEntry[]): void {
    outbox.landed(new Set(added.flatMap((entry) => entry.message_id ?? [])));
    if (added.some((entry) => entry.author.kind !== 'contact' && entry.kind !== 'hidden')) {
      typingAlarm.clear();
      state.typing.value = false;
    }
    attention.look();
    draw();
  }

  /** An entry arrived while this page was connected, not from the past. */
  function heard(conversation: string, entry: WidgetEntry): void {
    if (conversation === history.newest()?.conversation) travels.heard(conversation, entry, page.url);
    if (!isNews(entry)) return;
    const item = state.items.value.find((one) => one.seq === entry.seq && !one.past);
    if (!item) return;
    emit('message', { item });
    if (!attention.visible())
      tabs.ringOnce(`frontdesk:${key}:${item.key}`, () => {
        emit('ring', { item });
      });
  }

  function refused(frame: Refused): void {
    if (errands.answered(frame) || frame.message_id) {
      outbox.answered(frame);
    } else if (!ready && frame.retry_after_ms == null) {
      fail(frame);
      connection.giveUp();
    } else {
      state.loadingEarlier.value = false;
      if (frame.retry_after_ms == null) fail(frame);
    }
  }

  /** An acknowledged entry that does not come means that others are missing too. */
  function expect(conversation: string | null | undefined, seq: number | null | undefined): void {
    if (!conversation || seq == null) return;
    entryAlarm.set(ENTRY_WITHIN, () => {
      const log = history.logs().find((one) => one.conversation === conversation);
      if (!log || lastSeq(log) < seq) connection.helloAgain();
    });
  }

  // ------------------------------------------------------------ what other tabs say

  tabs.listen((note) => {
    switch (note.note) {
      case 'seen':
        if (note.conversation !== state.conversation.value || note.seq <= attention.seen()) return;
        attention.learn(note.seq);
        draw();
        break;
      case 'token':
        token = note.token;
        break;
      case 'queued':
        outbox.reread();
        break;
      case 'acked':
        outbox.ackedElsewhere(note.id);
        break;
      case 'dropped':
        outbox.droppedElsewhere(note.id);
        break;
      default:
        note satisfies never;
    }
  });

  // ------------------------------------------------------------ opening

  /** On the next page of a visit the panel is open as it was: that begins nothing where a conversation ended. */
  function openAgain(): void {
    if (state.phase.value === 'none') sendOpen('normal');
  }

  function sendOpen(mode: 'normal' | 'proactive'): void {
    if (!errands.has('open')) ask({ type: 'open', message_id: around.newId(), mode });
  }

  function ask(errand: Errand): void {
    void errands.run(errand).then((answer) => {
      if (answer.type === 'refused') fail(answer);
    });
  }

  return {
    state,
    key,
    origin,
    on,
    setDraft,
    start() {
      outbox.flush();
      draw();
      connection.start();
    },
    stop() {
      connection.stop();
      for (const alarm of [typingAlarm, entryAlarm, approach]) alarm.clear();
      attention.stop();
      tabs.close();
      forgetListeners();
    },
    openPanel(mode) {
      approach.clear();
      emit('open', { mode: mode === 'proactive' ? mode : 'normal' });
      if (mode !== 'restored') sendOpen(mode);
      else if (ready) openAgain();
      else afterReady = openAgain;
    },
    closePanel() {
      emit('close', {});
    },
    say(text) {
      const body = sayable(text);
      if (body) outbox.add({ type: 'say', message_id: around.newId(), body }, body);
    },
    retry: outbox.retry,
    discard: outbox.discard,
    click(seq, option) {
      const item = state.items.value.find((one) => one.seq === seq && !one.past);
      if ((item?.kind !== 'bubbles' && item?.kind !== 'carousel') || !item.active) return;
      const picked = item.options[option - 1];
      const conversation = state.conversation.value;
      if (picked === undefined || !conversation) return;
      const headline = typeof picked === 'string' ? picked : picked.headline;
      outbox.add({ type: 'click', message_id: around.newId(), conversation, seq, option }, headline);
    },
    async leaveEmail(email) {
      const answer = await errands.run({ type: 'leave_email', message_id: around.newId(), email: email.trim() });
      if (answer.type === 'refused') return { ok: false, detail: answer.detail };
      emailKnown = true;
      draw();
      return { ok: true };
    },
    end() {
      const conversation = state.conversation.value;
      if (!conversation || state.phase.value === 'ended' || errands.has('end')) return;
      ask({ type: 'end', message_id: around.newId(), conversation });
    },
    loadEarlier() {
      const oldest = history.logs()[0];
      if (!oldest || oldest.complete || state.loadingEarlier.value) return;
      const { conversation } = oldest;
      state.loadingEarlier.value = connection.send({ type: 'earlier', conversation, before: firstSeq(oldest) });
    },
    setVisible(visible) {
      attention.show(visible);
      draw();
    },
    turnPage(next: PageView) {
      if (next.url === page.url && next.title === page.title) return;
      page = next;
      connection.send({ type: 'page', page });
    },
    clearFailure() {
      state.failure.value = null;
    },
    wake: connection.wake,
  };
}

type Operator = ChatState['operator']['value'];
const sameOperator = (old: Operator, next: Operator): Operator =>
  old && next && old.name === next.name && old.kind === next.kind ? old : next;
