// The HTTP API as functions. Whatever goes wrong becomes an ApiError; status 0 means the server wasn't reached.

import { currentLanguage } from "./words.js";

const BASE = "/api/v1/conversations";
const META = "/api/v1/meta";
const TIMEOUT = 30_000;
const UPLOAD_TIMEOUT = 180_000;

export class ApiError extends Error {
  constructor(status, code, message, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  get gone() {
    return this.status === 401 || this.status === 404;
  }

  get away() {
    return this.status === 0;
  }
}

const call = (method, path, body) => send(method, path, body && JSON.stringify(body), body && "application/json");

async function send(method, path, body, type, timeout = TIMEOUT) {
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: { "Accept-Language": currentLanguage(), ...(type && { "Content-Type": type }) },
      body,
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    throw new ApiError(0, "away", String(error));
  }
  const content = await response.json().catch(() => null);
  if (response.ok && content) return content;
  // A gateway in front of a stopped server answers with a page of its own: that is away, too.
  if (!content?.error) throw new ApiError(0, "away", response.statusText);
  throw new ApiError(
    response.status,
    content.error.code,
    content.error.message,
    Number(response.headers.get("Retry-After")) || 0,
  );
}

const at = (id) => `/${encodeURIComponent(id)}`;

export const openConversation = (language, district) => call("POST", "", { language, district, keep: "cookie" });
export const readTurns = (id, since) => call("GET", `${at(id)}/turns?since=${since}`);
export const postMessage = (id, message) => call("POST", `${at(id)}/messages`, message);
export const postFile = (id, { message_id, file, language }) => {
  const query = new URLSearchParams({ message_id, name: file.name, language });
  return send("POST", `${at(id)}/files?${query}`, file, "application/octet-stream", UPLOAD_TIMEOUT);
};
export const putDistrict = (id, district) => call("PUT", `${at(id)}/district`, { district });
export const eventsUrl = (id, { since, told }) => `${BASE}${at(id)}/events?since=${since}&told=${told}`;

// Files of the open conversation: links are drawn deep inside the page.
let open = null;
export const openFiles = (id) => (open = id);
export const fileUrl = (message, place) => `${BASE}${at(open)}/files/${message}/${place}`;

// The emergency notice in both languages, or null; throws where the server wasn't reached.
export async function readNotice() {
  const response = await fetch(META, { signal: AbortSignal.timeout(TIMEOUT) });
  return response.ok ? (await response.json()).notice : null;
}
