/* What plain HTML cannot do: hot keys, unsaved text, double clicks, a lost connection. Everything works without it. */
(function () {
  "use strict";

  var doc = document;

  function all(selector, root) {
    return Array.prototype.slice.call((root || doc).querySelectorAll(selector));
  }

  /* Ctrl+K anywhere, "/" outside of fields: to the search box. */
  function isTyping(element) {
    return element.isContentEditable || /^(input|select|textarea)$/i.test(element.tagName);
  }

  doc.addEventListener("keydown", function (event) {
    var control = (event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyK";
    var slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    var box = doc.querySelector("[data-hotkey]");
    if ((control || slash) && box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (event.key === "Escape") closeMenus(null, true);
  });

  /* Menus made of <details> close by Escape and by a click beside them. */
  function closeMenus(except, refocus) {
    all("details.menu[open]").forEach(function (menu) {
      if (menu === except) return;
      if (refocus && menu.contains(doc.activeElement)) menu.querySelector("summary").focus();
      menu.removeAttribute("open");
    });
  }

  doc.addEventListener("click", function (event) {
    var target = event.target;
    closeMenus(target.closest && target.closest("details.menu"), false);
    if (target.closest && target.closest("[data-print]")) window.print();
  });

  /* Text that was typed and not sent: ask before it is lost. */
  var dirty = [];

  function forget(form) {
    dirty = dirty.filter(function (other) { return other !== form; });
  }

  doc.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-guard") && dirty.indexOf(form) < 0) dirty.push(form);
  });

  /* A form that came back with errors, or with a row more, still holds what was typed. */
  function typed(root) {
    all("form[data-guard]", root).forEach(function (form) {
      var back = form.querySelector("[data-errors]") || form.hasAttribute("data-typed");
      if (back && dirty.indexOf(form) < 0) dirty.push(form);
    });
  }

  var unsent = false; /* the last click that should have changed something did not reach the server */

  window.addEventListener("beforeunload", function (event) {
    dirty = dirty.filter(function (form) { return form.isConnected; });
    if (dirty.length || unsent) {
      event.preventDefault();
      event.returnValue = "";
      window.setTimeout(function () { all("form[data-sent]").forEach(release); }, 0); /* who stays may press again */
    }
  });

  /* While a button is held down, nothing moves it from under the pointer: a change that the press brings about
     waits for the click, and an answer that comes meanwhile is put on the page after it. */
  var pressed = null;
  var down = false;
  var held = []; /* fields that have changed */
  var waiting = []; /* answers that have come */
  var lifting = null;

  function letGo() {
    var fields = held, answers = waiting;
    pressed = null;
    down = false;
    held = [];
    waiting = [];
    window.clearTimeout(lifting);
    fields.forEach(function (field) {
      if (field.isConnected) field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    answers.forEach(function (show) { show(); });
  }

  function letGoIn(pause) {
    window.clearTimeout(lifting);
    lifting = window.setTimeout(letGo, pause);
  }

  doc.addEventListener("pointerdown", function () {
    letGo();
    down = true;
    letGoIn(5000); /* the end of a press is not always told */
  }, true);

  doc.addEventListener("pointermove", function (event) {
    if (down && event.pointerType === "mouse" && !event.buttons) letGo(); /* it ended outside of the window */
  }, true);

  ["pointerup", "pointercancel"].forEach(function (name) {
    doc.addEventListener(name, function () { letGoIn(400); }, true); /* a finger's click comes some time after */
  });

  doc.addEventListener("mousedown", function (event) { pressed = event.target; }, true);
  doc.addEventListener("keydown", function () { pressed = null; }, true); /* the list of a select swallows its mouseup */
  doc.addEventListener("mouseup", function () { letGoIn(0); }, true); /* the click comes first */

  doc.addEventListener("change", function (event) {
    if (down && pressed === event.target) letGoIn(0); /* chosen from the list of a select */
    if (!down || !pressed || pressed === event.target || !event.isTrusted) return;
    event.stopImmediatePropagation();
    held.push(event.target);
  }, true);

  doc.addEventListener("htmx:config:request", function (event) {
    event.detail.ctx.fetch = function (address, request) {
      return window.fetch(address, request).then(function (answer) {
        var text = answer.text.bind(answer);
        answer.text = function () {
          return text().then(function (words) {
            return down ? new Promise(function (show) { waiting.push(show.bind(null, words)); }) : words;
          });
        };
        return answer;
      });
    };
  });

  /* One click, one request. */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.hasAttribute("data-confirm") && !window.confirm(form.getAttribute("data-confirm"))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    all("input[data-here]", form).forEach(function (field) {
      field.value = window.location.pathname + window.location.search; /* filters change it without a new page */
    });
    forget(form);
    held = held.filter(function (field) { return field.form !== form; }); /* sent along */
    if (event.defaultPrevented || (form.getAttribute("method") || "get").toLowerCase() === "get" || form.target || form.hasAttribute("data-download")) return;
    form.setAttribute("data-sent", "");
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  }, true);

  function release(form) {
    form.removeAttribute("data-sent");
    all("[aria-disabled]", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }

  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(release);
  });

  /* The list of errors gets the focus, so that it is read first. */
  function showErrors(root) {
    var list = root.querySelector && root.querySelector("[data-errors]");
    if (list) list.focus();
    return Boolean(list);
  }

  /* htmx: failed answers land in #problem; a lost connection shows a banner that goes away by itself. */
  var banner = doc.getElementById("offline");
  var problem = doc.getElementById("problem");
  var timer = null;
  var polled = false; /* the problem on show came from a poll, so the next good poll takes it away */

  function isGet(context) {
    return context.request.method.toUpperCase() === "GET";
  }

  function online() {
    window.clearInterval(timer);
    timer = null;
    if (banner) banner.textContent = unsent ? banner.getAttribute("data-unsent") : "";
  }

  function ping() {
    window.fetch(banner.getAttribute("data-ping"), { method: "HEAD", cache: "no-store" }).then(online, function () {});
  }

  function offline() {
    if (!banner || timer) return;
    banner.textContent = banner.getAttribute("data-text");
    timer = window.setInterval(ping, 4000);
  }

  window.addEventListener("offline", offline);
  window.addEventListener("online", function () { if (timer) ping(); });

  doc.addEventListener("htmx:error", function (event) {
    var context = event.detail && event.detail.ctx;
    if (!context || context.response) return;
    if (context.request && !isGet(context)) unsent = true;
    offline();
  });

  doc.addEventListener("htmx:after:request", function (event) {
    var context = event.detail.ctx;
    if (!isGet(context)) unsent = false;
    online();
    if (!problem) return;
    if (context.response.status >= 400) polled = isGet(context);
    else if (polled || !isGet(context)) problem.textContent = "";
  });

  doc.addEventListener("htmx:finally:request", function (event) {
    var form = event.detail.ctx.request.form; /* what another one asks for meanwhile lets nobody send this one twice */
    if (form) release(form);
  });

  /* What was typed while the form was on its way is written into the one that has come back. */
  doc.addEventListener("htmx:before:swap", function (event) {
    var context = event.detail.ctx, sent = context.request.body;
    context.late = isGet(context) || !context.request.form ? [] : all("textarea[id], select[id], input[id]", context.request.form)
      .filter(function (field) { return !/^(checkbox|radio|file|hidden)$/.test(field.type) && sent.getAll(field.name).length === 1; })
      .map(function (field) { return { id: field.id, sent: sent.get(field.name), now: field.value }; })
      .filter(function (one) { return one.now !== one.sent; });
  });

  function writeAgain(one) {
    var field = doc.getElementById(one.id);
    if (!field || field.value !== one.sent) return; /* another row has this number now */
    field.value = one.now;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  doc.addEventListener("htmx:after:swap", function (event) {
    var context = event.detail.ctx;
    typed(doc);
    (context.late || []).forEach(writeAgain);
    if (!context.request || isGet(context) || showErrors(doc)) return;
    if (problem && problem.firstElementChild) {
      problem.focus();
      problem.scrollIntoView({ block: "center" });
    }
  });

  all("[data-print]").forEach(function (button) { button.hidden = false; });
  all(".tabs [aria-current]").forEach(function (tab) { tab.parentElement.scrollLeft = tab.offsetLeft - 60; });
  showErrors(doc);
  typed(doc);
})();
