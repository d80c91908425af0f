// A conversation on /chat: what is typed goes to /v1/chat/completions, the answer comes word by
// word. Nothing is kept once the page is left.
(() => {
  "use strict";
  const form = document.querySelector("form[data-model]");
  if (!form) return;
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const [log, box, send, stop, fresh, state] =
      ["log", "box", "send", "stop", "fresh", "state"].map(part);
  let messages = [], writing = null;

  const add = (role, text) => {
    const item = document.createElement("div");
    item.className = `turn ${role}`;
    const name = document.createElement("span");
    name.className = "who";
    name.textContent = role === "user" ? "You" : form.dataset.model;
    const said = document.createElement("div");
    said.className = "said";
    said.textContent = text;
    item.append(name, said);
    log.append(item);
    item.scrollIntoView({ block: "end" });
    return said;
  };
  const busy = (is) => {
    send.hidden = is;
    stop.hidden = !is;
    log.setAttribute("aria-busy", is);
    form.classList.toggle("busy", is);
  };

  // The events of a stream, each the JSON of a line "data: ...".
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const all = text.split("\n\n");
      text = all.pop();
      for (const one of all)
        if (one.startsWith("data: {")) yield JSON.parse(one.slice(6));
    }
  }

  const answer = async () => {
    writing = new AbortController();
    busy(true);
    state.textContent = "waits for its turn";
    const said = add("assistant", "");
    let text = "";
    try {
      const reply = await fetch("/v1/chat/completions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model: form.dataset.model, messages, stream: true }),
        signal: writing.signal,
      });
      if (!reply.ok) throw new Error((await reply.json()).error.message);
      for await (const { choices, error } of events(reply.body)) {
        if (error) throw new Error(error.message);
        state.textContent = "";
        text += choices[0]?.delta.content ?? "";
        said.textContent = text;
        if (choices[0]?.finish_reason === "length") state.textContent = "cut: it became too long";
      }
    } catch (problem) {
      state.textContent = problem.name === "AbortError" ? "stopped" : problem.message;
    }
    if (text) messages.push({ role: "assistant", content: text });
    else said.parentElement.remove();
    writing = null;
    busy(false);
    box.focus();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text || writing) return;
    messages.push({ role: "user", content: text });
    add("user", text);
    box.value = "";
    answer();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  stop.addEventListener("click", () => writing?.abort());
  fresh.addEventListener("click", () => {
    writing?.abort();
    messages = [];
    log.replaceChildren();
    state.textContent = "";
    box.focus();
  });
  box.disabled = send.disabled = false;
  box.focus();
})();
