/* A session of the schedule is dragged to another day. Without it the session's own form does the same. */
(function () {
  "use strict";

  var board = document.querySelector("[data-board]");
  var form = document.getElementById("move");
  if (!board || !form) return;
  var whose = board.getAttribute("data-board").split(" ");
  var dragged = null;

  Array.prototype.forEach.call(board.querySelectorAll("a[data-leader]"), function (link) {
    if (whose[0] === "all" || whose.indexOf(link.getAttribute("data-leader")) >= 0) link.classList.add("movable");
    link.draggable = link.classList.contains("movable");
  });

  function dayOf(event) {
    var day = event.target.closest && event.target.closest("[data-day]");
    return dragged && day && day !== dragged.closest("[data-day]") ? day : null;
  }

  function mark(day) {
    Array.prototype.forEach.call(board.querySelectorAll(".over"), function (other) { other.classList.remove("over"); });
    if (day) day.classList.add("over");
  }

  board.addEventListener("dragstart", function (event) {
    dragged = event.target.closest && event.target.closest("a.movable");
    if (dragged) {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.textContent);
    }
  });

  board.addEventListener("dragover", function (event) {
    var day = dayOf(event);
    mark(day);
    if (day) event.preventDefault();
  });

  board.addEventListener("drop", function (event) {
    var day = dayOf(event);
    mark(null);
    if (!day) return;
    event.preventDefault();
    form.action = dragged.getAttribute("href") + "/move";
    form.elements.day.value = day.getAttribute("data-day");
    form.elements.starts_at.value = dragged.getAttribute("data-time");
    dragged = null;
    form.requestSubmit();
  });

  board.addEventListener("dragend", function () {
    dragged = null;
    mark(null);
  });
})();
