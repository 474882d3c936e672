// Reads again and again while the page is looked at, each time a while after the last answer: never twice at once.
const { onBeforeUnmount, onMounted } = Vue;

/**
 * Calls `read` at once, then every so often until the component ends. `read` does not reject.
 *
 * @returns a function that reads now; it resolves once what was read is newer than the call
 */
export function usePolling(read, pause) {
  let timer = null;
  let running = Promise.resolve();
  let mounted = false;

  function now() {
    clearTimeout(timer);
    running = running.then(async () => {
      clearTimeout(timer);
      if (mounted) {
        await read();
      }
      schedule();
    });
    return running;
  }

  function schedule() {
    if (mounted && !document.hidden) {
      timer = setTimeout(now, pause);
    }
  }

  function onVisibility() {
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      now();
    }
  }

  onMounted(() => {
    mounted = true;
    document.addEventListener("visibilitychange", onVisibility);
    now();
  });
  onBeforeUnmount(() => {
    mounted = false;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisibility);
  });
  return now;
}
