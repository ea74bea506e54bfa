// Stands in for the window's border where the page is shown by another browser: commands are requests, what the core
// tells is a stream of events. Shows as much of the border as the page uses.
(() => {
  const heard = new Map();
  const handlers = new Map();
  let next = 0;
  let stream = null;

  const hear = (event) => {
    stream ??= new EventSource('/events');
    if (heard.has(event)) return;
    heard.set(event, new Set());
    stream.addEventListener(event, ({ data }) => {
      for (const id of heard.get(event)) handlers.get(id)?.({ event, id, payload: JSON.parse(data) });
    });
  };

  window.__TAURI_INTERNALS__ = {
    transformCallback(callback) {
      handlers.set(++next, callback ?? (() => undefined));
      return next;
    },
    unregisterCallback: (id) => handlers.delete(id),
    convertFileSrc: (path, scheme) => `/${scheme}/${encodeURIComponent(path)}`,
    async invoke(command, args = {}) {
      if (command === 'plugin:event|listen') {
        hear(args.event);
        heard.get(args.event).add(args.handler);
        return args.handler;
      }
      if (command === 'plugin:event|unlisten') return heard.get(args.event)?.delete(args.eventId);
      const answer = await fetch(`/ipc/${command}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(args) });
      const type = answer.headers.get('Content-Type');
      if (type === 'application/octet-stream') return answer.arrayBuffer();
      const said = type === 'application/json' ? await answer.json() : null;
      if (answer.ok) return said;
      throw said ?? { code: 'adapter', message: `the adapter answered ${answer.status}` };
    },
  };
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: (event, id) => heard.get(event)?.delete(id) };
})();
