// What the page asks the server for.

const token = document.querySelector('meta[name="playground-token"]').content;

/** Asks for work; throws an Error with the server's words where it refuses. */
export async function post(path, content) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Playground-Token": token },
      body: JSON.stringify(content),
    });
  } catch {
    throw new Error("the server does not answer; is it still running?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Examples, targets and what the page begins with. */
export async function start() {
  const response = await fetch("/start.json");
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
