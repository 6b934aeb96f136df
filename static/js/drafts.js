/* Drafts: what is typed into a form is kept on the server. Nothing here is needed to save a form. */
(function () {
  "use strict";

  var doc = document;
  var here = doc.getElementById("draft");
  if (!here || !window.fetch || !window.URLSearchParams) return;

  var PAUSE = 2000; /* after the last key */
  var LONGEST = 15000; /* and at the latest, for who types without a pause */
  var AGAIN = 10000; /* after a server that did not answer */
  var SECRET = /password|token|^again$|^code$/i;
  var KEEPALIVE = 60000; /* what a page that is left may still send */

  var form = null; /* the one that is being typed into */
  var kept = ""; /* its fields as they were kept last */
  var since = 0; /* when the oldest key that is not kept was pressed */
  var timer = null;
  var sent = false; /* the form itself is on its way: its draft is needed no more */
  var over = false; /* the login has ended */
  var going = null; /* a draft that is on its way to the server */
  var WAIT = 3000; /* how long a form waits for it, or it would come after the form, and stay */
  var line = null;
  var notice = null;

  function say(name) {
    return here.getAttribute("data-" + name);
  }

  function address(one) {
    return new URL(one.getAttribute("action") || window.location.href, window.location.href);
  }

  function takesPart(one) {
    return one.hasAttribute("data-guard") && !one.hasAttribute("data-no-draft") &&
      (one.getAttribute("method") || "get").toLowerCase() === "post" &&
      address(one).pathname === window.location.pathname && !one.querySelector("input[type=password]");
  }

  function fields() {
    var pairs = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && !SECRET.test(name)) pairs.push([name, value]);
    });
    return JSON.stringify(pairs);
  }

  /* The line by the buttons. Read out once, and whenever something is wrong; not at every time it is kept. */
  function show(text, bad) {
    if (!line || !line.isConnected) {
      line = doc.createElement("p");
      line.className = "hint";
      line.setAttribute("aria-live", "polite");
      var buttons = form.querySelector(".acts");
      if (buttons) buttons.insertAdjacentElement("afterend", line);
      else form.appendChild(line);
    } else if (!bad && !line.hasAttribute("data-bad")) {
      line.setAttribute("aria-live", "off");
    } else {
      line.setAttribute("aria-live", "polite");
    }
    line.toggleAttribute("data-bad", Boolean(bad));
    line.classList.toggle("t-bad", Boolean(bad));
    if (line.textContent !== text) line.textContent = text;
  }

  /* The login has ended: the page stays as it is, and says so until somebody has signed in. */
  function stop(text, link) {
    over = true;
    if (!notice) {
      notice = doc.createElement("div");
      notice.className = "offline stack tight np";
      notice.setAttribute("role", "alert");
      doc.body.appendChild(notice);
    }
    if (notice.getAttribute("data-said") === text) return;
    notice.setAttribute("data-said", text);
    notice.textContent = "";
    var words = doc.createElement("p");
    words.textContent = text;
    notice.appendChild(words);
    if (!link) return;
    var door = doc.createElement("a");
    door.className = "btn sm p";
    door.href = say("login");
    door.target = "_blank";
    door.rel = "noopener";
    door.textContent = say("sign-in");
    notice.appendChild(door);
  }

  function goOn(token) {
    over = false;
    if (notice) notice.remove();
    notice = null;
    doc.querySelectorAll("input[name=csrf_token]").forEach(function (field) { field.value = token; });
    var name = "hx-headers:inherited";
    var headers = JSON.parse(doc.body.getAttribute(name) || "{}");
    headers["X-CSRFToken"] = token;
    doc.body.setAttribute(name, JSON.stringify(headers));
    save();
  }

  /* Who is signed in now? The same person goes on with the token of the new login. */
  function ask() {
    window.fetch(say("token"), { headers: { "HX-Request": "true" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) return stop(say("over"), true);
      if (!answer.ok) return null;
      return answer.json().then(function (found) {
        if (String(found.user) === say("user")) goOn(found.token);
        else stop(say("other"), true);
      });
    }).catch(function () {});
  }

  function later(pause) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  }

  function save(leaving) {
    window.clearTimeout(timer);
    if (!form || !form.isConnected || sent) return;
    if (here.querySelector("[data-earlier]")) return show(say("waiting"), true);
    var body = fields();
    if (body === kept) return;
    var data = new URLSearchParams({ place: address(form).pathname + address(form).search, fields: body });
    var token = form.querySelector("input[name=csrf_token]");
    var own = going = window.fetch(say("save"), {
      method: "POST",
      body: data,
      headers: { "HX-Request": "true", "X-CSRFToken": token ? token.value : "" },
      keepalive: leaving === true && data.toString().length < KEEPALIVE
    }).then(function (answer) {
      if (answer.status === 401) return stop(say("over"), true);
      if (answer.status === 400) return ask();
      if (answer.status >= 500) throw new Error("busy");
      return answer.json().then(function (found) {
        if (answer.ok) {
          kept = body;
          since = 0;
        }
        show(found.said, !answer.ok);
      });
    }).catch(function () {
      if (sent) return;
      show(say("failed"), true);
      later(AGAIN);
    }).then(function () { if (going === own) going = null; });
  }

  /* Once its draft has come to the server, the form is sent by the same button. */
  function sendAfter(one, button) {
    var wait = new Promise(function (done) { window.setTimeout(done, WAIT); });
    Promise.race([going, wait]).then(function () {
      going = null;
      one.removeAttribute("data-sent");
      if (one.isConnected) one.requestSubmit(button && button.form === one ? button : null);
    });
  }

  function typed(event) {
    var one = event.target.form;
    if (!one || !takesPart(one)) return;
    form = one;
    sent = false;
    since = since || Date.now();
    if (!over) later(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  doc.addEventListener("input", typed);
  doc.addEventListener("change", typed);

  doc.addEventListener("submit", function (event) {
    var one = event.target;
    if (one.hasAttribute("data-drop-draft")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      window.fetch(one.action, { method: "POST", body: new URLSearchParams(new FormData(one)), headers: { "HX-Request": "true" } })
        .then(function (answer) {
          if (!answer.ok) return window.location.reload();
          here.textContent = "";
          save();
        }).catch(function () { one.removeAttribute("data-sent"); });
    } else if (one === form && over) { /* it would be lost at the login */
      event.preventDefault();
      event.stopImmediatePropagation();
      one.removeAttribute("data-sent");
      if (event.submitter) event.submitter.removeAttribute("aria-disabled");
      ask();
    } else if (one === form) {
      window.clearTimeout(timer);
      sent = true;
      if (!going) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      sendAfter(one, event.submitter);
    }
  }, true);

  function leave() {
    if (since && !over) save(true);
  }

  function back() {
    if (over) ask();
  }

  doc.addEventListener("visibilitychange", function () {
    if (doc.visibilityState === "hidden") leave();
    else back();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("focus", back);
  window.addEventListener("pageshow", function (event) { if (event.persisted) sent = false; });

  /* Sent by htmx: a form that came back is a new one, and holds what was typed. */
  doc.addEventListener("htmx:finally:request", function (event) {
    if (event.detail.ctx.request.form === form) sent = false;
    if (form && !form.isConnected) form = form.id ? doc.getElementById(form.id) : null;
  });
})();
