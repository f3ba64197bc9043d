// The door to the playground: the book's own Rust code, compiled to WebAssembly, in a worker, so
// that the page never freezes and what takes long can be stopped. Text goes in, text comes out.
"use strict";

(() => {
  if (window.descentPlayground || typeof WebAssembly === "undefined") return;
  const root = typeof path_to_root === "string" ? path_to_root : "";

  // What runs in the worker. Its text travels in a blob, because browsers load no worker from file://.
  function work() {
    let exports;
    let asking;

    async function start(bytes) {
      const module = await WebAssembly.compile(bytes);
      // Libraries declare imports for a DOM that this module never touches.
      const imports = {};
      for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        imports[from] ??= {};
        imports[from][name] = () => { throw new Error(`the playground called ${name}`); };
      }
      imports.page ??= {};
      imports.page.draw = (address, length) => {
        const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, address, length));
        postMessage({ of: asking, meanwhile: text });
      };
      exports = (await WebAssembly.instantiate(module, imports)).exports;
    }

    function respond(request) {
      const { memory, reserve, respond, release } = exports;
      const bytes = new TextEncoder().encode(request);
      const address = reserve(bytes.length);
      new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
      const framed = respond(address, bytes.length);
      const length = new DataView(memory.buffer).getUint32(framed, true);
      const text = new TextDecoder().decode(new Uint8Array(memory.buffer, framed + 4, length));
      release(framed, length);
      return text;
    }

    let ready;
    onmessage = async ({ data }) => {
      if (data.bytes) {
        ready = start(data.bytes);
        return;
      }
      try {
        await ready;
        asking = data.of;
        postMessage({ of: data.of, answer: respond(data.request) });
      } catch (error) {
        postMessage({ of: data.of, failure: String(error.message ?? error) });
      }
    };
  }

  // The modules, packed as plain scripts so that they load from file:// too.
  window.descentModules = {};
  const loaded = new Map();
  function bytesOf(name) {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = `${root}generated/module-${name}.js`;
        element.onload = () => resolve(window.descentModules[name]);
        element.onerror = () => reject(new Error(`module-${name}.js could not be loaded`));
        document.head.append(element);
      }).then(async (packed) => {
        const deflated = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
        const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
        return new Uint8Array(await new Response(stream).arrayBuffer());
      }));
      // What failed is tried again when it is asked for again.
      loaded.get(name).catch(() => loaded.delete(name));
    }
    return loaded.get(name);
  }

  const source = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));

  // A worker with a module. Requests are answered one after the other, in their order.
  function desk(name) {
    const waiting = new Map();
    let worker;
    let asked = 0;
    const hire = async () => {
      const bytes = await bytesOf(name);
      if (worker) return worker;
      worker = new Worker(source);
      worker.onmessage = ({ data: { of, meanwhile, answer, failure } }) => {
        const { resolve, reject, draw } = waiting.get(of) ?? {};
        if (meanwhile !== undefined) return draw?.(JSON.parse(meanwhile));
        waiting.delete(of);
        if (failure === undefined) return resolve?.(JSON.parse(answer));
        // After a trap the module's memory is not to be trusted: the next request gets a new worker.
        stop();
        reject?.(new Error(failure));
      };
      worker.postMessage({ bytes });
      return worker;
    };
    const stop = () => {
      worker?.terminate();
      worker = undefined;
      for (const { reject } of waiting.values()) reject(new Error("it was stopped"));
      waiting.clear();
    };
    const ask = async (request, draw) => {
      const hired = await hire();
      return new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject, draw });
        hired.postMessage({ of: asked, request: JSON.stringify(request) });
      });
    };
    return { ask, stop, load: hire };
  }

  window.descentPlayground = { desk };
})();
