// A clock that goes on in a page of the background: told how often, it says so.
"use strict";
self.onmessage = ({ data }) => setInterval(() => self.postMessage(0), data);
