/* A signature drawn with a finger, a pen or a mouse. It is sent as the file of the field it replaces. */
(function () {
  "use strict";

  var pad = document.querySelector("[data-pad]");
  var plain = document.querySelector("[data-plain]");
  var input = plain && plain.querySelector("input[type=file]");
  var kept = document.getElementById("kept");
  if (!pad || !input || !window.PointerEvent || !window.DataTransfer) return;

  var canvas = pad.querySelector("canvas");
  var pen = canvas.getContext("2d");
  var drawing = null; /* the pointer that draws */

  function clear() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = "#101840";
  }

  function place(event) {
    var box = canvas.getBoundingClientRect();
    return {
      x: (event.clientX - box.left) * canvas.width / box.width,
      y: (event.clientY - box.top) * canvas.height / box.height
    };
  }

  function send() {
    var letters = window.atob(canvas.toDataURL("image/png").split(",")[1]);
    var bytes = new Uint8Array(letters.length);
    for (var n = 0; n < letters.length; n += 1) bytes[n] = letters.charCodeAt(n);
    var carrier = new DataTransfer();
    carrier.items.add(new File([bytes], "signature.png", { type: "image/png" }));
    input.files = carrier.files;
    input.dispatchEvent(new Event("input", { bubbles: true })); /* the form has something to lose now */
  }

  canvas.addEventListener("pointerdown", function (event) {
    if (drawing !== null || event.button > 0) return;
    event.preventDefault();
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    var at = place(event);
    pen.beginPath();
    pen.arc(at.x, at.y, pen.lineWidth / 2, 0, 2 * Math.PI);
    pen.fill();
    pen.beginPath();
    pen.moveTo(at.x, at.y);
  });

  canvas.addEventListener("pointermove", function (event) {
    if (event.pointerId !== drawing) return;
    (event.getCoalescedEvents ? event.getCoalescedEvents() : [event]).concat(event).forEach(function (one) {
      var at = place(one);
      pen.lineTo(at.x, at.y);
    });
    pen.stroke();
  });

  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function (event) {
      if (event.pointerId !== drawing) return;
      drawing = null;
      send();
    });
  });

  pad.querySelector("[data-clear]").addEventListener("click", function () {
    clear();
    kept.value = "";
    input.value = "";
  });

  clear();
  if (kept.value) { /* a drawing that came back with an error of another field */
    var picture = new Image();
    picture.addEventListener("load", function () { pen.drawImage(picture, 0, 0, canvas.width, canvas.height); });
    picture.src = kept.value;
  }
  var wrong = plain.querySelector(".err");
  if (wrong) pad.appendChild(wrong);
  pad.hidden = false;
  plain.hidden = true;
})();
