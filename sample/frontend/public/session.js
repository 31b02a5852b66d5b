import { Refused, request } from "./api.js";

/** The cookie can't be read here; this mark spares guests a request that can only be refused. */
const mark = "logged-in";

const area = document.querySelector("#session");
const dialog = document.querySelector("#login");
const form = dialog.querySelector("form");
const message = document.querySelector("#login-message");

export async function startSession() {
  area.querySelector("[data-login]").addEventListener("click", () => dialog.showModal());
  area.querySelector("[data-logout]").addEventListener("click", logOut);
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    form.reset();
    message.textContent = "";
  });
  form.addEventListener("submit", logIn);
  show(await whoAmI());
}

async function whoAmI() {
  if (!localStorage.getItem(mark)) return undefined;
  try {
    return await request("/api/me");
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return undefined;
    throw error;
  }
}

async function logIn(event) {
  event.preventDefault();
  const { username, password } = form.elements;
  try {
    show(
      await request("/api/login", {
        method: "POST",
        body: { username: username.value, password: password.value },
      }),
    );
    dialog.close();
  } catch (error) {
    message.textContent = error.message;
    password.select();
  }
}

async function logOut() {
  await request("/api/logout", { method: "POST" });
  show(undefined);
}

function show(session) {
  if (session) localStorage.setItem(mark, "yes");
  else localStorage.removeItem(mark);
  const who = area.querySelector("[data-who]");
  who.textContent = session ? session.username : "";
  who.hidden = !session;
  area.querySelector("[data-login]").hidden = Boolean(session);
  area.querySelector("[data-logout]").hidden = !session;
}
