// The add-in's dialog: shows what a pressed button says and asks, and answers it. Whatever is shown is text, never markup.
"use strict";

var parts = location.hash.slice(1).split(".");
var TOKEN = parts[0];
var PRESS = parts[1];
var shown = 0;
var progress = "";
var failures = 0;

/** @param {string} id */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
var text = part("text");
var answers = /** @type {HTMLFormElement} */ (part("answers"));

/** @param {string} path @param {object} body @param {(status: number, news: any) => void} then */
function send(path, body, then) {
  var request = new XMLHttpRequest();
  request.open("POST", path);
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("X-Zwgk-Token", TOKEN);
  request.onloadend = function () {
    then(request.status, request.status === 200 ? JSON.parse(request.responseText) : null);
  };
  request.send(JSON.stringify(body));
}

/** Ask for news, again and again. */
function ask() {
  send("/shown", { press: PRESS, number: shown, progress: progress }, function (status, news) {
    if (status === 0 && failures++ < 3) {
      setTimeout(ask, 500);
    } else if (status !== 200) {
      show("和本机的服务断开了。已登记的内容不会丢失；请关闭这个窗口，再按一次按钮。", [made_key("关闭", true, function () { window.close(); })]);
    } else if (news.ended) {
      window.close();
    } else {
      failures = 0;
      take(news);
      ask();
    }
  });
}

/** @param {{number: number, question: any, progress: string}} news */
function take(news) {
  progress = news.progress;
  if (news.question && news.number !== shown) {
    shown = news.number;
    put(news.question);
  } else if (!news.question) {
    shown = 0;
    show(progress || "正在办理……", []);
  }
}

/** Answer the question that is shown; what comes next is fetched by the request that waits. @param {any} value */
function answer(value) {
  send("/shown", { press: PRESS, number: shown, answer: value }, function () {});
  show("正在办理……", []);
}

var KEYS = {
  ok: "确定",
  cancel: "取消",
  yes: "是",
  no: "否",
};

/** Show a question. @param {any} asked */
function put(asked) {
  if (asked.verb === "tell") {
    show(asked.text, [key("确定", null)]);
  } else if (asked.verb === "ask") {
    var words = asked.buttons.split("_");
    show(asked.text, words.map(function (/** @type {keyof typeof KEYS} */ word) { return key(KEYS[word], word); }));
  } else if (asked.verb === "choose") {
    choose(asked);
  } else {
    type(asked);
  }
}

/** @param {string} words @param {HTMLElement[]} keys @param {HTMLElement[]} [fields] */
function show(words, keys, fields) {
  text.textContent = words;
  var row = document.createElement("div");
  row.className = "keys";
  keys.forEach(function (each) { row.appendChild(each); });
  answers.textContent = "";
  (fields || []).concat(keys.length ? [row] : []).forEach(function (each) { answers.appendChild(each); });
  var first = answers.querySelector("input, button");
  if (first instanceof HTMLElement) first.focus();
}

/** @param {string} label @param {boolean} proposed @param {() => void} deed @returns {HTMLButtonElement} */
function made_key(label, proposed, deed) {
  var made = document.createElement("button");
  made.textContent = label;
  made.type = proposed ? "submit" : "button";
  made.onclick = function (event) {
    event.preventDefault();
    deed();
  };
  return made;
}

/** A key that answers. @param {string} label @param {any} value @returns {HTMLButtonElement} */
function key(label, value) {
  return made_key(label, value !== "cancel" && label !== "取消" && value !== "no", function () {
    answer(value);
  });
}

/** @param {{question: string, default?: string}} asked */
function type(asked) {
  var field = document.createElement("input");
  field.type = "text";
  field.value = asked.default || "";
  var taken = made_key("确定", true, function () {
    answer(field.value);
  });
  show(asked.question, [taken, key("取消", null)], [field]);
}

/** @param {{question: string, options: string[]}} asked */
function choose(asked) {
  var list = document.createElement("fieldset");
  asked.options.forEach(function (option, index) {
    var label = document.createElement("label");
    var mark = document.createElement("input");
    mark.type = "radio";
    mark.name = "option";
    mark.value = String(index);
    mark.checked = index === 0;
    label.appendChild(mark);
    label.appendChild(document.createTextNode(" " + option));
    list.appendChild(label);
  });
  var taken = made_key("确定", true, function () {
    var chosen = /** @type {HTMLInputElement | null} */ (answers.querySelector("input:checked"));
    answer(chosen ? Number(chosen.value) : null);
  });
  show(asked.question, [taken, key("取消", null)], [list]);
}

document.addEventListener("keydown", function (event) {
  if (event.key !== "Escape" || !shown) return;
  var keys = answers.querySelectorAll("button");
  if (keys.length) keys[keys.length - 1].click();
});
// Closed by the user: what is asked counts as given up. The request must outlive the page.
window.addEventListener("pagehide", function () {
  fetch("/closed", {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", "X-Zwgk-Token": TOKEN },
    body: JSON.stringify({ press: PRESS }),
  });
});
ask();
