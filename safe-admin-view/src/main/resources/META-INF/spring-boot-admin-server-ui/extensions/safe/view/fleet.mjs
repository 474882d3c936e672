// Reads and writes the endpoint `extensions` of an application's instances, through Spring Boot Admin. Knows no page.
//
// Whatever an instance answers is taken apart here and nowhere else: the rest of the view may rely on the shapes below,
// whether the endpoint is newer or older than the view, missing, or out of reach.

import { shortTime } from "./times.mjs";

const ENDPOINT = "actuator/extensions";
const JSON_BODY = { "Content-Type": "application/json" };

/** Never throws because of a status, and never makes Spring Boot Admin show a message of its own. */
const QUIETLY = { validateStatus: () => true, suppressToast: true };

/**
 * Reads the extensions of each instance of an application.
 *
 * @returns an array of `{ id, name, status, extensions, trouble }`, where `extensions` is a Map of what `extensionOf`
 *     returns, and `trouble` says why there are none, or is null
 */
export async function readFleet(application) {
  const answers = await askEach(application);
  return application.instances
    .map((instance) => ({
      id: instance.id,
      name: nameOf(instance),
      status: instance.statusInfo?.status ?? "UNKNOWN",
      ...interpreted(answers.get(instance.id)),
    }))
    .sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
}

async function askEach(application) {
  const { status, data } = await application.axios.get(ENDPOINT, QUIETLY);
  if (status === 200 && Array.isArray(data)) {
    return byInstance(data);
  }
  if (status < 500) {
    throw new Error(`The server does not let you read the extensions (${status}).`);
  }
  // The server buffers what it collects, and one answer that is too large fails all. One by one they are streamed.
  return byInstance(
    await Promise.all(
      application.instances.map(async (instance) => {
        const answer = await instance.axios.get(ENDPOINT, QUIETLY);
        return { instanceId: instance.id, status: answer.status, body: answer.data };
      }),
    ),
  );
}

function byInstance(answers) {
  return new Map(answers.map((answer) => [answer.instanceId, answer]));
}

function interpreted(answer) {
  const extensions = answer?.status === 200 ? objectIn(jsonOf(answer.body)?.extensions) : null;
  return extensions
    ? { extensions: new Map(Object.entries(extensions).map(([name, json]) => [name, extensionOf(json)])), trouble: null }
    : { extensions: new Map(), trouble: troubleOf(answer?.status) };
}

function troubleOf(status) {
  switch (status) {
    case undefined:
      return "not asked yet";
    case 200:
      return "answer not understood";
    case 401:
    case 403:
      return `refused (${status})`;
    case 404:
      return "no endpoint";
    case 502:
    case 503:
      return "not reachable";
    case 504:
      return "no answer in time";
    default:
      return `failed (${status})`;
  }
}

/** Fills in what an older endpoint does not show: no policy, no last error, no restarts. */
function extensionOf(json) {
  const phases = Object.entries(objectIn(json?.phases) ?? {}).map(([tag, phase]) => phaseOf(tag, phase));
  return {
    state: String(json?.state ?? "UNKNOWN"),
    phases,
    panics: phases.reduce((sum, phase) => sum + phase.panics, 0),
    lastError: objectIn(json?.lastError),
    restarts: typeof json?.restarts === "number" ? json.restarts : null,
    unguarded: Array.isArray(json?.unguarded) ? json.unguarded : [],
  };
}

function phaseOf(tag, json) {
  return {
    tag,
    panics: countOf(json?.panics),
    errors: countOf(json?.errors),
    overruns: countOf(json?.overruns),
    rejected: countOf(json?.rejected),
    quarantine: { state: "CLEAR", trips: 0, until: null, reason: null, ...objectIn(json?.quarantine) },
    policy: objectIn(json?.policy),
    recentPanics: Array.isArray(json?.recentPanics) ? json.recentPanics.map(panicOf) : [],
  };
}

