// Requests to the host that has served the page, and to no other.
const PATIENCE = 5000;

export async function get(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) {
    throw new Error(`${path} answered ${response.status}`);
  }
  return response.json();
}

/** Posts JSON. Returns null if it was done, else why it was not. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return response.ok ? null : await refusal(response);
  } catch (failure) {
    return failure.name === "TimeoutError" ? "the host has not answered in time" : "the host does not answer";
  }
}

async function refusal(response) {
  try {
    const { message } = await response.json();
    return message ?? `the host answered ${response.status}`;
  } catch (notJson) {
    return `the host answered ${response.status}`;
  }
}
