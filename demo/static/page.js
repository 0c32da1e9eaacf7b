// The demo's page: draws what the simulated platforms hold and sends what its visitor does.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const el = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const face = (svg, cls = "face") => {
    const node = el("span", cls);
    node.innerHTML = svg; // our own drawing, never a citizen's words
    return node;
  };
  const state = { cast: null, clock: null, clockAt: 0, openid: "", phone: [], comments: new Map(), waiting: {}, since: 0 };
  const panels = {};

  async function call(path, body) {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(typeof data.detail === "string" ? data.detail : "没有成功，请再试一次。");
    return data;
  }
  let toastTimer = 0;
  function toast(text) {
    $("toast").textContent = text;
    $("toast").hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
  }
  const tried = (work) => work.catch((error) => toast(error.message || "连接不上服务，请稍后再试。"));

  // time
  const parts = (at, options) => new Intl.DateTimeFormat("zh-CN", { timeZone: state.clock.zone, hourCycle: "h23", ...options }).format(new Date(at * 1000));
  const hhmm = (at) => parts(at, { hour: "2-digit", minute: "2-digit" });
  const dayOf = (at) => parts(at, { month: "long", day: "numeric", weekday: "short" });
  const nowInDemo = () => state.clock.now + (performance.now() - state.clockAt) / 1000;
  function drawClock() {
    if (!state.clock) return;
    const now = nowInDemo();
    $("clock-time").textContent = hhmm(now);
    $("clock-day").textContent = window.innerWidth < 860 ? dayOf(now) : parts(now, { year: "numeric", month: "long", day: "numeric", weekday: "long" });
    if (!state.clock.workday) $("clock-day").append(" · ", el("em", "", state.clock.reason));
  }
  function setClock(clock) {
    state.clock = clock;
    state.clockAt = performance.now();
    drawClock();
  }

  // the phone
  const person = () => state.cast.citizens.find((c) => c.openid === state.openid);
  function drawPeople() {
    $("people").replaceChildren(...state.cast.citizens.map((c) => {
      const button = el("button");
      button.type = "button";
      button.title = c.about;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(c.openid === state.openid));
      button.append(face(faces.citizen(c.face)), c.name);
      if (state.waiting[c.openid]) button.append(el("em"));
      button.onclick = () => { choosePerson(c.openid); };
      return button;
    }));
  }
  function choosePerson(openid) {
    state.openid = openid;
    drawPeople();
    drawHints();
    drawWaiting();
    const box = $("bubbles");
    box.replaceChildren();
    box.dataset.day = box.dataset.at = "";
    state.phone.filter((b) => b.openid === openid).forEach(addBubble);
    box.scrollTop = box.scrollHeight;
  }
  function drawHints() {
    $("hints").replaceChildren(...person().lines.map((line) => {
      const chip = el("button", "", line);
      chip.type = "button";
      chip.title = line;
      chip.onclick = () => { $("phone-text").value = line; grow($("phone-text")); $("phone-text").focus(); };
      return chip;
    }));
  }
  function drawWaiting() {
    const count = state.waiting[state.openid] || 0;
    $("waiting").hidden = !count;
    $("waiting").textContent = `有 ${count} 条答复待送达：平台窗口已关闭，发送任意消息即可收到`;
  }
  function addBubble(b) {
    const box = $("bubbles");
    if (!box.dataset.at || b.at - Number(box.dataset.at) > 600) {
      box.append(el("div", "when", `${dayOf(b.at)} ${hhmm(b.at)}`));
    }
    box.dataset.at = b.at;
    if (b.kind === "note") {
      const note = el("div", "note");
      note.append(el("span", "", b.text));
      box.append(note);
      return;
    }
    const row = el("div", b.mine ? "bubble mine" : "bubble");
    const say = el("div", "say");
    row.append(face(b.mine ? faces.citizen(person().face) : faces.bot), say);
    fillBubble(say, b);
    box.append(row);
  }
  function fillBubble(say, b) {
    if (b.kind === "image" && b.media) {
      const img = el("img");
      img.src = `media/${encodeURIComponent(b.media)}`;
      img.alt = "图片";
      img.onerror = () => { img.replaceWith("[图片]"); };
      img.onload = stickPhone;
      say.append(img);
    } else if (b.kind === "voice") {
      say.append(`语音${b.text ? `（识别：${b.text}）` : "（未识别出文字）"}`);
    } else if (b.kind === "location") {
      say.classList.add("map");
      say.append(el("div", "label", b.text), el("div", "ground"));
    } else if (b.kind === "template") {
      say.classList.add("template");
      say.append(el("b", "", "服务通知"), b.text);
    } else if (b.choices) {
      say.append(b.text);
      b.choices.forEach((c) => {
        const choice = el("button", "choice", c.text);
        choice.type = "button";
        choice.onclick = () => sendPhone({ kind: "text", text: c.text, menu_id: c.id });
        say.append(choice);
      });
      if (b.tail) say.append(b.tail);
    } else {
      say.append(b.text);
    }
  }
  function stickPhone() { $("bubbles").scrollTop = $("bubbles").scrollHeight; }
  function sendPhone(said) {
    return tried(call(`phone/${encodeURIComponent(state.openid)}`, said));
  }
  function drawComments() {
    const rows = [...state.comments.values()].sort((a, b) => a.at - b.at);
    $("comments").replaceChildren(...rows.map((c) => {
      const who = state.cast.citizens.find((p) => p.openid === c.openid);
      const row = el("div", "comment");
      const right = el("div");
      right.append(el("b", "", `${c.name} · ${dayOf(c.at)}`), el("div", "", c.text));
      if (c.reply) {
        const answer = el("div", "answer");
        answer.append(el("b", "", "作者回复"), c.reply);
        right.append(answer);
      }
      row.append(face(who ? faces.citizen(who.face) : faces.member(c.name, 5)), right);
      return row;
    }));
  }

  // a picture to send: a street with a dark lamp
  function samplePhoto() {
    const canvas = el("canvas");
    canvas.width = 320; canvas.height = 240;
    const c = canvas.getContext("2d");
    const sky = c.createLinearGradient(0, 0, 0, 240);
    sky.addColorStop(0, "#15203a"); sky.addColorStop(1, "#41506b");
    c.fillStyle = sky; c.fillRect(0, 0, 320, 240);
    c.fillStyle = "#26303f"; c.fillRect(0, 178, 320, 62);
    c.fillStyle = "#1b2433";
    [[8, 70, 60], [76, 100, 48], [212, 60, 50], [268, 92, 46]].forEach(([x, y, w]) => c.fillRect(x, y, w, 180 - y));
    c.fillStyle = "#d9b95b";
    [[20, 90], [42, 120], [90, 130], [228, 84], [284, 120]].forEach(([x, y]) => c.fillRect(x, y, 9, 11));
    c.strokeStyle = "#9aa4b3"; c.lineWidth = 6;
    c.beginPath(); c.moveTo(160, 200); c.lineTo(160, 60); c.quadraticCurveTo(160, 42, 190, 44); c.stroke();
    c.fillStyle = "#5b6472"; c.fillRect(180, 40, 34, 10);
    c.fillStyle = "#ffffffcc"; c.font = "13px sans-serif"; c.fillText("锦湖路 17 号灯杆 不亮", 14, 228);
    return canvas.toDataURL("image/png");
  }
  const readFile = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(new Error("图片读不出来，请换一张。"));
    reader.readAsDataURL(file);
  });
  const tools = {
    photo: () => sendPhone({ kind: "image", data: samplePhoto() }),
    voice: () => {
      const heard = window.prompt("语音里说的话（留空表示平台没有识别出文字）：", "我想问一下老人的高龄补贴怎么领");
      return heard === null ? null : sendPhone({ kind: "voice", text: heard });
    },
    location: () => {
      const list = state.cast.places;
      const place = list[Math.floor(performance.now()) % list.length];
      return sendPhone({ kind: "location", data: place.key });
    },
    unfollow: () => sendPhone({ kind: "follow", data: "no" }),
    follow: () => sendPhone({ kind: "follow", data: "yes" }),
  };

  // words as the chat platform shows them: a few tags, nothing else
  const TAGS = { B: "b", STRONG: "b", I: "i", EM: "i", U: "u", S: "s", CODE: "code", PRE: "code", BLOCKQUOTE: "blockquote" };
  const MARKED = /(【(?:逾期|紧急|敏感|不满意|退回|群聊故障)】)/;
  function plainWords(node, text) {
    text.split(MARKED).forEach((part) => { if (part) node.append(MARKED.test(part) ? el("mark", "", part) : part); });
  }
  function rich(node, text, mode) {
    if ((mode || "").toUpperCase() !== "HTML") { plainWords(node, text); return; }
    const copy = (from, to) => from.childNodes.forEach((child) => {
      if (child.nodeType === Node.TEXT_NODE) plainWords(to, child.data);
      else if (child.nodeType === Node.ELEMENT_NODE) {
        const into = TAGS[child.tagName] ? el(TAGS[child.tagName]) : to;
        if (into !== to) to.append(into);
        copy(child, into);
      }
    });
    copy(new DOMParser().parseFromString(text, "text/html").body, node);
  }

  class Panel {
    constructor(root, chat, actor) {
      Object.assign(this, { root, chat, room: chat.chat_id, posts: new Map(), actor, replyTo: null, expects: 0, unread: 0 });
      root.append($("chat-template").content.cloneNode(true));
      const find = (selector) => root.querySelector(selector);
      this.list = find(".posts"); this.form = find("form"); this.input = find("textarea");
      this.select = find("select"); this.newer = find(".newer"); this.replying = find(".replying");
      find(".chat-title b").textContent = chat.title;
      this.input.placeholder = "回复卡片，或发 /mine /overdue /help …";
      this.input.setAttribute("aria-label", `${chat.title}：写消息`);
      const cast = [...state.cast.staff, state.cast.stranger];
      cast.forEach((m) => this.select.append(new Option(`${m.name} · ${m.title}`, m.user)));
      this.select.value = actor;
      this.select.onchange = () => this.act(Number(this.select.value));
      find(".replying button").onclick = () => this.reply(null);
      find(".alert button").onclick = () => { find(".alert").hidden = true; };
      this.newer.onclick = () => this.bottom();
      this.list.onscroll = () => { if (this.atEnd()) this.newer.hidden = true; };
      this.form.onsubmit = (event) => { event.preventDefault(); this.send(); };
      composer(this.input, this.form);
      ["pointerdown", "wheel", "keydown"].forEach((deed) => root.addEventListener(deed, () => { this.newcomer = false; }));
      if (chat.key === "handlers") this.rooms(find(".rooms"));
      this.act(actor);
    }
    rooms(box) {
      box.hidden = false;
      this.tabs = [["工作群", () => this.chat.chat_id], ["私聊", () => String(this.actor)]].map(([name, room]) => {
        const tab = el("button", "", name);
        tab.type = "button";
        tab.onclick = () => { this.enter(room()); };
        box.append(tab);
        return tab;
      });
      this.markRoom();
    }
    markRoom() {
      this.tabs?.forEach((tab, n) => tab.classList.toggle("on", (n === 0) === (this.room === this.chat.chat_id)));
    }
    enter(room) {
      this.room = room;
      this.reply(null);
      this.markRoom();
      this.redraw();
    }
    act(user) {
      this.actor = user;
      const cast = [...state.cast.staff, state.cast.stranger];
      const n = cast.findIndex((m) => m.user === user);
      this.root.querySelector(".as-face").innerHTML = faces.member(cast[n].name, n);
      this.root.querySelector(".chat-title span").textContent = `${state.cast.staff.length + 1} 人`;
      if (this.room !== this.chat.chat_id) this.enter(String(user));
      this.redraw();
    }
    atEnd() { return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 90; }
    open() {  // a newcomer sees first what can be taken up, also while the first cards are still coming
      this.newcomer = true;
      const free = [...this.posts.values()].filter((node) => [...node.querySelectorAll("button")].some((b) => b.textContent === "认领")).at(-1);
      if (free) this.list.scrollTop += free.getBoundingClientRect().bottom - this.list.getBoundingClientRect().bottom + 12;
    }
    bottom() { this.list.scrollTop = this.list.scrollHeight; this.newer.hidden = true; }
    redraw() {
      const shown = state.posts.filter((p) => p.chat === this.room && !p.deleted).sort((a, b) => a.id - b.id);
      this.list.replaceChildren();
      this.posts.clear();
      this.day = "";
      shown.forEach((p) => this.append(p));
      if (!shown.length) this.list.append(el("p", "empty", "还没有消息。"));
      this.bottom();
    }
    take(post) {
      if (post.chat !== this.room) return;
      const old = this.posts.get(post.id);
      const end = this.atEnd();
      if (post.deleted) { old?.remove(); return; }
      if (old) {
        const fresh = this.draw(post);
        old.replaceWith(fresh);
        this.posts.set(post.id, fresh);
      } else {
        this.list.querySelector(".empty")?.remove();
        this.append(post);
        if (!end && post.user !== this.actor) this.newer.hidden = false;
        if (post.markup.force_reply && performance.now() < this.expects) { this.expects = 0; this.reply(post); }
      }
      if (this.newcomer) this.open(); else if (end || post.user === this.actor) this.bottom();
    }
    append(post) {
      const day = dayOf(post.at);
      if (day !== this.day) {
        const line = el("div", "day");
        line.append(el("span", "", day));
        this.list.append(line);
        this.day = day;
      }
      const node = this.draw(post);
      this.posts.set(post.id, node);
      this.list.append(node);
    }
    draw(post) {
      const row = el("div", post.user === this.actor ? "post own" : "post");
      row.dataset.id = post.id;
      const n = state.cast.staff.findIndex((m) => m.user === post.user);
      row.append(face(post.bot ? faces.bot : faces.member(post.name, n < 0 ? 5 : n)));
      const body = el("div", "body"), card = el("div", "card");
      if (post.user !== this.actor) card.append(el("div", "who", post.name));
      if (post.reply_to) this.quote(card, post.reply_to);
      const text = el("div", "text");
      rich(text, post.text, post.mode);
      card.append(text);
      if (post.text.length > 420 || post.text.split("\n").length > 15) this.fold(card, text);
      const meta = el("div", "meta");
      const answer = el("button", "", "回复");
      answer.type = "button";
      answer.onclick = () => this.reply(post);
      meta.append(answer, `${post.edited ? "已更新 " : ""}${hhmm(post.at)}`);
      card.append(meta);
      body.append(card);
      if (post.markup.inline_keyboard) body.append(this.keys(post));
      row.append(body);
      return row;
    }
    quote(card, id) {
      const to = state.posts.find((p) => p.chat === this.room && p.id === id);
      const box = el("button", "quote");
      box.type = "button";
      box.append(el("b", "", to ? to.name : ""), el("span", "", to ? to.text.slice(0, 90).replace(/<[^>]*>/g, "") : "消息已删除"));
      box.onclick = () => this.show(id);
      card.append(box);
    }
    show(id) {
      const node = this.posts.get(id);
      if (!node) return;
      node.scrollIntoView({ block: "center", behavior: "smooth" });
      node.classList.add("flash");
      setTimeout(() => node.classList.remove("flash"), 1700);
    }
    fold(card, text) {
      text.classList.add("long");
      const unfold = el("button", "unfold", "展开全文");
      unfold.type = "button";
      unfold.onclick = () => { unfold.textContent = text.classList.toggle("long") ? "展开全文" : "收起"; };
      card.append(unfold);
    }
    keys(post) {
      const box = el("div", "keys");
      post.markup.inline_keyboard.forEach((line) => {
        const row = el("div");
        line.forEach((key) => {
          const button = el("button", "", key.text);
          button.type = "button";
          button.title = key.text;
          button.onclick = () => this.press(post, key, button);
          row.append(button);
        });
        box.append(row);
      });
      return box;
    }
    async press(post, key, button) {
      button.disabled = true;
      this.expects = performance.now() + 15000;
      try {
        const said = await call(`chat/${this.room}/press`, { user: this.actor, message_id: post.id, data: key.callback_data });
        if (said.alert && said.text) this.alert(said.text);
        else if (said.text) this.notice(said.text);
      } catch (error) {
        toast(error.message);
      } finally {
        button.disabled = false;
      }
    }
    alert(text) {
      const box = this.root.querySelector(".alert");
      box.querySelector("p").textContent = text;
      box.hidden = false;
      box.querySelector("button").focus();
    }
    notice(text, shown = 3500) {
      const box = this.root.querySelector(".notice");
      box.textContent = text;
      box.hidden = false;
      clearTimeout(this.noticeTimer);
      this.noticeTimer = setTimeout(() => { box.hidden = true; }, shown);
    }
    reply(post) {
      this.replyTo = post ? post.id : null;
      this.replying.hidden = !post;
      if (!post) return;
      this.replying.querySelector("b").textContent = `回复 ${post.name}`;
      this.replying.querySelector("span").textContent = post.text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").slice(0, 90);
      this.input.focus();
    }
    async send() {
      const text = this.input.value.trim();
      if (!text) return;
      const to = this.replyTo;
      if (!to && this.room === this.chat.chat_id && !text.startsWith("/") && text !== this.meant) {
        this.meant = text;  // sent once more, it is meant for the colleagues
        this.notice("文字还在。要提交为答复草稿，请先点卡片右下的「回复」，再点「发送」；只是在群里说一句话，请再点一次「发送」。", 12000);
        return;
      }
      this.input.value = "";
      grow(this.input);
      this.reply(null);
      try {
        await call(`chat/${this.room}/message`, { user: this.actor, text, reply_to: to });
      } catch (error) {
        toast(error.message);
        this.input.value = text;
      }
    }
  }

  // typing: Enter sends, Shift+Enter breaks the line
  function grow(input) {
    input.style.height = "35px";
    input.style.height = `${Math.min(120, Math.max(35, input.scrollHeight + 2))}px`;
  }
  function composer(input, form) {
    input.oninput = () => grow(input);
    input.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    };
  }

  // what comes in
  let waitTimer = 0;
  function lookForWaiting() {
    clearTimeout(waitTimer);
    waitTimer = setTimeout(async () => {
      const found = await call("waiting").catch(() => null);
      if (!found) return;
      state.waiting = found;
      drawPeople();
      drawWaiting();
    }, 600);
  }
  function count(panel) {
    const badge = document.querySelector(`.bottom [data-panel=${panel.chat.key}] em`);
    if (document.body.dataset.panel === panel.chat.key) return;
    panel.unread += 1;
    badge.textContent = panel.unread > 99 ? "99+" : panel.unread;
    badge.hidden = false;
  }
  function take(items, first) {
    let comments = false, phone = false;
    const here = $("bubbles");
    const end = here.scrollHeight - here.scrollTop - here.clientHeight < 120;
    for (const item of items) {
      if (item.stream === "clock") setClock(item);
      else if (item.stream === "comment") { state.comments.set(item.key, item); comments = true; }
      else if (item.stream === "phone") {
        state.phone.push(item);
        if (!first && item.openid === state.openid) { addBubble(item); phone = true; }
      } else if (item.stream === "chat") {
        const at = state.posts.findIndex((p) => p.chat === item.chat && p.id === item.id);
        if (at < 0) state.posts.push(item); else state.posts[at] = item;
        if (!first) Object.values(panels).forEach((panel) => {
          if (at < 0 && item.chat === panel.chat.chat_id) count(panel);
          panel.take(item);
        });
      }
    }
    if (comments) drawComments();
    if (phone && end) stickPhone();
    if (!first) lookForWaiting();
  }
  function listen() {
    let first = true;
    const connect = () => {
      const source = new EventSource(`events?since=${state.since}`);
      source.onmessage = (event) => {
        const items = JSON.parse(event.data);
        state.since = Number(event.lastEventId);
        take(items, first);
        if (first) { first = false; begin(); }
      };
      source.onerror = () => { source.close(); setTimeout(connect, 1500); };
    };
    connect();
  }
  function begin() {
    panels.handlers = new Panel($("panel-handlers"), state.cast.chats[0], state.cast.staff[0].user);
    panels.supervisors = new Panel($("panel-supervisors"), state.cast.chats[1], state.cast.staff.at(-1).user);
    choosePerson(state.cast.citizens[0].openid);
    drawComments();
    panels.handlers.open();
    document.body.dataset.ready = "yes";
  }

  function wire() {
    document.querySelectorAll("[data-jump]").forEach((button) => {
      button.onclick = async () => {
        document.querySelectorAll("[data-jump]").forEach((b) => { b.disabled = true; });
        await tried(call("clock", { to: button.dataset.jump }));
        document.querySelectorAll("[data-jump]").forEach((b) => { b.disabled = false; });
      };
    });
    document.querySelectorAll("[data-menu]").forEach((button) => {
      button.onclick = () => sendPhone({ kind: "menu", data: button.dataset.menu });
    });
    document.querySelectorAll("[data-tool]").forEach((button) => {
      button.onclick = () => { $("tools").hidden = true; tools[button.dataset.tool](); };
    });
    document.querySelectorAll("[data-view]").forEach((tab) => {
      tab.onclick = () => {
        document.querySelectorAll("[data-view]").forEach((other) => other.classList.toggle("on", other === tab));
        $("talk").hidden = tab.dataset.view !== "talk";
        $("article").hidden = tab.dataset.view !== "article";
        $("website").hidden = tab.dataset.view !== "website";
        const site = $("website").firstElementChild;
        if (tab.dataset.view === "website" && !site.src) site.src = site.dataset.src;
        if (tab.dataset.view === "talk") stickPhone();
      };
    });
    document.querySelectorAll(".bottom button").forEach((button) => {
      button.onclick = () => {
        document.body.dataset.panel = button.dataset.panel;
        document.querySelectorAll(".bottom button").forEach((b) => b.classList.toggle("on", b === button));
        const panel = panels[button.dataset.panel];
        if (panel) { panel.unread = 0; button.querySelector("em").hidden = true; panel.bottom(); } else stickPhone();
      };
    });
    $("more").onclick = () => { $("tools").hidden = !$("tools").hidden; $("more").setAttribute("aria-expanded", String(!$("tools").hidden)); stickPhone(); };
    $("file").onchange = async () => {
      const file = $("file").files[0];
      $("file").value = "";
      $("tools").hidden = true;
      if (!file) return;
      if (file.size > 2 << 20) { toast("图片应在 2 MB 以内。"); return; }
      await tried(readFile(file).then((data) => call(`phone/${encodeURIComponent(state.openid)}`, { kind: "image", data })));
    };
    sending($("phone-form"), $("phone-text"), "text");
    sending($("comment-form"), $("comment-text"), "comment");
    $("console-open").onclick = () => { $("console-box").hidden = !$("console-box").hidden; $("console-open").setAttribute("aria-expanded", String(!$("console-box").hidden)); };
    document.addEventListener("click", (event) => {
      if (!event.target.closest("#console-box, #console-open")) $("console-box").hidden = true;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { $("console-box").hidden = true; document.querySelectorAll(".alert").forEach((a) => { a.hidden = true; }); }
    });
    const guide = (open) => { $("guide").hidden = !open; try { localStorage.setItem("huiyin-guide", open ? "" : "no"); } catch { /* private window */ } };
    $("reset").onclick = () => beginAnew($("reset"));
    $("guide-open").onclick = () => guide($("guide").hidden);
    $("guide-close").onclick = () => guide(false);
    let seen = "";
    try { seen = localStorage.getItem("huiyin-guide"); } catch { /* private window */ }
    $("guide").hidden = seen === "no" || window.innerWidth < 860;
  }
  async function beginAnew(button) {
    if (button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      button.textContent = "清空并重来？再点一次";
      setTimeout(() => { button.dataset.sure = ""; button.textContent = "重新开始"; }, 5000);
      return;
    }
    button.disabled = true;
    toast("正在恢复样例数据，约需半分钟，页面会自己刷新…");
    try { await call("reset", {}); } catch { /* it may be gone before it answers */ }
    for (;;) {
      await new Promise((done) => { setTimeout(done, 1500); });
      try { if ((await fetch("/readyz")).ok && (await fetch("cast")).ok) break; } catch { /* not yet */ }
    }
    location.reload();
  }
  function sending(form, input, kind) {
    composer(input, form);
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      grow(input);
      stickPhone();
      sendPhone({ kind, text });
    };
  }
  function accounts() {
    $("accounts").replaceChildren(...state.cast.staff.map((m) => {
      const row = el("tr"), code = (text) => { const cell = el("td"); cell.append(el("code", "", text)); return cell; };
      row.append(el("td", "", m.name), el("td", "", m.title), code(m.username), code(m.password));
      return row;
    }));
  }
  state.posts = [];
  async function start() {
    try {
      state.cast = await call("cast");
    } catch {
      toast("连接不上演示服务，正在重试…");
      setTimeout(start, 1500);
      return;
    }
    setClock(state.cast.clock);
    state.waiting = state.cast.waiting;
    $("article-title").textContent = state.cast.article.title;
    accounts();
    setInterval(drawClock, 1000);
    listen();
  }
  wire();
  start();
})();
