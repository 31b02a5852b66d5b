import { request, requestAgain } from "./api.js";

const shown = 100;
const list = document.querySelector("#notes");
const form = document.querySelector("#note-form");
const message = document.querySelector("#note-message");
const template = document.querySelector("#note");
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Loads the list, for the start and for what was missed while the connection was lost. */
export async function loadNotes() {
  const { notes } = await request(`/api/notes?limit=${shown}`);
  notes.forEach(show);
  document.querySelector("#no-notes").hidden = list.children.length > 0;
  // From now on a screen reader tells of new notes; before, it would have read out the whole list.
  list.ariaLive = "polite";
}

/** A note that was just written, here or in another window. */
export function addNote(note) {
  show(note)?.classList.add("new");
  document.querySelector("#no-notes").hidden = true;
}

export function startNoteForm() {
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      // The id makes it safe to send the note again when the answer is lost: it is still one note.
      const body = { id: crypto.randomUUID?.(), text: form.elements.text.value };
      addNote(await requestAgain("/api/notes", { method: "POST", body }));
      form.reset();
      message.textContent = "";
    } catch (error) {
      message.textContent = `The note was not saved: ${error.message}`;
    } finally {
      button.disabled = false;
      form.elements.text.focus();
    }
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

/** Puts the note in its place, newest first, unless it is there: the list and the WebSocket may both bring it. */
function show(note) {
  const items = [...list.children];
  if (items.some((item) => item.dataset.id === note.id)) return undefined;
  const item = template.content.cloneNode(true).querySelector("li");
  item.dataset.id = note.id;
  item.querySelector("[data-text]").textContent = note.text;
  item.querySelector("[data-author]").textContent = note.author ?? "a guest";
  const stamp = item.querySelector("time");
  stamp.dateTime = note.createdAt;
  stamp.textContent = time.format(new Date(note.createdAt));
  const older = items.find((other) => other.querySelector("time").dateTime < note.createdAt);
  list.insertBefore(item, older ?? null);
  if (list.children.length > shown) list.lastElementChild.remove();
  return item;
}