function panicOf(json) {
  return {
    at: json?.at ?? null,
    type: String(json?.type ?? "unknown"),
    message: json?.message ?? null,
    fingerprint: json?.fingerprint ?? null,
    count: countOf(json?.count),
    frames: Array.isArray(json?.frames) ? json.frames : [],
  };
}

/**
 * Asks an instance whether it allows writes.
 *
 * @returns false only if the instance says so. One that does not answer the question may still allow the write.
 */
export async function allowsWrites(application, id, extension) {
  const { status, headers } = await instanceOf(application, id).axios.request({
    ...QUIETLY,
    method: "OPTIONS",
    url: pathOf(extension),
  });
  const allowed = headers?.allow;
  return status !== 200 || !allowed || /\bPOST\b/.test(allowed);
}

/** Acts on an extension of one instance. Returns its answer in an array, as `actOnAll` does. */
export async function actOnOne(application, id, extension, action) {
  const instance = instanceOf(application, id);
  const { status, data } = await instance.axios.post(pathOf(extension), action, { ...QUIETLY, headers: JSON_BODY });
  return [answerOf(nameOf(instance), status, data, action)];
}

/** Acts on an extension of all instances. Returns an array of `{ from, status, done, message }`. */
export async function actOnAll(application, extension, action) {
  const { status, data } = await application.axios.post(pathOf(extension), action, { ...QUIETLY, headers: JSON_BODY });
  if (status !== 200 || !Array.isArray(data)) {
    return [answerOf("the server", status, data, action)];
  }
  const names = new Map(application.instances.map((instance) => [instance.id, nameOf(instance)]));
  return data
    .map(({ instanceId, status, body }) => answerOf(names.get(instanceId) ?? instanceId, status, body, action))
    .sort((one, other) => one.from.localeCompare(other.from, undefined, { numeric: true }));
}

function answerOf(from, status, body, action) {
  const json = jsonOf(body);
  const done = status >= 200 && status < 300;
  return { from, status, done, message: done ? outcomeOf(json, action) : refusalOf(status, json) };
}

function outcomeOf(json, { action, phase }) {
  if (action === "restart") {
    return `restarted: ${extensionOf(json).state.toLowerCase()}`;
  }
  const { state, until, declared } = extensionOf(json).phases.find(({ tag }) => tag === phase)?.quarantine ?? {};
  switch (state) {
    case undefined:
      return "done";
    case "CLEAR":
      return `${phase} is not in quarantine`;
    default:
      return `${phase} is ${state.toLowerCase()} ${endOf(until, declared)}`;
  }
}

function endOf(until, declared) {
  if (declared) {
    return "until its policy no longer holds it";
  }
  return until ? `until ${shortTime(until)}` : "until released";
}

function refusalOf(status, json) {
  if (typeof json?.message === "string" && json.message) {
    return json.message;
  }
  switch (status) {
    case 401:
    case 403:
      return "refused: you may look, but not change this";
    case 404:
      return "no such extension, or no endpoint";
    case 405:
      return "read-only: management.endpoint.extensions.access does not allow writes";
    default:
      return troubleOf(status);
  }
}

/** Names an instance by where it serves. */
function nameOf({ id, registration }) {
  try {
    return new URL(registration.serviceUrl ?? registration.managementUrl).host || id;
  } catch {
    return id;
  }
}

function instanceOf(application, id) {
  return application.instances.find((instance) => instance.id === id);
}

function pathOf(extension) {
  return `${ENDPOINT}/${encodeURIComponent(extension)}`;
}

function countOf(value) {
  return Number.isFinite(value) ? value : 0;
}

function objectIn(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
}

/** Parses what the fan-out passes on as text. What is parsed already stays as it is. */
function jsonOf(body) {
  if (typeof body !== "string") {
    return objectIn(body);
  }
  try {
    return objectIn(JSON.parse(body));
  } catch {
    return null;
  }
}
