import { LiveConnection } from "./live.js";
import { addNote, loadNotes, startNoteForm } from "./notes.js";
import { startSession } from "./session.js";
import { refreshStatus, startStatus } from "./status.js";

const words = { connecting: "Connecting…", open: "Live", closed: "Connection lost" };

const pill = document.querySelector("#connection");
const live = new LiveConnection();

live.addEventListener("state", ({ detail: state }) => {
  if (pill.dataset.state === state) return;
  pill.dataset.state = state;
  pill.textContent = words[state];
  if (state === "closed") attempt(refreshStatus());
});

live.addEventListener("message", ({ detail: message }) => {
  if (message.type === "note") addNote(message.note);
  // The greeting comes after each (re)connection: perhaps from a new release, perhaps after notes were missed.
  if (message.type === "hello") attempt(loadNotes(), refreshStatus());
});

startNoteForm();
live.open();
attempt(startSession(), startStatus(), loadNotes());

/** What fails now is tried again with the next greeting or tick; the pill shows that something is amiss. */
async function attempt(...work) {
  for (const { reason } of await Promise.allSettled(work)) if (reason) console.warn(reason);
}
