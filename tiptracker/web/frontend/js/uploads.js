// Send one file by itself, and say how far it is. The server stores the file and answers with its key, which the form
// then sends as kept_files. Nothing of the draft changes, so that a file and a text can travel at the same time.

// The body of such a request. A service worker, which has no XMLHttpRequest, sends it with fetch. `fields` are pairs of
// name and value: csrfmiddlewaretoken, and kept_files for each file that the form has already (the limits hold across
// them). `originalSize` is the size in bytes of a photograph before it was made smaller.
export function uploadBody({ fields, file, name, originalSize }) {
  const body = new FormData();
  for (const [field, value] of fields) body.append(field, value);
  body.append("add_files", "1");
  if (originalSize) body.append("original_size", originalSize);
  body.append("files", file, name ?? file.name);
  return body;
}

// Returns the HTTP status, the JSON of the answer (null if it is none) and the seconds to wait if the server asks for it.
// Throws "AbortError" when `signal` says so, and an error if there is no connection. `onProgress` gets parts of one.
export function uploadFile({ url, onProgress, signal, ...content }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // An error page, or a page to sign in.
      }
      resolve({ status: request.status, body, retryAfter: Number(request.getResponseHeader("Retry-After") ?? 0) });
    };
    request.onerror = () => reject(new Error("no connection"));
    request.ontimeout = request.onerror;
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    if (signal?.aborted) {
      reject(new DOMException("cancelled", "AbortError"));
      return;
    }
    signal?.addEventListener("abort", abort);
    request.send(uploadBody(content));
  });
}
