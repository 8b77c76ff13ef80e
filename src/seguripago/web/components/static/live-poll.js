// An EventSource for whoever sits behind a proxy that keeps back what does not end: each answer ends when it says something.
// live.js loads it by itself after two streams that said nothing.
self.LivePoll = class extends EventTarget {
  constructor(url) {
    super();
    this.readyState = 0;
    this.gone = new AbortController();
    this.ask(url);
  }

  async ask(url) {
    let failures = 0;
    const address = new URL(url, location.href);
    while (this.readyState !== 2) {
      // Nothing may be asked for without end either.
      const late = setTimeout(() => this.gone.abort(), 60000);
      try {
        // The first answer comes at once: it says that the way is free.
        address.searchParams.set("wait", this.readyState ? 25 : 1);
        const answer = await fetch(address, { signal: this.gone.signal, cache: "no-store" });
        if (answer.status >= 400 && answer.status < 500) return this.fail(2);
        if (!answer.ok) throw new Error(answer.status);
        const { refused, events, cursor } = await answer.json();
        if (this.readyState === 2) return;
        this.readyState = 1;
        failures = 0;
        this.tell("hello", { refused }, cursor);
        for (const { name, data, id } of events) this.tell(name, data, id || cursor);
        address.searchParams.set("after", cursor);
      } catch {
        if (this.readyState === 2) return;
        this.gone = new AbortController();
        this.fail(0);
        await new Promise((resume) => { setTimeout(resume, Math.min(30000, 1000 * 2 ** failures++) * (0.5 + Math.random())); });
      } finally {
        clearTimeout(late);
      }
    }
  }

  tell(name, data, id) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: id }));
  }

  fail(state) {
    this.readyState = state;
    this.onerror?.(new Event("error"));
  }

  close() {
    this.readyState = 2;
    this.gone.abort();
  }
};
