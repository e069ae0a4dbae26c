// Sends one waiting mark, for outbox.js, and says what the server answered. The same key twice is answered the same, so a
// mark whose answer was lost is sent again. Nothing that is not surely the portal's own answer counts as one.

const PATIENCE = 15_000;
const place = document.querySelector("[data-waiting-marks]")?.dataset ?? {};
let token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

export const sheetOf = (training) => place.sheetUrl.replace("XX-0000-000", training);

const ask = (url, options) =>
  fetch(url, { ...options, redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });

function post(mark) {
  const { member, enrolment, session, value, base, key } = mark;
  const body = new URLSearchParams({ member, enrolment, session, value, base, key });
  const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
  return ask(`${sheetOf(mark.training)}mark/`, { method: "POST", body, headers });
}

async function told(response) {
  if (!response.headers.get("content-type")?.includes("json")) throw new Error("This is not the portal's answer.");
  return response.json();
}

// Who is signed in now, with a fresh token; null where nobody is, or the second factor is still to be shown.
async function whoIsHere() {
  const response = await ask(place.tokenUrl, { headers: { "X-Requested-With": "fetch" } });
  const answer = await told(response);
  if ([401, 403].includes(response.status)) return null;
  if (!answer.member || !answer.token) throw new Error("This is not the portal's answer.");
  return answer;
}

async function understood(response) {
  const answer = await told(response);
  switch (response.status) {
    case 200:
      if (answer.outcome && Number.isInteger(answer.version)) return { outcome: "saved", answer };
      break;
    case 401: return { outcome: answer.error === "other_member" ? "other" : "out", answer };
    case 409: return { outcome: answer.outcome ? "conflict" : "refused", answer };
    case 422: return { outcome: "refused", answer };
    case 423: return { outcome: "held", answer };
  }
  throw new Error("This is not the portal's answer.");
}

const isRefusal = (response) => [400, 403, 404].includes(response.status);

// What became of a mark: saved, conflict, held, refused; or it still waits: away, out (signed out), other (somebody else
// is signed in). Never throws.
export async function send(mark) {
  try {
    let response = await post(mark);
    if (!isRefusal(response)) return await understood(response);
    // The token is old since a new sign-in, or this member may no longer record here. A fresh token tells which.
    const here = await whoIsHere();
    if (!here) return { outcome: "out", answer: {} };
    if (here.member !== mark.member) return { outcome: "other", answer: {} };
    token = here.token;
    response = await post(mark);
    return isRefusal(response) ? { outcome: "refused", answer: {} } : await understood(response);
  } catch {
    return { outcome: "away", answer: {} };
  }
}
